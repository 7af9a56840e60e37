import { GROUP, STREAM_WINDOW_BYTES } from '../message/index.js'
import type { SocketName, StreamId, TlsFacts } from '../message/index.js'
import { stackFrames } from './call-site.js'
import type { EdgeTerms } from './edge-terms.js'
import { fileOf, isOwn } from './own-code.js'
import { refusal } from './refusal.js'
import { sessionOf } from './session-of.js'
import { writeName } from './tcp-name.js'
import type { ShutdownRequest } from './virtual-stream.js'
import { VirtualStream } from './virtual-stream.js'

/** This module's own, and the one above. */
const CALLER_FRAMES = 4
/** Newer versions have it elsewhere. */
const TLS_WRAP = /^node:(?:_tls_wrap|internal\/tls\/wrap)$/

/** A frame stays below a datagram's size, and one connection's bulk does not hold up the others. */
const FRAME_DATA_BYTES_MAX = 32 * 1024

/** Sees the bytes of a stream, and keeps none of them. */
export interface StreamWatch {
  /** Before the program sees them, and may change them. */
  received(bytes: Uint8Array): void
  /** It was put here when the program had got these, and by them. */
  begun(bytes: Uint8Array): void
  sent(bytes: Uint8Array): void
}

export interface StreamTerms {
  readonly stream: StreamId
  /** Of both ends, as far as they are known. */
  readonly names: { readonly remote: SocketName | undefined; readonly local: SocketName | undefined }
  readonly tls: TlsFacts | undefined
  /** The async id of what made it: the server that accepted it, for one. */
  readonly triggerAsyncId: number
  /** The program has closed it. */
  readonly closed: () => void
  /** False until `established`, for one that the program makes. */
  readonly connected: boolean
}

/**
 * A connection as `net.Socket` sees it: the properties and methods of a native TCP handle
 * (determinizer.md B1). Each direction has a window of bytes that the other side has not taken: a write beyond it waits
 * for credit, and what was received waits in a queue while the program does not read, and gives none.
 */
export class TcpStream extends VirtualStream {
  readonly fd = -1
  onread: ((bytes: ArrayBuffer | undefined) => void) | undefined = undefined
  readonly tlsFacts: TlsFacts | undefined
  /** What the program's socket is on, if not on this. */
  facade: object | undefined = undefined
  watch: StreamWatch | undefined = undefined

  readonly #stream: StreamTerms
  readonly #isForTls: boolean
  /** Bounded by the stream's window. A number is an errno. */
  readonly #received: (Uint8Array<ArrayBuffer> | number)[] = []
  /** Bytes that may be sent before the client has taken more. */
  #allowance = STREAM_WINDOW_BYTES
  /** What the program writes waits. */
  #heldBack = false
  /** Bytes that the program has taken and the gateway has no credit for yet. */
  #taken = 0
  #flowing = false
  #draining = false
  /** There is no other side, or no more: nothing is sent. */
  #broken: boolean
  /** Closed by `reset`. */
  #aborted = false
  /** One side has said that it ends. */
  #ending = false

  constructor(terms: EdgeTerms, stream: StreamTerms) {
    super(terms, 'TCPWRAP', stream.triggerAsyncId)
    this.#stream = stream
    this.#broken = !stream.connected
    this.tlsFacts = stream.tls
    this.#isForTls = stream.tls !== undefined || !stream.connected
  }

  /**
   * Native code takes a stream over only if this holds: http's parser, of a server, must not; TLS must (it is given
   * `TlsFacade`, or refused), and HTTP/2 (it is given a `nativeStream`).
   */
  get isStreamBase(): boolean {
    if (this.#isForTls || sessionOf(this.terms.internals, this) !== undefined) return true
    // Asked once for each connection: by http, or by who would begin TLS in the middle of it.
    const asks = stackFrames(CALLER_FRAMES).find((frame) => !isOwn(frame))
    if (asks !== undefined && TLS_WRAP.test(fileOf(asks))) throw refusal('LLFT_E_REFUSED_STARTTLS', 'new TLSSocket()')
    return false
  }

  get number(): StreamId {
    return this.#stream.stream
  }

  /** There is no other side any more. */
  get gone(): boolean {
    return this.#broken
  }

  /** Something has come that the program has not read. */
  get unread(): boolean {
    return this.#received.length > 0
  }

  get ending(): boolean {
    return this.#ending
  }

  /** Bytes from the client. They are copied: the program may keep and change what it gets. */
  receive(bytes: Uint8Array): void {
    const own = new Uint8Array(new ArrayBuffer(bytes.length))
    own.set(bytes)
    this.#take(own)
  }

  /** The client has ended its side. */
  receiveEnd(): void {
    this.#ending = true
    this.#take(this.terms.internals.errno.UV_EOF)
  }

  /** The connection is gone. */
  receiveReset(): void {
    this.#broken = true
    const { UV_ECONNRESET } = this.terms.internals.errno
    if (this.writeQueueSize === 0) return this.#take(UV_ECONNRESET)
    // As in libuv: what the program still writes shows it, even to a program that does not read.
    this.#received.length = 0
    if (!this.closed) this.#deliver(UV_ECONNRESET)
  }

  /** The client has taken so much more of what was sent. */
  receiveCredit(taken: number): void {
    this.#allowance += taken
    this.resume()
  }

  /** Until it is said again nothing that the program writes leaves. */
  holdBack(held: boolean): void {
    this.#heldBack = held
    if (!held) this.resume()
  }

  /** The other side is there. */
  protected established(): void {
    this.#broken = false
  }

  /** Nothing that is sent from here on reaches anybody; `receiveReset` follows. */
  sever(): void {
    this.#broken = true
  }

  readStart(): number {
    this.#flow(true)
    if (this.#received.length > 0) this.#drain()
    return 0
  }

  readStop(): number {
    this.#flow(false)
    return 0
  }

  override shutdown(request: ShutdownRequest): number {
    if (this.#broken || this.closed) return this.terms.internals.errno.UV_ENOTCONN
    this.#ending = true
    this.terms.operations.submit(GROUP.gateway, { frame: 'end', stream: this.#stream.stream })
    return super.shutdown(request)
  }

  /** Like `close`, but the client sees a reset. */
  reset(called?: () => void): number {
    this.#aborted = true
    this.close(called)
    return 0
  }

  protected override released(): void {
    this.#flowing = false
    this.#received.length = 0
    const { stream, closed } = this.#stream
    closed()
    if (this.#broken) return
    this.terms.operations.submit(GROUP.gateway, { frame: this.#aborted ? 'reset' : 'close', stream })
  }

  getpeername(into: Record<string, unknown>): number {
    return this.#name(this.#stream.names.remote, into)
  }

  getsockname(into: Record<string, unknown>): number {
    return this.#name(this.#stream.names.local, into)
  }

  #name(name: SocketName | undefined, into: Record<string, unknown>): number {
    return name === undefined ? this.terms.internals.errno.UV_ENOTCONN : writeName(name, into)
  }

  /** These belong to the gateway's real socket, which sets what suits it. */
  setNoDelay(): number {
    return 0
  }

  setKeepAlive(): number {
    return 0
  }

  protected transmit(bytes: Uint8Array): number {
    if (this.#broken || this.closed) return this.terms.internals.errno.UV_EPIPE
    const { stream } = this.#stream
    const length = this.#heldBack ? 0 : Math.min(bytes.length, this.#allowance)
    for (let from = 0; from < length; from += FRAME_DATA_BYTES_MAX) {
      const part = bytes.subarray(from, Math.min(length, from + FRAME_DATA_BYTES_MAX))
      this.terms.operations.submit(GROUP.gateway, { frame: 'data', stream, bytes: part })
    }
    this.#allowance -= length
    this.watch?.sent(bytes.subarray(0, length))
    return length
  }

  /** By the half window: a credit for each small request would double the messages. */
  #credit(bytes: number): void {
    this.#taken += bytes
    if (this.#taken < STREAM_WINDOW_BYTES / 2 || this.#broken || this.closed) return
    this.terms.operations.submit(GROUP.gateway, { frame: 'credit', stream: this.#stream.stream, taken: this.#taken })
    this.#taken = 0
  }

  #take(item: Uint8Array<ArrayBuffer> | number): void {
    if (this.closed) return
    if (this.#flowing && !this.#draining && this.#received.length === 0) this.#deliver(item)
    else this.#received.push(item)
  }

  #flow(flowing: boolean): void {
    this.#flowing = flowing && !this.closed
    this.hold.activate(this.#flowing)
  }

  /** One item per tick, so that microtasks run in between as they do between the reads of an event loop. */
  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    this.terms.internals.later.nextTick(() => {
      this.#draining = false
      if (!this.#flowing) return
      const item = this.#received.shift()
      if (this.#received.length > 0) this.#drain()
      if (item !== undefined) this.#deliver(item)
    })
  }

  #deliver(item: Uint8Array<ArrayBuffer> | number): void {
    const { registers, readBytesOrError, arrayBufferOffset } = this.terms.internals.streamState
    const failed = typeof item === 'number'
    if (failed) this.#flow(false)
    else {
      this.bytesRead += item.length
      this.#credit(item.length)
    }
    const { watch } = this
    if (!failed) watch?.received(item)
    this.enter(() => {
      registers[readBytesOrError] = failed ? item : item.length
      registers[arrayBufferOffset] = 0
      this.onread?.(failed ? undefined : item.buffer)
    })
    if (watch === undefined && !failed) this.watch?.begun(item)
  }
}
