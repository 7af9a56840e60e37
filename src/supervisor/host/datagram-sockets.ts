import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { once } from 'node:events'
import type { DatagramName, DatagramOpening, FromSocket, SocketCall, ToSocket } from '../../driver/index.js'
import { SOCKET_CALLS } from '../../driver/index.js'
import type { StreamId } from '../../message/index.js'
import type { CallResult } from './results.js'

const EBADF = -9

/** A record on the stream of the call that opened a socket. */
type Tell = (message: FromSocket, bytes?: Uint8Array) => void

type Operation = (...values: unknown[]) => unknown

/**
 * The program's UDP sockets; bounded by what it opens. A datagram that comes while the way to the replicas is full is
 * lost, as one that a full socket buffer does not take.
 */
export class DatagramSockets {
  readonly #open = new Map<StreamId, Socket>()
  #congested = false

  /** The value is the bound name; raises the system's error when it cannot be bound. */
  async open(stream: StreamId, opening: DatagramOpening, tell: Tell): Promise<CallResult> {
    const { family, address, port, ipv6Only, reuseAddress, reusePort } = opening
    const type = family === 6 ? 'udp6' : 'udp4'
    const options = { type, ipv6Only, reuseAddr: reuseAddress, ...(reusePort ? { reusePort } : {}) } as const
    const socket = createSocket(options, (bytes, from) => {
      if (!this.#congested) tell(nameOf(from), bytes)
    })
    socket.bind({ address, port, exclusive: true })
    try {
      await once(socket, 'listening')
    } catch (error) {
      socket.close()
      throw error
    }
    socket.on('error', ({ errno }: NodeJS.ErrnoException) => tell({ errno: errno ?? 0 }))
    this.#open.set(stream, socket)
    return { value: nameOf(socket.address()) }
  }

  /** Lost on one that is closed. */
  take(stream: StreamId, { address, port }: ToSocket, bytes: Uint8Array): void {
    // What cannot be sent is lost on its way, for all that the program knows.
    const sent = (): void => undefined
    if (port === undefined) this.#open.get(stream)?.send(bytes, sent)
    else this.#open.get(stream)?.send(bytes, port, address, sent)
  }

  /** Raises the system's error, or Node's. */
  async call(stream: StreamId, name: SocketCall, values: readonly unknown[]): Promise<CallResult> {
    const socket = this.#open.get(stream)
    if (socket === undefined) throw Object.assign(new Error('no such socket'), { errno: EBADF, syscall: name })
    if (!SOCKET_CALLS.includes(name)) throw new Error(`unknown call ${name}`)
    if (name === 'connect') return { value: await connect(socket, values as [string, number]) }
    return { value: Reflect.apply(socket[name] as Operation, socket, values) }
  }

  shut(stream: StreamId): void {
    this.#open.get(stream)?.close()
    this.#open.delete(stream)
  }

  congest(congested: boolean): void {
    this.#congested = congested
  }

  close(): void {
    for (const stream of this.#open.keys()) this.shut(stream)
  }
}

function nameOf({ address, family, port }: Pick<RemoteInfo, 'address' | 'port'> & { family: string }): DatagramName {
  return { address, family: family === 'IPv6' ? 6 : 4, port }
}

function connect(socket: Socket, [address, port]: readonly [string, number]): Promise<DatagramName> {
  return new Promise((resolve, reject) => {
    socket.connect(port, address, (error?: Error) => {
      if (error === undefined || error === null) resolve(nameOf(socket.remoteAddress()))
      else reject(error)
    })
  })
}
