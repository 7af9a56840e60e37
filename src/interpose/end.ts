import type { Binding, NativeFunction } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import { installFatal } from './fatal.js'
import { replaceFunction } from './replace.js'

/**
 * The end of the program is the last entry of the history (determinizer.md A10): what would end the process natively
 * ends the group instead. Node's own code runs up to there, exit listeners included.
 */
export function installEnd(terms: EdgeTerms): void {
  const { internals, operations } = terms
  replaceEnd('reallyExit', (code) => operations.end(Number(code), 0))
  replaceEnd('abort', () => operations.end(0, internals.signals['SIGABRT'] ?? 0, true))
  installFatal(terms)

  function replaceEnd(name: 'reallyExit' | 'abort', end: (parameter: unknown) => never): void {
    const real = Reflect.get(process, name) as NativeFunction
    replaceFunction(process as unknown as Binding, name, (parameter: unknown): unknown => {
      return operations.inside ? end(parameter) : real.call(process, parameter)
    })
  }
}
