import type { Binding, NativeClass, NativeFunction } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import { isSessionHandle, nativeStream } from './http2-stream.js'
import type { Operations } from './operations.js'
import { refusal } from './refusal.js'
import { replaceFunction } from './replace.js'

const PING_BYTES = 8
const NS_PER_MS = 1e6
/** Places in the options of a session; Node 20 has not these two. The last place says which are set. */
const RESET_RATE = 10
const RESET_BURST = 11
const UNLIMITED = 2 ** 32 - 1
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
  installConsume(terms, real.prototype as Binding)
  let refused = false
  const Http2Session = function (...parameters: unknown[]): object {
    if (operations.inside) {
      operations.expectTails()
      liftResetLimit(binding)
      // Not before: this loads `http2`.
      if (!refused) refuseFiles(terms)
      refused = true
    }
    return Reflect.construct(real, parameters, new.target ?? real) as object
  }
  Http2Session.prototype = real.prototype as object
  Object.setPrototypeOf(Http2Session, real)
  binding['Http2Session'] = Http2Session
}

/** A session is put on a handle. */
function installConsume(terms: EdgeTerms, prototype: Binding): void {
  const real = prototype['consume'] as NativeFunction
  replaceFunction(prototype, 'consume', function (this: unknown, handle: unknown) {
    return Reflect.apply(real, this, [isSessionHandle(handle) ? nativeStream(terms, handle) : handle])
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

/**
 * C++ counts by the real clock how often the other side resets streams, and ends the session above a rate: a replica
 * that replays an hour in a second would find any rate too high. Called between the program's options and C++.
 */
function liftResetLimit({ optionsBuffer }: Binding): void {
  const options = optionsBuffer as Uint32Array
  const flags = options.length - 1
  if (flags <= RESET_BURST) return
  options[RESET_RATE] = UNLIMITED
  options[RESET_BURST] = UNLIMITED
  options[flags] = (options[flags] as number) | (1 << RESET_RATE) | (1 << RESET_BURST)
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
  replaceFunction(owner as Binding, name, function (this: unknown, ...parameters: unknown[]) {
    if (operations.inside) throw refusal('LLFT_E_REFUSED_HTTP2_FILE', `stream.${name}()`)
    return Reflect.apply(real, this, parameters)
  })
}
