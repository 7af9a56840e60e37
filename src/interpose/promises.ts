import { adopt, keepable } from './completions.js'
import type { Context } from './context.js'
import type { Internals } from './internals.js'
import type { Operations } from './operations.js'
import { replaceFunction } from './replace.js'

export interface PromiseTerms {
  readonly internals: Internals
  readonly context: Context
  readonly operations: Operations
}

type NativeFunction = (this: unknown, ...args: unknown[]) => unknown

/** Promises that C++ or V8 settles pass by the trampoline: the program gets one that an ordered operation settles. */
export function installPromises(terms: PromiseTerms): void {
  const files = terms.internals.binding<Record<string, unknown> & { FileHandle: { prototype: object } }>('fs')
  orderMembers(terms, files)
  orderMembers(terms, files.FileHandle.prototype as Record<string, unknown>)
  orderWaitAsync(terms)
  compileAtOnce()
}

function ordered(terms: PromiseTerms, native: Promise<unknown>): Promise<unknown> {
  const { operations, context } = terms
  const asyncId = operations.newAsyncId()
  return new Promise((resolve, reject) => {
    native.then(
      (value) => {
        const kept = keepable(value)
        operations.complete(asyncId, () => {
          adopt(context, kept)
          resolve(kept)
        })
        return undefined
      },
      (error: unknown) => operations.complete(asyncId, () => reject(error)),
    )
  })
}

/** Node looks these members up at each call, so a replaced one is seen by all of its modules. */
function orderMembers(terms: PromiseTerms, owner: Record<string, unknown>): void {
  for (const name of Object.getOwnPropertyNames(owner)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name)
    const original: unknown = descriptor?.value
    const isClass = name === 'constructor' || /^[A-Z]/.test(name)
    if (typeof original !== 'function' || isClass || descriptor?.writable !== true) continue
    const call = original as NativeFunction
    owner[name] = function (this: unknown, ...args: unknown[]): unknown {
      const result = Reflect.apply(call, this, args)
      return result instanceof Promise && terms.operations.inside ? ordered(terms, result) : result
    }
  }
}

function orderWaitAsync(terms: PromiseTerms): void {
  const atomics = Atomics as unknown as { waitAsync?: NativeFunction }
  const { waitAsync } = atomics
  if (waitAsync === undefined) return
  replaceFunction(atomics, 'waitAsync', function (this: unknown, ...args: unknown[]): unknown {
    const result = Reflect.apply(waitAsync, this, args) as { value: unknown }
    if (result.value instanceof Promise && terms.operations.inside) result.value = ordered(terms, result.value)
    return result
  })
}

/** The part of the global `WebAssembly` that is used here; Node's types do not have it. */
interface WebAssemblyNamespace {
  readonly Module: new (bytes: unknown) => object
  readonly Instance: new (module: object, imports: unknown) => object
  compile(bytes: unknown): Promise<object>
  instantiate(source: unknown, imports?: unknown): Promise<object>
}

/** Compiling on other threads ends at a moment of its own; inside an operation it is done at once. */
function compileAtOnce(): void {
  const namespace = (globalThis as unknown as { WebAssembly?: WebAssemblyNamespace }).WebAssembly
  // V8 without a compiler (--jitless) has none.
  if (namespace === undefined) return
  const { Module, Instance } = namespace
  replaceFunction(namespace, 'compile', async (bytes: unknown) => new Module(bytes))
  replaceFunction(namespace, 'instantiate', async (source: unknown, imports: unknown) => {
    if (source instanceof Module) return new Instance(source, imports)
    const module = new Module(source)
    return { module, instance: new Instance(module, imports) }
  })
}
