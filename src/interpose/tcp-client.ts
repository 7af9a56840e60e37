import { GROUP } from '../message/index.js'
import type { SocketName, StreamId, TlsOutcomeFields } from '../message/index.js'
import type { EdgeTerms } from './edge-terms.js'
import { refusal } from './refusal.js'
import type { StreamTerms } from './tcp-stream.js'
import { TcpStream } from './tcp-stream.js'

/** `TCPConnectWrap`: carries the callback of `connect`. */
export interface ConnectRequest {
  oncomplete(status: number, handle: unknown, request: unknown, readable: boolean, writable: boolean): void
}

/** What `connected` tells. */
export interface Outcome {
  readonly errno: number
  readonly remote: SocketName
  readonly local: SocketName
}

export interface ClientTerms {
  /** The next number of a connection that the program makes. */
  readonly number: () => StreamId
  readonly opened: (stream: TcpClient) => void
  readonly closed: (stream: TcpClient) => void
  /** Whether there is a gateway to connect. */
  readonly connected: () => boolean
}

/**
 * A connection that the program makes, as `net.Socket` sees it. The gateway holds the real one, so that it outlives the
 * primary: a successor goes on in the same stream of bytes, and the other server sees each of them once.
 */
export class TcpClient extends TcpStream {
  /** Set by what is TLS on top of it. */
  onsecured: ((outcome: TlsOutcomeFields) => void) | undefined = undefined
  readonly #client: ClientTerms
  readonly #names: { remote: SocketName | undefined; local: SocketName | undefined }
  #request: ConnectRequest | undefined

  constructor(terms: EdgeTerms, client: ClientTerms) {
    const names = { remote: undefined, local: undefined }
    const stream: StreamTerms = {
      stream: client.number(),
      names,
      tls: undefined,
      triggerAsyncId: terms.internals.asyncScope.defaultTriggerAsyncId(),
      closed: () => client.closed(this),
      connected: false,
    }
    super(terms, stream)
    this.#client = client
    this.#names = names
  }

  bind(address: string, port: number): number {
    this.#names.local = { address, family: 4, port }
    return 0
  }

  bind6(address: string, port: number): number {
    this.#names.local = { address, family: 6, port }
    return 0
  }

  connect(request: ConnectRequest, address: string, port: number): number {
    return this.#connect(request, { address, family: 4, port })
  }

  connect6(request: ConnectRequest, address: string, port: number): number {
    return this.#connect(request, { address, family: 6, port })
  }

  open(): number {
    throw refusal('LLFT_E_REFUSED_OUTBOUND', 'new net.Socket({ fd })')
  }

  listen(): number {
    return this.terms.internals.errno.UV_EINVAL
  }

  /** The gateway's answer, in an operation of its own. */
  answer({ errno, remote, local }: Outcome): void {
    if (this.#request === undefined) return
    if (errno === 0) {
      this.#names.remote = remote
      this.#names.local = local
      this.established()
    }
    this.#complete(errno)
  }

  override receiveReset(): void {
    if (this.#request === undefined) super.receiveReset()
    else this.#complete(this.terms.internals.errno.UV_ECONNREFUSED)
  }

  protected override released(): void {
    // On its way still: the gateway gives it up.
    if (this.#request !== undefined) {
      this.terms.operations.submit(GROUP.gateway, { frame: 'reset', stream: this.number })
    }
    super.released()
  }

  protected override closing(): void {
    if (this.#request !== undefined) this.#complete(this.terms.internals.errno.UV_ECANCELED)
    super.closing()
  }

  #connect(request: ConnectRequest, remote: SocketName): number {
    this.#request = request
    this.hold.activate(true)
    this.#client.opened(this)
    const { local } = this.#names
    if (this.#client.connected()) {
      this.terms.operations.submit(GROUP.gateway, { frame: 'connect', stream: this.number, remote, local })
    } else {
      // Between two gateways there is nobody who could.
      this.terms.internals.later.nextTick(() => this.receiveReset())
    }
    return 0
  }

  #complete(status: number): void {
    const request = this.#request
    this.#request = undefined
    this.hold.activate(false)
    this.enter(() => request?.oncomplete(status, this, request, true, true))
  }
}
