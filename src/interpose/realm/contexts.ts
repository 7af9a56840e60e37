import type { Internals } from '../internals.js'
import { FURNITURE, type Furniture, type Sources } from './furnish.js'
import { makeRealm } from './realm.js'

interface Vm {
  createContext: (contextObject?: unknown, options?: object) => object
  isContext: (contextObject: object) => boolean
  runInNewContext: (code: unknown, contextObject?: unknown, options?: unknown) => unknown
  readonly Script: {
    readonly prototype: { runInNewContext: (contextObject?: unknown, options?: unknown) => unknown }
    new (code: string, options: object): { runInContext(contextObject: object): unknown }
  }
}

/** Furnishes the realm in which it was compiled, where a global is `wanted`. */
type Furnish = (wanted: readonly boolean[], sources: readonly unknown[]) => void

/** Every context that the program makes with `node:vm` has globals of its own, with clock and chance of their own. */
export function installContexts(internals: Internals, sources: Sources, isOn: (hook: string) => boolean): void {
  const vm = internals.module<Vm>('vm')
  const { createContext, runInNewContext } = vm
  const { prototype } = vm.Script
  const furniture = FURNITURE.filter(({ hook }) => isOn(hook))
  const given = furniture.map(({ source }) => (source === undefined ? undefined : sources[source]))
  const script = new vm.Script(scriptOf(furniture), { filename: 'node:internal/vm' })

  const make = (contextObject: unknown, options: object | undefined): object => {
    const known = typeof contextObject === 'object' && contextObject !== null && vm.isContext(contextObject)
    const made = createContext(contextObject, options)
    if (known) return made
    // What the program has put there itself is not the context's own.
    const wanted = furniture.map(({ global }) => !(contextObject === made && global in made))
    const furnish = script.runInContext(made) as Furnish
    furnish(wanted, given)
    return made
  }
  const replace = makeRealm().replace
  replace(vm, 'createContext', (contextObject?: unknown, options?: object) => make(contextObject, options))
  replace(vm, 'runInNewContext', (code: unknown, contextObject?: unknown, options?: unknown) =>
    runInNewContext(code, prepared(make, contextObject, options), options),
  )
  const run = prototype.runInNewContext
  replace(prototype, 'runInNewContext', function (this: object, contextObject?: unknown, options?: unknown) {
    return Reflect.apply(run, this, [prepared(make, contextObject, options), options])
  })
}

/** Makes what a function would make by the way; if that is refused, the function itself says so. */
function prepared(
  make: (contextObject: unknown, options: object) => object,
  contextObject: unknown,
  options: unknown,
): unknown {
  const { contextName, contextOrigin, contextCodeGeneration, microtaskMode } = Object(
    typeof options === 'string' ? undefined : options,
  ) as Readonly<Record<string, unknown>>
  const names = { name: contextName, origin: contextOrigin, codeGeneration: contextCodeGeneration, microtaskMode }
  try {
    return make(contextObject, names)
  } catch {
    return contextObject
  }
}

function scriptOf(furniture: readonly Furniture[]): string {
  const functions = furniture.map(({ furnish }) => `(${furnish.toString()})`)
  return `'use strict'
    ;(() => {
      const realm = (${makeRealm.toString()})()
      const furniture = [${functions.join(',\n')}]
      return (wanted, sources) => furniture.forEach((furnish, at) => wanted[at] && furnish(realm, sources[at]))
    })()`
}
