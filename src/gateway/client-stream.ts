import type { Socket } from 'node:net'
import type { StreamId } from '../message/index.js'
import { CLIENT_QUEUE_BYTES_MAX, CLOSING_IDLE_MS } from './limits.js'

export interface ClientStreamOwner {
  data(stream: ClientStream, bytes: Uint8Array): void
  end(stream: ClientStream): void
  /** Over; `reset` when the program does not know it yet: the client broke it off. */
  gone(stream: ClientStream, reset: boolean): void
  /** More bytes wait for the client than it may leave unread. */
  overfull(stream: ClientStream): void
  /** Written to in this turn of the event loop: to be `uncork`ed at its end. */
  touched(stream: ClientStream): void
}

/** One client's TCP connection, plain or with TLS ended here. */
export class ClientStream {
  readonly id: StreamId
  readonly #socket: Socket
  /** The TCP socket itself: under TLS it is another one, and only it can be reset. */
  readonly #tcp: Socket
  readonly #owner: ClientStreamOwner
  #touched = false
  /** The program has closed or reset it and wants to hear no more of it. */
  #released = false

  constructor(id: StreamId, sockets: { readonly stream: Socket; readonly tcp: Socket }, owner: ClientStreamOwner) {
    this.id = id
    this.#socket = sockets.stream
    this.#tcp = sockets.tcp
    this.#owner = owner
    this.#socket.on('error', ignored)
    this.#socket.on('data', (bytes: Uint8Array) => {
      if (!this.#released) owner.data(this, bytes)
    })
    this.#socket.on('end', () => {
      if (!this.#released) owner.end(this)
    })
    this.#socket.on('close', () => owner.gone(this, !this.#released && !this.#endedBothWays))
  }

  /**
   * The first write of a turn goes to the kernel at once, since latency matters most; the rest of the turn is gathered.
   * The bytes are not copied and must stay as they are.
   */
  write(bytes: Uint8Array): void {
    if (!this.#socket.writable) return
    this.#socket.write(bytes)
    if (!this.#touched) {
      this.#touched = true
      this.#socket.cork()
      this.#owner.touched(this)
    }
    if (this.#socket.writableLength > CLIENT_QUEUE_BYTES_MAX) this.#owner.overfull(this)
  }

  uncork(): void {
    this.#touched = false
    this.#socket.uncork()
  }

  /** The program has ended its side; the client may go on. */
  end(): void {
    this.#socket.end()
  }

  /** The program has closed it: the client gets what was written, within bounds; what it still sends is dropped. */
  close(): void {
    if (this.#released) return
    this.#released = true
    this.#socket.setTimeout(CLOSING_IDLE_MS, () => this.#break())
    this.#socket.resume()
    this.#socket.destroySoon()
  }

  reset(): void {
    this.#released = true
    this.#break()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  get #endedBothWays(): boolean {
    return this.#socket.readableEnded && this.#socket.writableFinished
  }

  #break(): void {
    this.#tcp.resetAndDestroy()
    this.#socket.destroy()
  }
}

/** `close` follows an error and says all that matters. */
function ignored(): void {}
