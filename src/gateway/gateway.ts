import type { Socket } from 'node:net'
import { constants } from 'node:os'
import type { PeerEvent, PeerListener, PeerPort } from '../driver/index.js'
import type { Frame, ListenerId, QuestionId, SocketName, StreamId, ViewNumber } from '../message/index.js'
import { ClientStream } from './client-stream.js'
import type { ClientStreamOwner } from './client-stream.js'
import type { GatewayWarning, ListenMapping } from './control.js'
import { endsOf, Exit } from './exit.js'
import type { ConnectFrame, ExitOwner } from './exit.js'
import {
  DATA_FRAME_BYTES_MAX,
  LISTENERS_MAX,
  QUESTION_BYTES_MAX,
  QUESTIONS_MAX,
  STOP_GRACE_MS,
  STREAMS_MAX,
} from './limits.js'
import { Listener, nameOf } from './listener.js'
import type { Accepted, ListenFrame, ListenerOwner } from './listener.js'
import { answerOf as answerOfNames } from './names.js'
import { secure } from './tls-client.js'
import { makeCounters } from './statistics.js'
import type { Counters } from './statistics.js'

/** Whom the gateway tells what a person may want to know. */
export interface GatewayObserver {
  listening(requested: SocketName, bound: SocketName, tls: boolean): void
  unlistening(bound: SocketName): void
  warning(warning: GatewayWarning, detail: string): void
  /** A view is established, and what its primary sends reaches clients. */
  follows(view: ViewNumber): void
  /** The lease is to be renewed. */
  askLease(nonce: number): void
}

export interface GatewayTerms {
  readonly listen: readonly ListenMapping[]
  readonly observer: GatewayObserver
  /** Opens the connection with the application group; called once. */
  readonly openPort: (listener: PeerListener) => PeerPort
}

/**
 * The application of the gateway group: clients' TCP connections, and those that the program makes to other servers,
 * on one side, frames of the application group on the other. What the application sends arrives here only when it may
 * be shown (protocol.md section 5, rule 5).
 */
export class Gateway implements PeerListener, ClientStreamOwner, ListenerOwner, ExitOwner {
  readonly counters: Counters = makeCounters()
  readonly #terms: GatewayTerms
  readonly #port: PeerPort
  /** Bounded by `LISTENERS_MAX`. */
  readonly #listeners = new Map<ListenerId, Listener>()
  /** Bounded by `STREAMS_MAX`. */
  readonly #streams = new Map<StreamId, ClientStream>()
  readonly #exit = new Exit(this)
  #touched: ClientStream[] = []
  #paused = false
  /** Something waits for the end of this turn. */
  #leaving = false
  #questions = 0
  #lastStream: StreamId = 0
  #stopped: (() => void) | undefined

  constructor(terms: GatewayTerms) {
    this.#terms = terms
    this.#port = terms.openPort(this)
  }

  get streams(): number {
    return this.#streams.size
  }

  /** Takes no more clients, lets the present ones read what was released to them, bounded, and closes. */
  async stop(): Promise<void> {
    for (const listener of this.#listeners.values()) listener.close()
    this.#listeners.clear()
    this.#exit.close()
    for (const stream of this.#streams.values()) stream.close()
    if (this.#streams.size > 0) {
      await new Promise<void>((resolve) => {
        const bound = setTimeout(resolve, STOP_GRACE_MS)
        this.#stopped = (): void => {
          clearTimeout(bound)
          resolve()
        }
      })
    }
    for (const stream of this.#streams.values()) stream.reset()
    this.#port.close()
  }

  get datagramsRejected(): number {
    return this.#port.status.rejectedDatagrams
  }

  // From the application group.

  released(frame: Frame): void {
    switch (frame.frame) {
      case 'data':
        this.counters.bytesOut += frame.bytes.length
        return this.#streams.get(frame.stream)?.write(frame.bytes)
      case 'credit':
        return this.#streams.get(frame.stream)?.credit(frame.taken)
      case 'end':
        return this.#streams.get(frame.stream)?.end()
      case 'close':
        return this.#exit.giveUp(frame.stream) ? undefined : this.#streams.get(frame.stream)?.close()
      case 'reset':
        return this.#reset(frame.stream)
      case 'listen':
        return this.#listen(frame)
      case 'unlisten':
        return this.#unlisten(frame.listener)
      case 'connect':
        return this.#connect(frame)
      case 'secure':
        return this.#secure(frame.stream, frame.tls.json)
      case 'resolve':
        return void this.#resolve(frame.question, frame.json)
      default:
        // The others go the other way or to the console; an application of ours never sends them here.
        return
    }
  }

  relieved(): void {
    this.#paused = false
    for (const stream of this.#streams.values()) stream.resume()
  }

  askLease(nonce: number): void {
    this.#terms.observer.askLease(nonce)
  }

  granted(nonce: number): void {
    this.#port.granted(nonce)
  }

  event({ event, view }: PeerEvent): void {
    if (event === 'established') this.#terms.observer.follows(view.number)
  }

  // From clients.

  data(stream: ClientStream, bytes: Uint8Array): void {
    this.counters.bytesIn += bytes.length
    for (let from = 0; from < bytes.length; from += DATA_FRAME_BYTES_MAX) {
      const part = bytes.length <= DATA_FRAME_BYTES_MAX ? bytes : bytes.subarray(from, from + DATA_FRAME_BYTES_MAX)
      this.#port.send({ frame: 'data', stream: stream.id, bytes: part })
    }
    this.#sent()
  }

  end(stream: ClientStream): void {
    this.#send({ frame: 'end', stream: stream.id })
  }

  gone(stream: ClientStream, reset: boolean): void {
    this.#streams.delete(stream.id)
    if (reset) {
      this.counters.clientResets++
      this.#send({ frame: 'reset', stream: stream.id })
    }
    if (this.#streams.size === 0) this.#stopped?.()
  }

  taken(stream: ClientStream, taken: number): void {
    this.#sendLater({ frame: 'credit', stream: stream.id, taken })
  }

  touched(stream: ClientStream): void {
    if (this.#touched.push(stream) === 1) process.nextTick(() => this.#uncorkTouched())
  }

  // From the exit side.

  connected(request: ConnectFrame, socket: Socket): void {
    const stream = new ClientStream(request.stream, { stream: socket, tcp: socket }, this)
    this.#streams.set(stream.id, stream)
    this.counters.connected++
    if (this.#paused) stream.pause()
    this.#send({ frame: 'connected', stream: stream.id, errno: 0, ...endsOf(socket) })
  }

  connectFailed({ stream, remote }: ConnectFrame, errno: number): void {
    this.#send({ frame: 'connected', stream, errno, remote, local: remote })
  }

  // From listening sockets.

  opened(listener: Listener): void {
    this.#send(answerOf(listener, 0))
    const { bound, request } = listener
    if (bound !== undefined) this.#terms.observer.listening(request.name, bound, request.tls !== undefined)
  }

  failed(listener: Listener, errno: number, reason: string): void {
    if (this.#listeners.get(listener.request.listener) === listener) this.#listeners.delete(listener.request.listener)
    this.#send(answerOf(listener, errno))
    this.#terms.observer.warning('listenFailed', reason)
  }

  accepted(listener: Listener, accepted: Accepted): void {
    if (this.#streams.size >= STREAMS_MAX) {
      if (this.counters.refused++ === 0) this.#terms.observer.warning('tooManyStreams', `${STREAMS_MAX}`)
      accepted.stream.on('error', () => {})
      accepted.tcp.resetAndDestroy()
      return
    }
    const stream = new ClientStream(++this.#lastStream, accepted, this)
    this.#streams.set(stream.id, stream)
    this.counters.opened++
    if (this.#paused) stream.pause()
    this.#send({
      frame: 'open',
      stream: stream.id,
      listener: listener.request.listener,
      remote: nameOf(accepted.tcp.remoteAddress, accepted.tcp.remotePort),
      local: listener.localName(accepted.tcp),
      tls: accepted.tls,
    })
  }

  acceptFailed(_listener: Listener, reason: string): void {
    this.#terms.observer.warning('acceptFailed', reason)
  }

  handshakeFailed(): void {
    this.counters.handshakesFailed++
  }

  #listen(frame: ListenFrame): void {
    const present = this.#listeners.get(frame.listener)
    if (present !== undefined) {
      // A new primary asks again for what its predecessor had asked for. Not open yet: the answer is on its way.
      if (present.bound !== undefined) this.#sendLater(answerOf(present, 0))
      return
    }
    if (this.#listeners.size >= LISTENERS_MAX) {
      const errno = -constants.errno.ENOBUFS
      this.#sendLater({ frame: 'listening', listener: frame.listener, errno, bound: frame.name })
      return
    }
    const mapping = this.#terms.listen.find(({ appPort }) => appPort === frame.name.port)
    this.#listeners.set(frame.listener, new Listener(frame, mapping, this))
  }

  #connect(frame: ConnectFrame): void {
    if (this.#streams.size + this.#exit.connecting < STREAMS_MAX) return this.#exit.connect(frame)
    this.#sendLater({ ...frame, frame: 'connected', errno: -constants.errno.ENOBUFS, local: frame.remote })
  }

  #secure(id: StreamId, json: string): void {
    const stream = this.#streams.get(id)
    if (stream === undefined) return
    secure(stream, json, (outcome) => {
      this.#sendLater({ frame: 'secured', stream: id, tls: { json: JSON.stringify(outcome) } })
    })
  }

  /** Bounded by `QUESTIONS_MAX`: what is asked beyond it fails as at a resolver without memory. */
  async #resolve(question: QuestionId, json: string): Promise<void> {
    const { length } = json
    const full = this.#questions >= QUESTIONS_MAX || length > QUESTION_BYTES_MAX
    this.#questions++
    const answer = full ? { failure: { code: 'ENOMEM', errno: undefined } } : await answerOfNames(json)
    this.#questions--
    this.#sendLater({ frame: 'resolved', question, json: JSON.stringify(answer) })
  }

  #unlisten(id: ListenerId): void {
    const listener = this.#listeners.get(id)
    if (listener === undefined) return
    this.#listeners.delete(id)
    listener.close()
    if (listener.bound !== undefined) this.#terms.observer.unlistening(listener.bound)
  }

  #send(frame: Frame): void {
    this.#port.send(frame)
    this.#sent()
  }

  /** What `released` causes: the port is in the middle of handing out frames and must not be called back. */
  #sendLater(frame: Frame): void {
    process.nextTick(() => this.#send(frame))
  }

  #reset(id: StreamId): void {
    if (this.#exit.giveUp(id)) return
    const stream = this.#streams.get(id)
    if (stream === undefined) return
    this.counters.programResets++
    stream.reset()
  }

  /**
   * What all clients said in one turn of the event loop leaves at its end, in as few datagrams as it fills (ADR 43):
   * each costs a system call here and wakes the primary.
   */
  #sent(): void {
    if (!this.#leaving) {
      this.#leaving = true
      setImmediate(this.#leave)
    }
    if (this.#paused || !this.#port.congested) return
    this.#paused = true
    for (const stream of this.#streams.values()) stream.pause()
  }

  readonly #leave = (): void => {
    this.#leaving = false
    this.#port.flush()
  }

  #uncorkTouched(): void {
    const touched = this.#touched
    this.#touched = []
    for (const stream of touched) stream.uncork()
  }
}

function answerOf(listener: Listener, errno: number): Frame {
  return { frame: 'listening', listener: listener.request.listener, errno, bound: listener.seen }
}
