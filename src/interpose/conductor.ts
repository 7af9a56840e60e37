import type { GroupListener } from '../driver/index.js'
import { ENTRY, GROUP, type Frame, type GroupId, kindOf, type PeerInfo } from '../message/index.js'
import type { Completion, CompletionTarget, Stash } from './completions.js'
import { NO_RESOURCE, keepable } from './completions.js'
import type { ConductorTerms } from './conductor-terms.js'
import { EXIT_STOPPED, Ending } from './ending.js'
import { type Subject, emptySubject, kindName, readHead, writeHead } from './entry-heads.js'
import { FlushPace } from './flush-pace.js'
import { OperationDigest } from './operation-digest.js'
import { OperationLog } from './operation-log.js'
import { type AsyncResource, type Operations, type ThreadCalls, VALUE_SOURCE, type ValueSource } from './operations.js'
import { Outbox } from './outbox.js'
import { Peers } from './peers.js'
import { Performer } from './performer.js'
import { Tail } from './tail.js'
import type { TimerTarget } from './timers.js'
import { runUnordered } from './unordered.js'

/**
 * Runs the program as a sequence of ordered operations (determinizer.md A1, A3): the primary makes one of each event
 * and records it, a backup makes the same ones from the history.
 */
export class Conductor implements Operations, GroupListener, TimerTarget, CompletionTarget {
  readonly #terms: ConductorTerms
  readonly #log: OperationLog
  readonly #outbox: Outbox
  readonly arrivals: Stash
  readonly threads: ThreadCalls
  readonly #peers: Peers
  readonly #performer: Performer
  readonly #subject: Subject = emptySubject()
  readonly #nextTick: (call: () => void) => void = process.nextTick
  readonly #ending: Ending
  readonly #tail: Tail
  readonly #onLive: (() => void)[] = []
  #live = false
  readonly #pace = new FlushPace()
  #turning = false
  #turnScheduled = false
  #idsBefore = 0
  #heldOpen = 0
  #drainedAt = -1

  constructor(terms: ConductorTerms) {
    this.#terms = terms
    const digest = new OperationDigest(terms.internals)
    this.#peers = new Peers(terms.group, terms.context)
    this.#performer = new Performer({ ...terms, peers: this.#peers, operations: this })
    this.#ending = new Ending(terms)
    this.#tail = new Tail(terms)
    this.arrivals = terms.stash
    this.#log = new OperationLog({
      ...terms,
      digest,
      mismatch: (what) => this.diverged(what),
      takeOver: () => this.#takeOver(),
    })
    this.threads = this.#log
    this.#outbox = new Outbox({
      ...terms,
      digest,
      live: () => this.#live,
      check: (to, frame) => this.inside && this.#log.open && this.#log.sent(to, frame),
      seal: () => this.#log.sealNow(),
    })
  }

  get inside(): boolean {
    return this.#terms.context.inside
  }

  get live(): boolean {
    return this.#live
  }

  /** What happens to the program here becomes an operation. */
  get #decides(): boolean {
    return this.#live && !this.#peers.still
  }

  /**
   * Operation 0 begins: the group runs and has this as its listener. May wait for the history. The operation ends at
   * the first tick after the main program, before the event loop runs.
   */
  start(): void {
    const { context, clocks, clock, group } = this.#terms
    clock.hold(true)
    context.begin()
    this.#subject.kind = ENTRY.start
    this.#idsBefore = context.programIds
    if (this.#log.awaitEntry()) {
      const entry = group.peek() as Uint8Array
      if (kindOf(entry) !== ENTRY.start) this.diverged(`the history begins with an entry of kind ${kindOf(entry)}`)
      this.#log.reader.open(entry)
      clocks.loopMs = this.#log.reader.varint()
      this.#log.follow()
    } else {
      this.#takeOver()
      this.#log.begin(ENTRY.start)
      clocks.loopMs = clocks.nowLoopMs()
      this.#log.writer.varint(clocks.loopMs)
    }
    const dateMs = this.recordNumber(VALUE_SOURCE.date, clocks.dateMs)
    const elapsedNs = this.recordNumber(VALUE_SOURCE.performance, clocks.elapsedNs)
    clocks.origin = { dateMs, elapsedNs, loopMs: clocks.loopMs }
    this.#nextTick(() => {
      context.pushBase()
      context.drain()
      context.popBase()
      context.exit()
      this.#finish()
      this.#turn()
    })
  }

  recordNumber(source: ValueSource, produce: () => number): number {
    return this.inside && this.#log.open ? this.#log.number(source, produce) : produce()
  }

  recordText(source: ValueSource, produce: () => string): string {
    return this.inside && this.#log.open ? this.#log.text(source, produce) : produce()
  }

  recordBytes(source: ValueSource, produce: () => Uint8Array): Uint8Array {
    return this.inside && this.#log.open ? this.#log.bytes(source, produce) : produce()
  }

  submit(to: GroupId, frame: Frame): void {
    this.#outbox.submit(to, frame)
  }

  flushNow(): void {
    this.#outbox.flushNow()
  }

  ask(of: GroupId, matches: (frame: Frame) => boolean, boundMs: number): Frame | 'lost' | undefined {
    return this.#outbox.ask(of, matches, boundMs)
  }

  witness(value: number, describe: () => string): void {
    if (this.inside && this.#log.open) this.#log.witness(value, describe)
  }

  newAsyncId(): number {
    return this.#terms.context.newProgramId()
  }

  complete(asyncId: number, complete: () => void, of?: AsyncResource): void {
    const frame = this.#terms.internals.contextFrames.current()
    this.arrivals.push({ asyncId, ...(of ?? NO_RESOURCE), frame, callback: complete, self: undefined, args: [] })
    this.work()
  }

  outside<Result>(work: () => Result): Result {
    return this.#terms.context.outside(work)
  }

  onFrame(from: GroupId, handle: (frame: Frame) => void): void {
    this.#peers.onFrame(from, handle)
  }

  onPeerChange(group: GroupId, lost: () => void, up: () => void): void {
    this.#peers.onChange(group, { lost, up })
  }

  expectTails(): void {
    this.#tail.expect()
  }

  onLive(call: () => void): void {
    this.#onLive.push(call)
  }

  holdOpen(delta: 1 | -1): void {
    this.#heldOpen += delta
    if (this.#live) this.#terms.clock.hold(this.#heldOpen > 0)
  }

  freeze(): void {
    if (this.#peers.still) return
    this.#peers.freeze()
    this.holdOpen(1)
    this.#terms.timers.rest()
  }

  thaw(): void {
    if (!this.#peers.still) return
    this.#peers.thaw()
    this.holdOpen(-1)
    if (this.#live) this.#terms.timers.takeOver()
  }

  drain(): void {
    this.#terms.context.drain()
  }

  end(code: number, signal: number, uncaught = false): never {
    this.submit(GROUP.console, { frame: 'exit', code, signal, uncaught })
    const asyncIds = this.#asyncIds
    // Nothing of the program runs any more; there is no way back.
    this.#terms.context.suspend()
    if (this.#log.open) this.#log.end(asyncIds)
    return this.#ending.finish(code, signal)
  }

  diverged(what: string): never {
    const difference = `${what}, in ${kindName(this.#subject.kind)}`
    this.#terms.trace?.diverged(difference)
    return this.#ending.diverge(difference)
  }

  // GroupListener: only takes note, the turn comes when the driver has returned

  work(): void {
    if (this.#turnScheduled || this.#turning || this.#log.open) return
    this.#turnScheduled = true
    this.#nextTick(() => {
      this.#turnScheduled = false
      this.#turn()
    })
  }

  readonly promoted = (): void => this.work()

  peerLost(group: GroupId): void {
    this.#peers.note(group, undefined)
    this.work()
  }

  peerUp(peer: PeerInfo): void {
    this.#peers.note(peer.group, peer)
    this.work()
  }

  stopped(reason: string): void {
    this.#ending.abandon(EXIT_STOPPED, `replica stopped: ${reason}`)
  }

  // What Node's event loop brings

  timersDue(): void {
    // In a tail: the native timer comes again at once.
    if (!this.#log.open) this.#decide(ENTRY.timers)
  }

  immediatesTurn(): void {
    const ended = this.#tail.open
    if (ended && !this.#tail.turned(this.#decides)) return
    if (ended) this.#close()
    // The program's own first: a tail at every operation must not keep them from their turn.
    if (this.#terms.timers.immediatesWait) this.#decide(ENTRY.immediate)
    else if (ended) this.#turn()
  }

  completed(completion: Completion): unknown {
    if (this.#tail.calling && !this.arrivals.isScreened(completion)) return this.#tail.run(completion)
    if (this.#decides && this.arrivals.empty && !this.#turning && !this.#log.open) {
      this.#subject.completion = completion
      this.#decide(ENTRY.completion)
      return undefined
    }
    this.arrivals.push({ ...completion, args: completion.args.map(keepable) })
    this.work()
    return undefined
  }

  loopEmpty(over: boolean): void {
    if (!this.#live || (!over && this.#drainedAt === this.#terms.group.executed)) return
    this.#subject.over = over
    this.#decide(ENTRY.drained)
    this.#drainedAt = this.#terms.group.executed
  }

  unordered(run: () => void): void {
    runUnordered(this.#terms, run)
  }

  #turn(): void {
    if (this.#turning || this.#log.open) return
    this.#turning = true
    const { clocks, group } = this.#terms
    this.#pace.begin(clocks.ownMs())
    while (!this.#log.open && this.#next()) if (this.#pace.due(clocks.ownMs())) group.flush()
    this.#turning = false
    // An operation that is not over yet releases with its tail.
    if (!this.#log.open) group.flush()
  }

  #next(): boolean {
    if (!this.#live) {
      if (!this.#terms.group.live) return this.#follow()
      this.#takeOver()
    }
    return this.#lead()
  }

  #takeOver(): void {
    this.#live = true
    this.#terms.clocks.takeOver()
    this.#terms.clock.hold(this.#heldOpen > 0)
    if (this.#decides) this.#terms.timers.takeOver()
    for (const call of this.#onLive) this.outside(call)
  }

  // Primary

  /** An event of this replica's own event loop; `#subject` is set. */
  #decide(kind: number): void {
    this.#run(kind)
    this.#turn()
  }

  #lead(): boolean {
    const subject = this.#subject
    subject.completion = this.#decides ? this.arrivals.takeOldest() : undefined
    if (subject.completion !== undefined) return this.#run(ENTRY.completion)
    if (this.#peers.takeChange(subject)) return this.#run(subject.peer === undefined ? ENTRY.peerLost : ENTRY.peerUp)
    const from = this.#peers.firstReceived()
    if (from === undefined) return false
    subject.group = from
    return this.#run(ENTRY.deliver)
  }

  #run(kind: number): true {
    const { clocks, context } = this.#terms
    const subject = this.#subject
    const { writer } = this.#log
    const loopMs = clocks.nowLoopMs()
    subject.kind = kind
    if (subject.completion !== undefined) subject.asyncId = subject.completion.asyncId
    this.#log.begin(kind)
    writeHead(writer, subject, context.programIds)
    writer.varint(loopMs - clocks.loopMs)
    clocks.loopMs = loopMs
    this.#operate()
    return true
  }

  // Backup

  /** Runs the next entry of the history if all it needs is here; goes on, too, where the history has just ended. */
  #follow(): boolean {
    const { clocks, context } = this.#terms
    const { reader } = this.#log
    const entry = this.#log.next()
    if (entry === undefined) return this.#terms.group.live
    this.#subject.kind = kindOf(entry)
    reader.open(entry)
    if (!readHead(reader, this.#subject, context.programIds)) this.diverged('no operation begins with this kind')
    if (!this.#isHere()) return false
    clocks.loopMs += reader.varint()
    this.#log.follow()
    this.#operate()
    return true
  }

  /** The message or the completion that the entry names has come to this replica, too. */
  #isHere(): boolean {
    const subject = this.#subject
    if (subject.kind === ENTRY.deliver) return this.#terms.group.received(subject.group) !== undefined
    if (subject.kind !== ENTRY.completion) return true
    if (!this.arrivals.has(subject.asyncId)) return false
    subject.completion = this.arrivals.take(subject.asyncId)
    return true
  }

  #operate(): void {
    const { context } = this.#terms
    context.enter()
    this.#idsBefore = context.programIds
    try {
      this.#performer.perform(this.#subject)
    } catch (error) {
      context.uncaught(error)
    }
    context.drain()
    context.leave()
    this.#finish()
  }

  /** Taken by the running operation. */
  get #asyncIds(): number {
    return this.#terms.context.programIds - this.#idsBefore
  }

  /** The operation is over, or its tail begins: what was produced so far depends on what was recorded so far. */
  #finish(): void {
    if (this.#tail.begin()) this.#log.sealNow()
    else this.#close()
  }

  #close(): void {
    this.#log.end(this.#asyncIds)
    this.#outbox.close()
    this.#terms.timers.rearm()
  }
}
