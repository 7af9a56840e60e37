import type { Binding, BindingName, NativeClass } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import type { TailClass } from './tail.js'

/** Resources in whose name a session, once C++ gets round to what it put off, calls the program. */
const CALLING: readonly (readonly [BindingName, string])[] = [
  ['http2', 'Http2Session'],
  ['http2', 'Http2Stream'],
  ['js_stream', 'JSStream'],
  ['stream_wrap', 'WriteWrap'],
  ['stream_wrap', 'ShutdownWrap'],
]

/**
 * HTTP/2 is native code over a stream in JavaScript. It writes its frames not when the program asks for it but when the
 * event loop comes round, so that operations have a tail (ADR 34).
 */
export function installHttp2(terms: EdgeTerms): void {
  const { internals, operations } = terms
  const binding = internals.binding('http2')
  const real = binding['Http2Session'] as NativeClass
  const classes = CALLING.map(([name, member]) => internals.binding(name)[member] as TailClass)
  replaceClass(binding, 'Http2Session', (parameters, target) => {
    if (operations.inside) operations.expectTails(classes)
    return Reflect.construct(real, parameters, target) as object
  })
}

function replaceClass(
  owner: Binding,
  name: string,
  construct: (parameters: unknown[], target: NativeClass) => object,
): void {
  const real = owner[name] as NativeClass
  const replaced = function (...parameters: unknown[]): object {
    return construct(parameters, (new.target as unknown as NativeClass | undefined) ?? real)
  }
  Object.defineProperty(replaced, 'name', { value: name, configurable: true })
  replaced.prototype = real.prototype as object
  Object.setPrototypeOf(replaced, real)
  owner[name] = replaced
}
