import type { Socket } from 'node:net'
import { constants } from 'node:os'
import type { PeerEvent, PeerListener, PeerPort } from '../driver/index.js'
import type { Frame, ListenerId, Locator, QuestionId, SNAPSHOT_ASK, SocketName, StreamId } from '../message/index.js'
import { AnswerHead } from './answer-head.js'
import { ClientStream } from './client-stream.js'
import type { ClientStreamOwner } from './client-stream.js'
import type { ListenMapping } from './control.js'
import { endsOf, Exit } from './exit.js'
import type { ConnectFrame, ExitOwner } from './exit.js'
import type { Leaving } from './leaving.js'
import { DATA_FRAME_BYTES_MAX, STREAMS_MAX } from './limits.js'
import { nameOf } from './listener.js'
import type { Accepted, ListenFrame, Listener } from './listener.js'
import { answerTo, Listeners } from './listeners.js'
import type { ListenersOwner } from './listeners.js'
import { Questions } from './names.js'
import type { GatewayObserver } from './observer.js'
import { secure } from './tls-client.js'
import type { Counters } from './statistics.js'

export interface GatewayTerms {
  readonly listen: readonly ListenMapping[]
  readonly observer: GatewayObserver
  /** Opens the connection with the application group; called once. */
  readonly openPort: (listener: PeerListener) => PeerPort
  /** Of the process, whose sides are gateways like this one. */
  readonly counters: Counters
  readonly leaving: Leaving
}

/** Whose doings are not told to the program for now. */
type Hold = 'nobody' | 'clients' | 'everybody'

/**
 * The application of the gateway group: clients' TCP connections, and those that the program makes to other servers,
 * on one side, frames of the application group on the other. What the application sends arrives here only when it may
 * be shown (protocol.md section 5, rule 5). A process has one for the program that serves, and one for its successor
 * while there is one (ADR 55).
 */
export class Gateway implements PeerListener, ClientStreamOwner, ListenersOwner, ExitOwner {
  readonly counters: Counters
  readonly #terms: GatewayTerms
  readonly #port: PeerPort
  readonly #listeners: Listeners
  /** Bounded by `STREAMS_MAX`. */
  readonly #streams = new Map<StreamId, ClientStream>()
  readonly #exit = new Exit(this)
  #touched: ClientStream[] = []
  #paused = false
  /** Something waits for the end of this turn. */
  #leaving = false
  readonly #questions = new Questions()
  #lastStream: StreamId = 0
  #hold: Hold = 'nobody'
  /** What those on hold did; two frames for each stream at most, and one that opens it. */
  #untold: Frame[] = []

  constructor(terms: GatewayTerms) {
    this.#terms = terms
    this.counters = terms.counters
    this.#listeners = new Listeners(terms.listen, this)
    this.#port = terms.openPort(this)
  }

  get streams(): number {
    return this.#streams.size
  }

  /** Takes no more clients, lets the present ones read what was released to them, bounded, and closes. */
  async stop(): Promise<void> {
    this.#leave()
    await this.#terms.leaving.emptied()
    this.#port.close()
  }

  /** At once, though its clients still get what was released to them: there is no program any more. */
  close(): void {
    this.#leave()
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
      case 'upgraded':
      case 'snapshotted':
        return this.#terms.observer.snapshot(frame)
      default:
        // The others go the other way or to the console; an application of ours never sends them here.
        return
    }
  }

  relieved(): void {
    this.#paused = false
    this.#resumeStreams()
  }

  askLease(nonce: number): void {
    this.#terms.observer.askLease(nonce)
  }

  meet(locator: Locator): void {
    this.#port.meet(locator)
  }

  granted(nonce: number): void {
    this.#port.granted(nonce)
  }

  event({ event, view }: PeerEvent): void {
    if (event === 'established') this.#terms.observer.follows(view.number)
  }

  // Of snapshots.

  /** It is to take over from this one some time: until then its own clients wait. */
  follow(predecessor: Gateway): void {
    this.#hold = 'clients'
    this.#listeners.borrowOf(predecessor.#listeners)
  }

  /** After all that was read before. */
  ask(ask: keyof typeof SNAPSHOT_ASK, bytes: Uint8Array = NOTHING): void {
    this.#send({ frame: 'snapshot', ask, bytes })
  }

  /** Reads from nobody any more, and tells the program of nobody what it did. */
  hold(): void {
    this.#hold = 'everybody'
    for (const stream of this.#streams.values()) stream.pause()
  }

  readOn(): void {
    this.#hold = 'nobody'
    for (const frame of this.#untold.splice(0)) this.#send(frame)
    if (!this.#paused) this.#resumeStreams()
  }

  get missingListener(): SocketName | undefined {
    return this.#listeners.missing
  }

  /**
   * The clients of its predecessor, which is closed then, are its own, as new connections; `heads`: of those that have
   * left HTTP, the request by which they did. Returns how many.
   */
  takeOver(predecessor: Gateway, heads: ReadonlyMap<StreamId, Uint8Array>): number {
    this.#listeners.takeOver()
    this.readOn()
    let count = 0
    for (const stream of predecessor.#streams.values()) {
      // What the program has ended has nothing to say to another; who came in where nobody listens any more, neither.
      if (stream.endedByProgram || stream.from === undefined || !this.#listeners.has(stream.from.listener)) continue
      predecessor.#streams.delete(stream.id)
      this.#adopt(stream, heads.get(stream.id))
      count++
    }
    return count
  }

  #adopt(before: ClientStream, head: Uint8Array | undefined): void {
    const stream = new ClientStream(++this.#lastStream, before.release(), this)
    this.#streams.set(stream.id, stream)
    this.#open(stream)
    if (head !== undefined) stream.repeat(head, new AnswerHead())
    if (stream.endedByClient) this.#send({ frame: 'end', stream: stream.id })
    if (this.#paused) stream.pause()
    else stream.resume()
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
    this.#tell(stream, { frame: 'end', stream: stream.id })
  }

  gone(stream: ClientStream, reset: boolean): void {
    this.#streams.delete(stream.id)
    this.counters.streams--
    if (!reset) return
    this.counters.clientResets++
    this.#tell(stream, { frame: 'reset', stream: stream.id })
  }

  taken(stream: ClientStream, taken: number): void {
    this.#sendLater({ frame: 'credit', stream: stream.id, taken })
  }

  touched(stream: ClientStream): void {
    if (this.#touched.push(stream) === 1) process.nextTick(() => this.#uncorkTouched())
  }

  // From the exit side.

  connected(request: ConnectFrame, socket: Socket): void {
    const stream = new ClientStream(request.stream, { stream: socket, tcp: socket, from: undefined }, this)
    this.#streams.set(stream.id, stream)
    this.counters.streams++
    this.counters.connected++
    if (this.#paused || this.#holds(stream)) stream.pause()
    this.#send({ frame: 'connected', stream: stream.id, errno: 0, ...endsOf(socket) })
  }

  connectFailed({ stream, remote }: ConnectFrame, errno: number): void {
    this.#send({ frame: 'connected', stream, errno, remote, local: remote })
  }

  // From listening sockets.

  opened(listener: Listener): void {
    this.#send(answerTo(listener.request, 0, listener.seen))
    this.inherited(listener)
  }

  inherited({ bound, request }: Listener): void {
    if (bound !== undefined) this.#terms.observer.listening(request.name, bound, request.tls !== undefined)
  }

  lent(): void {
    this.#terms.observer.lent()
  }

  failed(listener: Listener, errno: number, reason: string): void {
    this.#listeners.failed(listener)
    this.#send(answerTo(listener.request, errno, listener.seen))
    this.#terms.observer.warning('listenFailed', reason)
  }

  accepted(listener: Listener, accepted: Accepted): void {
    if (this.counters.streams >= STREAMS_MAX) {
      if (this.counters.refused++ === 0) this.#terms.observer.warning('tooManyStreams', `${STREAMS_MAX}`)
      accepted.stream.on('error', () => {})
      accepted.tcp.resetAndDestroy()
      return
    }
    const { stream: socket, tcp, tls } = accepted
    const stream = new ClientStream(++this.#lastStream, { stream: socket, tcp, from: { listener, tls } }, this)
    this.#streams.set(stream.id, stream)
    this.counters.streams++
    this.counters.opened++
    if (this.#paused || this.#holds(stream)) stream.pause()
    this.#open(stream)
  }

  acceptFailed(_listener: Listener, reason: string): void {
    this.#terms.observer.warning('acceptFailed', reason)
  }

  handshakeFailed(): void {
    this.counters.handshakesFailed++
  }

  #listen(frame: ListenFrame): void {
    const answer = this.#listeners.listen(frame)
    if (answer !== undefined) this.#sendLater(answer)
  }

  #open(stream: ClientStream): void {
    const { id, from, tcp } = stream
    if (from === undefined) return
    this.#tell(stream, {
      frame: 'open',
      stream: id,
      listener: from.listener.request.listener,
      remote: nameOf(tcp.remoteAddress, tcp.remotePort),
      local: from.listener.localName(tcp),
      tls: from.tls,
    })
  }

  #connect(frame: ConnectFrame): void {
    if (this.counters.streams + this.#exit.connecting < STREAMS_MAX) return this.#exit.connect(frame)
    this.#sendLater({ ...frame, frame: 'connected', errno: -constants.errno.ENOBUFS, local: frame.remote })
  }

  #secure(id: StreamId, json: string): void {
    const stream = this.#streams.get(id)
    if (stream === undefined) return
    secure(stream, json, (outcome) => {
      this.#sendLater({ frame: 'secured', stream: id, tls: { json: JSON.stringify(outcome) } })
    })
  }

  async #resolve(question: QuestionId, json: string): Promise<void> {
    const answer = await this.#questions.answerTo(json)
    this.#sendLater({ frame: 'resolved', question, json: JSON.stringify(answer) })
  }

  #unlisten(id: ListenerId): void {
    const listener = this.#listeners.unlisten(id)
    if (listener?.bound !== undefined) this.#terms.observer.unlistening(listener.bound)
  }

  #leave(): void {
    this.#listeners.close()
    this.#exit.close()
    this.#untold = []
    for (const stream of this.#streams.values()) this.#terms.leaving.take(stream)
    this.#streams.clear()
  }

  #resumeStreams(): void {
    for (const stream of this.#streams.values()) if (!this.#holds(stream)) stream.resume()
  }

  #holds({ from }: ClientStream): boolean {
    return this.#hold === 'everybody' || (this.#hold === 'clients' && from !== undefined)
  }

  /** What somebody did. */
  #tell(stream: ClientStream, frame: Frame): void {
    if (this.#holds(stream)) this.#untold.push(frame)
    else this.#send(frame)
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
      setImmediate(this.#flush)
    }
    if (this.#paused || !this.#port.congested) return
    this.#paused = true
    for (const stream of this.#streams.values()) stream.pause()
  }

  readonly #flush = (): void => {
    this.#leaving = false
    this.#port.flush()
  }

  #uncorkTouched(): void {
    const touched = this.#touched
    this.#touched = []
    for (const stream of touched) stream.uncork()
  }
}

const NOTHING = new Uint8Array(0)
