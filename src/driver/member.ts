import { assert } from '../base/index.js'
import type { ReplicaInput, ReplicaOutput } from '../core/index.js'
import type { Replica } from '../core/index.js'
import type { Frame, GroupId, MemberId, Message, OrderIndex, PeerInfo } from '../message/index.js'
import type { RejectReason } from '../wire/index.js'
import { decode, decodeFrame, Encoder, FrameEncoder } from '../wire/index.js'
import type { Group, GroupListener } from './group.js'
import type { Clock, Transport } from './ports.js'
import type { Standing } from './probe.js'
import { RejectCounts } from './reject-counts.js'
import { Wakeup } from './wakeup.js'

export interface MemberTerms {
  readonly replica: Replica
  readonly transport: Transport
  readonly clock: Clock
}

/** How long the thread rests between two looks at the socket while it waits inside an operation. */
const POLL_PAUSE_MICROSECONDS = 100

/**
 * A turn of the event loop may run many operations: what has arrived is read in between, at most so often. Who only
 * works must not look like one that stands still.
 */
const SERVE_MICROSECONDS = 50_000

/** The listener must know its role before it executes anything in it, and tests end the process between two sends. */
const AT_ONCE: ReadonlySet<ReplicaOutput['output']> = new Set(['proposed', 'recovered', 'promoted'])

/** What a peer's malformed payload counts as: a message without effect, at every replica alike. */
const NOTHING: Frame = { frame: 'end', stream: 0 }

/** A message of a connected group that the program has not taken yet, decoded once. */
interface Next {
  /** Payloads up to here belong to messages that were taken. */
  taken: number
  decoded: Frame | undefined
}

/** Runs a `Replica`: gives it what happens, performs what it wants in order, arms its one timer. */
export class Member implements Group {
  readonly #replica: Replica
  readonly #transport: Transport
  readonly #clock: Clock
  readonly #encoder = new Encoder()
  readonly #frames = new FrameEncoder()
  readonly #wakeup: Wakeup
  /** By connected group; bounded by the groups of the service group. */
  readonly #next = new Map<GroupId, Next>()
  #listener: GroupListener | undefined
  /** When the socket was last read within a turn. */
  #servedAt = 0
  /** What the listener is to be told once the outputs at hand are performed. */
  #tell: Exclude<ReplicaOutput, { output: 'send' }>[] = []
  readonly rejects: RejectCounts<RejectReason> = new RejectCounts()
  /** Called with each stage of a takeover that this replica makes; tests end the process there. */
  onTakeover: (stage: 'proposed' | 'recovered' | 'established') => void = () => {}

  constructor(terms: MemberTerms) {
    this.#replica = terms.replica
    this.#transport = terms.transport
    this.#clock = terms.clock
    this.#wakeup = new Wakeup(terms.clock, () => this.#atTopLevel({ input: 'deadline' }))
    this.#transport.onDatagram = (datagram) => this.#receive(datagram)
  }

  start(listener: GroupListener): void {
    this.#listener = listener
    this.#perform(this.#replica.start(this.#clock.now()))
    this.#settle()
  }

  get live(): boolean {
    return this.#replica.leads
  }

  get draining(): boolean {
    return this.#replica.draining
  }

  get awaitsBackups(): boolean {
    return this.#replica.awaitsBackups
  }

  get executed(): OrderIndex {
    return this.#replica.executed
  }

  get settled(): boolean {
    return this.#replica.settled
  }

  unacknowledgedBytes(to: GroupId): number {
    return this.#replica.unacknowledgedBytes(to)
  }

  decide(entry: Uint8Array): void {
    assert(this.live, 'only the primary decides')
    this.#step({ input: 'decided', entry })
    this.#serve()
  }

  peek(): Uint8Array | undefined {
    return this.#replica.entry(0)
  }

  peekAhead(ahead: number): Uint8Array | undefined {
    return this.#replica.entry(ahead)
  }

  consume(): void {
    this.#step({ input: 'consumed' })
    this.#serve()
  }

  received(from: GroupId): Frame | undefined {
    if (this.#replica.handingOver) return undefined
    const next = this.#nextOf(from)
    next.decoded ??= this.#decoded(from, next.taken + 1)
    return next.decoded
  }

  accept(from: GroupId): void {
    const next = this.#nextOf(from)
    next.taken = this.#replica.endOfMessage(from, next.taken + 1)
    next.decoded = undefined
    this.#step({ input: 'taken', from, upTo: next.taken })
  }

  findReceived(from: GroupId, matches: (frame: Frame) => boolean): Frame | undefined {
    for (let sequence = this.#nextOf(from).taken + 1; ; sequence = this.#replica.endOfMessage(from, sequence) + 1) {
      const frame = this.#decoded(from, sequence)
      if (frame === undefined || matches(frame)) return frame
    }
  }

  submit(to: GroupId, frame: Frame): void {
    this.#step({ input: 'submitted', to, payload: this.#frames.encode(frame) })
  }

  flush(): void {
    this.#step({ input: 'flush' })
    this.#wakeup.arm(this.#replica.deadline)
  }

  waitUntil(done: () => boolean, boundMs: number): boolean {
    const end = this.#clock.now() + boundMs * 1000
    for (;;) {
      const arrived = this.#transport.poll()
      const now = this.#clock.now()
      if (this.#replica.deadline !== undefined && this.#replica.deadline <= now) this.#step({ input: 'deadline' })
      this.#settle()
      if (done()) return true
      if (now >= end || this.#replica.role === 'stopped') return false
      if (arrived === 0) this.#clock.pause(POLL_PAUSE_MICROSECONDS)
    }
  }

  givenUp(group: GroupId): boolean {
    return this.#replica.givenUp(group)
  }

  get standing(): Standing {
    const { membership, peers, leaving } = this.#replica
    return { view: membership.view, members: membership.members, peers, leaving }
  }

  /** This replica's own supervisor knows that a member of any group has failed. */
  fault(member: MemberId): void {
    this.#atTopLevel({ input: 'fault', member })
  }

  connect(peer: PeerInfo): void {
    this.#next.delete(peer.group)
    this.#step({ input: 'connect', peer })
  }

  disconnect(group: GroupId): void {
    this.#next.delete(group)
    this.#step({ input: 'disconnect', group })
  }

  /** Reads what has arrived and serves its timer once, without waiting: for long stretches inside one operation. */
  poll(): void {
    this.waitUntil(() => true, 0)
  }

  #serve(): void {
    const now = this.#clock.now()
    if (now - this.#servedAt < SERVE_MICROSECONDS) return
    this.#servedAt = now
    this.#transport.poll()
  }

  #receive(datagram: Uint8Array): void {
    const decoded = decode(datagram)
    if (!decoded.ok) return this.rejects.count(decoded.reason)
    this.#atTopLevel({ input: 'received', message: decoded.message })
  }

  #atTopLevel(input: ReplicaInput): void {
    this.#step(input)
    this.#settle()
  }

  #step(input: ReplicaInput): void {
    this.#perform(this.#replica.step(this.#clock.now(), input))
  }

  #perform(outputs: readonly ReplicaOutput[]): void {
    for (const output of outputs) {
      if (output.output === 'send') this.#send(output.to, output.message)
      else if (AT_ONCE.has(output.output)) this.#notify(output)
      else this.#tell.push(output)
    }
  }

  #send(to: readonly number[], message: Message): void {
    const datagram = this.#encoder.encode(message)
    for (const locator of to) this.#transport.send(locator as Transport['locator'], datagram)
  }

  /** Told last, because the listener may run the program, which steps the replica again. */
  #settle(): void {
    this.#wakeup.arm(this.#replica.deadline)
    while (this.#tell.length > 0) {
      const tell = this.#tell
      this.#tell = []
      for (const output of tell) this.#notify(output)
    }
  }

  #notify(output: Exclude<ReplicaOutput, { output: 'send' }>): void {
    switch (output.output) {
      case 'work':
        return this.#listener?.work()
      case 'proposed':
      case 'recovered':
        return this.onTakeover(output.output)
      case 'promoted':
        this.onTakeover('established')
        return this.#listener?.promoted()
      case 'peerLost':
        return this.#listener?.peerLost(output.group)
      case 'peerUp':
        return this.#listener?.peerUp(output.peer)
      case 'stopped':
        return this.#listener?.stopped(output.reason)
      default:
    }
  }

  #nextOf(group: GroupId): Next {
    let next = this.#next.get(group)
    if (next === undefined) this.#next.set(group, (next = { taken: 0, decoded: undefined }))
    return next
  }

  #decoded(from: GroupId, sequence: number): Frame | undefined {
    const payload = this.#replica.message(from, sequence)
    return payload === undefined ? undefined : (decodeFrame(payload) ?? NOTHING)
  }
}
