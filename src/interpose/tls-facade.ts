import type { TlsFactsFields } from '../message/index.js'
import type { EdgeInternals } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import { sessionOf } from './session-of.js'
import type { TcpStream } from './tcp-stream.js'
import type { GivenRequest, Written } from './virtual-stream.js'

/** TLS options that only matter to a real handshake: it was made at the gateway. Called by `_tls_wrap.js`. */
const NOTHING_TO_DO = [
  'asyncReset',
  'certCbDone',
  'destroySSL',
  'enableALPNCb',
  'enableCertCb',
  'enableKeylogCallback',
  'enablePskCallback',
  'enableSessionCallbacks',
  'enableTrace',
  'endParser',
  'loadSession',
  'newSessionDone',
  'renegotiate',
  'requestOCSP',
  'setALPNProtocols',
  'setKeyCert',
  'setOCSPResponse',
  'setPskIdentityHint',
  'setServername',
  'setSession',
  'setVerifyMode',
  'start',
  'writesIssuedByPrevListenerDone',
] as const

/** Of certificates, tickets and keys, which stay at the gateway. */
const UNKNOWN = [
  'exportKeyingMaterial',
  'getCertificate',
  'getEphemeralKeyInfo',
  'getFinished',
  'getPeerCertificate',
  'getPeerFinished',
  'getPeerX509Certificate',
  'getSession',
  'getTLSTicket',
  'getX509Certificate',
  'verifyError',
] as const

/**
 * What `tls_wrap.wrap` gives for a stream of the gateway: a `TLSWrap` that encrypts nothing, because TLS is the
 * gateway's, and that answers with what the gateway learned in the handshake. `tls`, `https` and all on top run on it
 * unchanged.
 */
export class TlsFacade {
  reading = false
  readonly fd = -1
  onread: ((bytes: ArrayBuffer | undefined) => void) | undefined = undefined
  /** Set by `_tls_wrap.js`. */
  onhandshakedone: (() => void) | undefined = undefined
  readonly #internals: EdgeInternals
  readonly #stream: TcpStream
  /** Undefined until the handshake is over. */
  protected facts: TlsFactsFields | undefined

  constructor({ internals }: EdgeTerms, stream: TcpStream) {
    this.#internals = internals
    this.#stream = stream
    // The stream's own socket has begun to read already; what arrives belongs to the socket on top.
    stream.onread = (bytes) => this.onread?.call(this, bytes)
    stream.facade = this
  }

  /** Native code takes a stream over only if this holds: HTTP/2 must (it is given a `nativeStream`), http must not. */
  get isStreamBase(): boolean {
    return sessionOf(this.#internals, this) !== undefined
  }

  get stream(): TcpStream {
    return this.#stream
  }

  get bytesRead(): number {
    return this.#stream.bytesRead
  }

  get writeQueueSize(): number {
    return this.#stream.writeQueueSize
  }

  get bytesWritten(): number {
    return this.#stream.bytesWritten
  }

  getAsyncId(): number {
    return this.#stream.getAsyncId()
  }

  getProviderType(): number {
    return 0
  }

  hasRef(): boolean {
    return this.#stream.hasRef()
  }

  readStart(): number {
    return this.#stream.readStart()
  }

  readStop(): number {
    return this.#stream.readStop()
  }

  writeBuffer(request: GivenRequest, bytes: Uint8Array): Written {
    return this.#stream.writeBuffer(request, bytes)
  }

  writeUtf8String(request: GivenRequest, text: string): Written {
    return this.#stream.writeUtf8String(request, text)
  }

  writeLatin1String(request: GivenRequest, text: string): Written {
    return this.#stream.writeLatin1String(request, text)
  }

  writeAsciiString(request: GivenRequest, text: string): Written {
    return this.#stream.writeAsciiString(request, text)
  }

  writeUcs2String(request: GivenRequest, text: string): Written {
    return this.#stream.writeUcs2String(request, text)
  }

  writev(request: GivenRequest, chunks: readonly unknown[], allBuffers: boolean): Written {
    return this.#stream.writev(request, chunks, allBuffers)
  }

  shutdown(request: { oncomplete(status: number): void }): number {
    return this.#stream.shutdown(request)
  }

  receive(bytes: Uint8Array): void {
    this.#stream.receive(bytes)
  }

  getALPNNegotiatedProtocol(): string | false {
    return this.facts?.alpnProtocol ?? false
  }

  getServername(): string | false {
    return this.facts?.servername ?? false
  }

  getCipher(): TlsFactsFields['cipher'] | undefined {
    if (this.facts === undefined) return undefined
    const { name, standardName, version } = this.facts.cipher
    return { name, standardName, version }
  }

  getProtocol(): string | null {
    return this.facts?.protocol ?? null
  }

  isSessionReused(): boolean {
    return this.facts?.sessionReused ?? false
  }

  getSharedSigalgs(): readonly string[] {
    return []
  }

  /** 1: accepted. */
  setMaxSendFragment(): number {
    return 1
  }
}

/**
 * A facade's prototype chain: ours, then the native `TLSWrap`'s, on which `_tls_wrap.js` puts `close`, `getsockname`
 * and the others that it hands on to the stream. The native methods themselves would fail on a facade and are all
 * covered.
 */
export function completeFacade(nativePrototype: object): void {
  const prototype: object = TlsFacade.prototype
  for (const name of NOTHING_TO_DO) define(prototype, name, () => 0)
  for (const name of UNKNOWN) define(prototype, name, () => undefined)
  Object.setPrototypeOf(prototype, nativePrototype)
}

function define(prototype: object, name: string, value: () => unknown): void {
  Object.defineProperty(prototype, name, { value, configurable: true, writable: true })
}
