import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import type { Frame, SocketName, StreamId } from '../message/index.js'
import { nameOf } from './listener.js'

export type ConnectFrame = Extract<Frame, { frame: 'connect' }>

export interface ExitOwner {
  connected(request: ConnectFrame, socket: Socket): void
  /** `errno` is negative, as the program gets it. */
  connectFailed(request: ConnectFrame, errno: number): void
}

/** Connections on their way to other servers. */
export class Exit {
  readonly #owner: ExitOwner
  /** Bounded by `STREAMS_MAX`, which the gateway sees to, and by the kernel's time-out of a connection. */
  readonly #connecting = new Map<StreamId, Socket>()

  constructor(owner: ExitOwner) {
    this.#owner = owner
  }

  get connecting(): number {
    return this.#connecting.size
  }

  connect(request: ConnectFrame): void {
    const { stream, remote, local } = request
    const socket = connect({
      host: remote.address,
      port: remote.port,
      family: remote.family,
      allowHalfOpen: true,
      noDelay: true,
      ...(local === undefined ? {} : { localAddress: local.address, localPort: local.port }),
      // The program has looked the name up; what it gives here is an address.
      lookup: (_name, _options, found) => found(Object.assign(new Error(), { errno: -constants.errno.EINVAL }), []),
    })
    this.#connecting.set(stream, socket)
    const failed = (error: NodeJS.ErrnoException): void => {
      if (!this.#connecting.delete(stream)) return
      this.#owner.connectFailed(request, error.errno ?? -constants.errno.EINVAL)
    }
    socket.once('error', failed)
    socket.once('connect', () => {
      socket.off('error', failed)
      if (this.#connecting.delete(stream)) this.#owner.connected(request, socket)
    })
  }

  /** The program has given it up; returns whether it was on its way. */
  giveUp(stream: StreamId): boolean {
    const socket = this.#connecting.get(stream)
    if (socket === undefined) return false
    this.#connecting.delete(stream)
    socket.destroy()
    return true
  }

  close(): void {
    for (const stream of this.#connecting.keys()) this.giveUp(stream)
  }
}

/** The names of both ends of a connection. */
export function endsOf(socket: Socket): { readonly remote: SocketName; readonly local: SocketName } {
  return {
    remote: nameOf(socket.remoteAddress, socket.remotePort),
    local: nameOf(socket.localAddress, socket.localPort),
  }
}
