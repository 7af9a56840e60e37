import { adopt } from './completions.js'
import type { Context } from './context.js'
import type { Internals } from './internals.js'
import type { Operations } from './operations.js'
import { orderedPromise } from './ordered-promise.js'

export interface PromiseTerms {
  readonly internals: Internals
  readonly context: Context
  readonly operations: Operations
}

type NativeFunction = (this: unknown, ...args: unknown[]) => unknown

/** Promises that C++ settles pass by the trampoline: the program gets one that an ordered operation settles. */
export function installPromises(terms: PromiseTerms): void {
  const files = terms.internals.binding<Record<string, unknown> & { FileHandle: { prototype: object } }>('fs')
  orderMembers(terms, files)
  orderMembers(terms, files.FileHandle.prototype as Record<string, unknown>)
}

function ordered({ operations, context }: PromiseTerms, native: Promise<unknown>): Promise<unknown> {
  return orderedPromise(operations, native, (value) => {
    adopt(context, value)
    return value
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
