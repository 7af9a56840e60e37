import type { Binding, NativeClass, NativeFunction } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import { ResetLimits } from './http2-resets.js'
import { isSessionHandle, nativeStream } from './http2-stream.js'
import type { Operations } from './operations.js'
import { refusal } from './refusal.js'
import { replaceFunction } from './replace.js'
import type { Session } from './session-of.js'
import { sessionOf } from './session-of.js'

const PING_BYTES = 8
const NS_PER_MS = 1e6
const SERVER = 0
const FILE_METHODS = ['respondWithFile', 'respondWithFD'] as const

/** Loaded when a program loads `http2`, and not before the first session. */
const CORE = 'internal/http2/core'

type Streams = Record<string | symbol, unknown>
type Pong = (acknowledged: boolean, durationMs: number, payload: unknown) => void

/**
 * HTTP/2 is native code over a stream in JavaScript. It writes its frames not when the program asks for it but when the
 * event loop comes round: operations have a tail (ADR 34). Where it reads a clock of its own, the program's is read.
 */
export function installHttp2(terms: EdgeTerms): void {
  const { internals, operations } = terms
  const binding = internals.binding('http2')
  const real = binding['Http2Session'] as NativeClass
  installPing(terms, real.prototype as Binding)
  const resets = new ResetLimits(terms)
  installConsume(terms, real.prototype as Binding, resets)
  let refused = false
  const Http2Session = function (...parameters: unknown[]): object {
    const made = (): object => Reflect.construct(real, parameters, new.target ?? real) as object
    if (!operations.inside) return made()
    operations.expectTails()
    if (!refused) refuseFiles(terms)
    refused = true
    return parameters[0] === SERVER ? resets.limit(made) : made()
  }
  Http2Session.prototype = real.prototype as object
  Object.setPrototypeOf(Http2Session, real)
  binding['Http2Session'] = Http2Session
}

/** A session is put on a handle; what had come before is handed in. */
function installConsume(terms: EdgeTerms, prototype: Binding, resets: ResetLimits): void {
  const sessions = new WeakMap<object, Session | undefined>()
  const consume = prototype['consume'] as NativeFunction
  const receive = prototype['receive'] as NativeFunction
  replaceFunction(prototype, 'consume', function (this: object, handle: unknown) {
    if (!isSessionHandle(handle)) return Reflect.apply(consume, this, [handle])
    const session = sessionOf(terms.internals, handle)
    const native = nativeStream(terms, handle, (bytes) => resets.received(this, session, bytes))
    sessions.set(this, session)
    return Reflect.apply(consume, this, [native])
  })
  replaceFunction(prototype, 'receive', function (this: object, bytes: Uint8Array) {
    resets.received(this, sessions.get(this), bytes)
    return Reflect.apply(receive, this, [bytes])
  })
}

/** C++ measures a ping by its own clock, and sends that with one that has no payload. */
function installPing({ operations }: EdgeTerms, prototype: Binding): void {
  const real = prototype['ping'] as NativeFunction
  // As the program reads it: recorded.
  const { bigint: nowNs } = process.hrtime
  replaceFunction(prototype, 'ping', function (this: unknown, payload: unknown, pong: Pong) {
    if (!operations.inside) return Reflect.apply(real, this, [payload, pong])
    const sentNs = nowNs()
    const timed: Pong = (acknowledged, _, returned) =>
      pong(acknowledged, Number(nowNs() - sentNs) / NS_PER_MS, returned)
    return Reflect.apply(real, this, [payload ?? timestamp(sentNs), timed])
  })
}

function timestamp(ns: bigint): Uint8Array {
  const payload = Buffer.alloc(PING_BYTES)
  payload.writeBigUInt64LE(ns)
  return payload
}

/** A file that answers is piped from thread to socket in C++. Node's class for it is known by its streams only. */
function refuseFiles({ internals, operations }: EdgeTerms): void {
  const { Http2Stream } = internals.module<{ readonly Http2Stream: { readonly prototype: Streams } }>(CORE)
  const prototype = Http2Stream.prototype
  const init = Object.getOwnPropertySymbols(prototype).find(({ description }) => description === 'init') as symbol
  const real = prototype[init] as NativeFunction
  const refused = new Set<object>()
  prototype[init] = function (this: unknown, ...parameters: unknown[]): unknown {
    const own = Object.getPrototypeOf(this) as Streams
    if (!refused.has(own)) {
      refused.add(own)
      for (const name of FILE_METHODS) if (name in own) refuseMethod(operations, own, name)
    }
    return Reflect.apply(real, this, parameters)
  }
}

function refuseMethod(operations: Operations, owner: Streams, name: string): void {
  const real = owner[name] as NativeFunction
  replaceFunction(owner, name, function (this: unknown, ...parameters: unknown[]) {
    if (operations.inside) throw refusal('LLFT_E_REFUSED_HTTP2_FILE', `stream.${name}()`)
    return Reflect.apply(real, this, parameters)
  })
}
