import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { constants } from 'node:os'
import { createServer as createTlsServer } from 'node:tls'
import type { Server as TlsServer, TLSSocket } from 'node:tls'
import type { Frame, SocketName, TlsFacts, TlsTerms } from '../message/index.js'
import type { ListenMapping } from './control.js'
import { tlsFacts, tlsOptions } from './tls.js'

export type ListenFrame = Extract<Frame, { frame: 'listen' }>

export interface Accepted {
  readonly stream: Socket
  /** The TCP socket itself; the same without TLS. */
  readonly tcp: Socket
  readonly tls: TlsFacts | undefined
}

export interface ListenerOwner {
  opened(listener: Listener): void
  /** `errno` is negative, as the program gets it. */
  failed(listener: Listener, errno: number, reason: string): void
  accepted(listener: Listener, accepted: Accepted): void
  acceptFailed(listener: Listener, reason: string): void
  handshakeFailed(): void
}

/** What a host without IPv6 answers to `::`; then Node's own `listen` takes `0.0.0.0`. */
const NO_IPV6: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'])

/** One of the program's listening sockets, opened for real. */
export class Listener {
  #request: ListenFrame
  readonly #mapping: ListenMapping | undefined
  #owner: ListenerOwner
  readonly #server: Server | undefined
  /** Ends TLS for what `#server` accepts: another program has other terms, and the same listening socket. */
  #tls: TlsServer | undefined
  /** TCP sockets by the client's name while their handshake runs; bounded by the handshakes' time-out. */
  readonly #handshakes = new Map<string, Socket>()
  #bound: SocketName | undefined
  #closed = false

  constructor(request: ListenFrame, mapping: ListenMapping | undefined, owner: ListenerOwner) {
    this.#request = request
    this.#mapping = mapping
    this.#owner = owner
    try {
      this.#tls = request.tls && this.#secure(request.tls)
      this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (tcp) => this.#accepted(tcp))
    } catch (error) {
      // The program's TLS settings make no sense to Node. Answered later, like every other failure.
      setImmediate(() => owner.failed(this, -constants.errno.EINVAL, String(error)))
      return
    }
    this.#open(this.#server, mapping?.host ?? request.name.address)
  }

  get request(): ListenFrame {
    return this.#request
  }

  /** It is another program's from now on, which has asked for the same. */
  handOver(request: ListenFrame, owner: ListenerOwner): void {
    this.#request = request
    this.#owner = owner
    this.#tls = request.tls && this.#secure(request.tls)
  }

  /** Where clients reach it; undefined until it is open. */
  get bound(): SocketName | undefined {
    return this.#bound
  }

  /** The name that the program sees: with a mapping, what it asked for. */
  get seen(): SocketName {
    if (this.#mapping !== undefined || this.#bound === undefined) return this.request.name
    return this.#bound
  }

  /** The local name of a client's connection, as the program sees it. */
  localName(socket: Socket): SocketName {
    const name = nameOf(socket.localAddress, socket.localPort)
    return this.#mapping === undefined ? name : { ...name, port: this.request.name.port }
  }

  /** Closes the listening socket; the connections stay. */
  close(): void {
    this.#closed = true
    this.#server?.close()
    for (const socket of this.#handshakes.values()) socket.destroy()
  }

  #open(server: Server, host: string): void {
    const opened = (): void => {
      server.off('error', failed)
      // `close` came while the name was still looked up.
      if (this.#closed) server.close()
      else this.#opened(server)
    }
    const failed = (error: NodeJS.ErrnoException): void => {
      server.off('listening', opened)
      if (host === '::' && NO_IPV6.has(error.code ?? '')) this.#open(server, '0.0.0.0')
      else if (!this.#closed) this.#owner.failed(this, error.errno ?? -constants.errno.EINVAL, error.message)
    }
    const { name, backlog, ipv6Only } = this.request
    const port = this.#mapping?.port ?? name.port
    server.once('listening', opened).once('error', failed)
    server.listen({ host, port, ipv6Only, ...(backlog > 0 ? { backlog } : {}) })
  }

  #opened(server: Server): void {
    server.on('error', (error) => this.#owner.acceptFailed(this, error.message))
    const { address, port } = server.address() as AddressInfo
    this.#bound = nameOf(address, port)
    this.#owner.opened(this)
  }

  #accepted(tcp: Socket): void {
    if (this.#tls === undefined) return this.#owner.accepted(this, { stream: tcp, tcp, tls: undefined })
    const client = clientOf(tcp)
    this.#handshakes.set(client, tcp)
    tcp.once('close', () => this.#handshakes.delete(client))
    this.#tls.emit('connection', tcp)
  }

  #secure(terms: TlsTerms): TlsServer {
    const server = createTlsServer(tlsOptions(terms))
    server.on('secureConnection', (stream: TLSSocket) => {
      const client = clientOf(stream)
      const tcp = this.#handshakes.get(client)
      this.#handshakes.delete(client)
      // The client has gone in the same moment.
      if (tcp === undefined) stream.destroy()
      else this.#owner.accepted(this, { stream, tcp, tls: tlsFacts(stream) })
    })
    server.on('tlsClientError', () => this.#owner.handshakeFailed())
    return server
  }
}

function clientOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}

export function nameOf(address: string | undefined, port: number | undefined): SocketName {
  const known = address ?? '0.0.0.0'
  return { address: known, family: known.includes(':') ? 6 : 4, port: port ?? 0 }
}
