import type { Internals } from '../internals.js'
import { KEEPING_CLOCK } from '../versions.js'

type Primordials = Readonly<Record<string, unknown>>
type Wrapped = (
  exports: object,
  load: Internals['module'],
  module: { exports: object },
  ...rest: readonly unknown[]
) => void

interface Builtins {
  compileFunction(id: string): Wrapped
}

/**
 * Some modules of Node's own keep the clock and the chance that the language had when Node started. They are made
 * once more, with the replaced ones, before anybody takes something from them.
 */
export function remakeModules({ binding, module: load }: Internals): void {
  const { primordials } = load<{ primordials: Primordials }>('internal/test/binding')
  const { compileFunction } = binding<Builtins>('builtins')
  const replaced = Object.create(null, {
    ...Object.getOwnPropertyDescriptors(primordials),
    Date: { value: Date },
    DateNow: { value: Date.now },
    MathRandom: { value: Math.random },
  }) as Primordials
  for (const id of KEEPING_CLOCK) {
    const original = load<object>(id)
    const made = { exports: {} }
    compileFunction(id)(made.exports, load, made, process, binding, replaced)
    Object.defineProperties(original, Object.getOwnPropertyDescriptors(made.exports))
  }
}
