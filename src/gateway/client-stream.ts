import type { Socket } from 'node:net'
import type { StreamId, TlsFacts } from '../message/index.js'
import { STREAM_WINDOW_BYTES } from '../message/index.js'
import type { AnswerHead } from './answer-head.js'
import { CLOSING_IDLE_MS } from './limits.js'
import type { Listener } from './listener.js'

export interface Connection {
  readonly stream: Socket
  /** The TCP socket itself: under TLS it is another one, and only it can be reset. */
  readonly tcp: Socket
  /** Where a client came in, and its handshake; undefined for a connection that the program made. */
  readonly from: { readonly listener: Listener; readonly tls: TlsFacts | undefined } | undefined
}

export interface ClientStreamOwner {
  data(stream: ClientStream, bytes: Uint8Array): void
  end(stream: ClientStream): void
  /** Over; `reset` when the program does not know it yet: the client broke it off. */
  gone(stream: ClientStream, reset: boolean): void
  /** The client's kernel has taken so many bytes more of what the program sent. */
  taken(stream: ClientStream, bytes: number): void
  /** Written to in this turn of the event loop: to be `uncork`ed at its end. */
  touched(stream: ClientStream): void
}

/**
 * One TCP connection held for the program, plain or with TLS ended here: of a client, or to another server, which is a
 * client in all that matters here. Each direction has a window: what the program has not
 * taken stops the reading from the client, and what the client has not taken gives the program no credit for more.
 */
export class ClientStream {
  readonly id: StreamId
  readonly from: Connection['from']
  readonly tcp: Socket
  #socket: Socket
  readonly #owner: ClientStreamOwner
  #touched = false
  /** The start of what the program sends, and not for the client. */
  #swallowed: AnswerHead | undefined
  /** The program has closed or reset it and wants to hear no more of it. */
  #released = false
  /** Bytes from the client that the program has not taken. */
  #waitingBytes = 0
  /** Bytes from the program for which it has got no credit. */
  #owedBytes = 0
  /** The whole connection with the program is congested. */
  #paused = false

  constructor(id: StreamId, { stream, tcp, from }: Connection, owner: ClientStreamOwner) {
    this.id = id
    this.from = from
    this.tcp = tcp
    this.#socket = stream
    this.#owner = owner
    this.#listen('on')
  }

  /** The client has ended its side, and the owner knows. */
  get endedByClient(): boolean {
    return this.#socket.readableEnded
  }

  /** The program has ended its side, or closed it. */
  get endedByProgram(): boolean {
    return this.#released || this.#socket.writableEnded
  }

  /** TLS from here on: `socket` is on top of the one so far. */
  wrap(socket: Socket): void {
    if (this.#touched) this.#socket.uncork()
    this.#listen('off')
    this.#socket.on('error', ignored)
    this.#socket = socket
    this.#listen('on')
    if (this.#paused) this.#socket.pause()
    if (this.#touched) this.#socket.cork()
  }

  /**
   * The first write of a turn goes to the kernel at once, since latency matters most; the rest of the turn is gathered.
   * The bytes are not copied and must stay as they are.
   */
  write(bytes: Uint8Array): void {
    if (!this.#socket.writable) return
    this.#owedBytes += bytes.length
    if (this.#swallowed === undefined) this.#socket.write(bytes)
    else this.#swallow(this.#swallowed, bytes)
    if (this.#touched) return
    this.#touched = true
    this.#socket.cork()
    this.#owner.touched(this)
  }

  uncork(): void {
    this.#touched = false
    this.#socket.uncork()
    this.#giveCredit()
  }

  /** The program has taken so many bytes more of what the client sent. */
  credit(bytes: number): void {
    this.#waitingBytes -= bytes
    this.#readOn()
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

  /** Another is to have the connection: nothing of it is heard or said here any more. */
  release(): Connection {
    this.#released = true
    this.#listen('off')
    return { stream: this.#socket, tcp: this.tcp, from: this.from }
  }

  /** Begins with a request that was answered once already: the client does not see the head of this answer. */
  repeat(request: Uint8Array, answer: AnswerHead): void {
    this.#swallowed = answer
    this.#read(request)
  }

  pause(): void {
    this.#paused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#paused = false
    this.#readOn()
  }

  readonly #onData = (bytes: Uint8Array): void => this.#read(bytes)
  readonly #onEnd = (): void => {
    if (!this.#released) this.#owner.end(this)
  }
  readonly #onDrain = (): void => this.#giveCredit()
  readonly #onClose = (): void => this.#owner.gone(this, !this.#released && !this.#endedBothWays)

  #listen(how: 'on' | 'off'): void {
    this.#socket[how]('error', ignored)
    this.#socket[how]('data', this.#onData)
    this.#socket[how]('end', this.#onEnd)
    this.#socket[how]('drain', this.#onDrain)
    this.#socket[how]('close', this.#onClose)
  }

  #read(bytes: Uint8Array): void {
    if (this.#released) return
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes >= STREAM_WINDOW_BYTES) this.#socket.pause()
    this.#owner.data(this, bytes)
  }

  #swallow(head: AnswerHead, bytes: Uint8Array): void {
    const rest = head.after(bytes)
    if (rest === 'refused') return this.#break()
    if (rest === undefined) return
    this.#swallowed = undefined
    if (rest.length > 0) this.#socket.write(rest)
  }

  #readOn(): void {
    if (!this.#paused && this.#waitingBytes < STREAM_WINDOW_BYTES) this.#socket.resume()
  }

  /** By the half window: a credit for each small reply would double the messages. */
  #giveCredit(): void {
    if (this.#released) return
    const bytes = this.#owedBytes - this.#socket.writableLength
    if (bytes < STREAM_WINDOW_BYTES / 2) return
    this.#owedBytes -= bytes
    this.#owner.taken(this, bytes)
  }

  get #endedBothWays(): boolean {
    return this.#socket.readableEnded && this.#socket.writableFinished
  }

  #break(): void {
    this.tcp.resetAndDestroy()
    this.#socket.destroy()
  }
}

/** `close` follows an error and says all that matters. */
function ignored(): void {}
