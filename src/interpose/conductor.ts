import type { Group, GroupListener } from '../driver/index.js'
import { ENTRY, GROUP, type Frame, type GroupId, type PeerInfo } from '../message/index.js'
import type { Clocks } from './clocks.js'
import { type Completion, type CompletionTarget, Stash, keepable, runCompletion } from './completions.js'
import type { Context } from './context.js'
import { decodePeer, encodePeer } from './entry-heads.js'
import type { Internals } from './internals.js'
import { type DigestSink, OperationDigest } from './operation-digest.js'
import { OperationLog, kindOf } from './operation-log.js'
import { type Operations, VALUE_SOURCE, type ValueSource } from './operations.js'
import type { ReplicaClock } from './replica-clock.js'
import type { ProgramTimers, TimerTarget } from './timers.js'
import type { LastValues } from './values.js'

/** Outputs wait for at most so many further operations of one turn: they share datagrams, and none waits long. */
const OPERATIONS_PER_FLUSH_MAX = 16
/** A large output leaves in pieces of this size, while the operation runs on. */
const OPERATION_FLUSH_BYTES = 1 << 18
/** The last words of a program must arrive; a gateway or console that is gone must not hold its end up for ever. */
const END_WAIT_MS = 5000
/** Ends of a replica that are no ends of the program; its supervisor starts another. */
export const EXIT_DIVERGED = 70
export const EXIT_STOPPED = 75

export interface ConductorTerms {
  readonly internals: Internals
  readonly group: Group
  readonly context: Context
  readonly clocks: Clocks
  readonly clock: ReplicaClock
  readonly timers: ProgramTimers
  readonly last: LastValues
  readonly log: (line: string) => void
  readonly onDigest: DigestSink | undefined
}

type PeerChange = { readonly kind: typeof ENTRY.peerUp; readonly peer: PeerInfo } | { readonly kind: typeof ENTRY.peerLost; readonly group: GroupId }

/** What an operation is about, beside its kind. */
interface Subject {
  group: GroupId
  completion: Completion | undefined
  peer: PeerInfo | undefined
  /** For `drained`: Node has asked a second time, nothing came of `beforeExit`. */
  over: boolean
}

/**
 * Runs the program as a sequence of ordered operations (determinizer.md A1, A3): the primary makes one of each event and
 * records it, a backup makes the same ones from the history.
 */
export class Conductor implements Operations, GroupListener, TimerTarget, CompletionTarget {
  readonly #terms: ConductorTerms
  readonly #log: OperationLog
  readonly #digest: OperationDigest | undefined
  readonly #stash: Stash = new Stash()
  readonly #peerChanges: PeerChange[] = []
  readonly #frameHandlers: Map<GroupId, (frame: Frame) => void> = new Map()
  readonly #peerHandlers: Map<GroupId, { readonly lost: () => void; readonly up: () => void }> = new Map()
  readonly #subject: Subject = { group: GROUP.application, completion: undefined, peer: undefined, over: false }
  readonly #nextTick: (call: () => void) => void = process.nextTick
  readonly #reallyExit: (code: number) => never
  readonly #ownPid: number = process.pid
  readonly #onUncaught: (error: unknown) => void
  #live = false
  #turning = false
  #turnScheduled = false
  #kind = 0
  #idsBefore = 0
  #partsHeld = 0
  #unflushedBytes = 0
  #heldOpen = 0
  #drainedAt = -1

  constructor(terms: ConductorTerms) {
    this.#terms = terms
    this.#digest = terms.onDigest === undefined ? undefined : new OperationDigest(terms.internals)
    this.#reallyExit = terms.internals.processMethods.reallyExit
    this.#onUncaught = (error): void => terms.context.uncaught(error)
    this.#log = new OperationLog({
      group: terms.group,
      context: terms.context,
      last: terms.last,
      digest: this.#digest,
      mismatch: (what) => this.diverged(what),
      takeOver: () => this.#takeOver(),
    })
  }

  get inside(): boolean {
    return this.#terms.context.inside
  }

  get live(): boolean {
    return this.#live
  }

  /** Operation 0 begins; it ends at the first tick after the main program, before the event loop runs. */
  start(): void {
    const { context, clocks, clock, group } = this.#terms
    clock.hold(true)
    context.begin()
    this.#kind = ENTRY.start
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
      this.#closeRecord()
      context.exit()
      this.#closed()
      this.#turn()
    })
  }

  // ---- Operations

  recordNumber(source: ValueSource, produce: () => number): number {
    return this.inside && this.#log.open ? this.#log.number(source, produce) : produce()
  }

  recordText(source: ValueSource, produce: () => string): string {
    return this.inside && this.#log.open ? this.#log.text(source, produce) : produce()
  }

  submit(to: GroupId, frame: Frame): void {
    this.#digest?.frame(to, frame)
    this.#terms.group.submit(to, frame)
    if (!('bytes' in frame)) return
    this.#unflushedBytes += frame.bytes.length
    if (this.#unflushedBytes >= OPERATION_FLUSH_BYTES && this.#live) this.flushNow()
  }

  flushNow(): void {
    if (!this.#live) return
    this.#log.sealNow()
    this.#unflushedBytes = 0
    this.#terms.context.outside(() => this.#terms.group.flush())
  }

  ask(of: GroupId, matches: (frame: Frame) => boolean, boundMs: number): Frame | undefined {
    const { group, context } = this.#terms
    this.flushNow()
    let answer: Frame | undefined
    const answered = (): boolean => (answer ??= group.findReceived(of, matches)) !== undefined
    context.outside(() => answered() || group.waitUntil(answered, boundMs))
    return answer
  }

  newAsyncId(): number {
    return this.#terms.context.newProgramId()
  }

  complete(asyncId: number, complete: () => void): void {
    this.#stash.push({ asyncId, triggerAsyncId: 0, resource: undefined, callback: complete, self: undefined, args: [] })
    this.work()
  }

  onFrame(from: GroupId, handle: (frame: Frame) => void): void {
    this.#frameHandlers.set(from, handle)
  }

  onPeerChange(group: GroupId, lost: () => void, up: () => void): void {
    this.#peerHandlers.set(group, { lost, up })
  }

  holdOpen(delta: 1 | -1): void {
    this.#heldOpen += delta
    if (this.#live) this.#terms.clock.hold(this.#heldOpen > 0)
  }

  end(code: number, signal: number): never {
    const { context, group, internals, clock } = this.#terms
    this.submit(GROUP.console, { frame: 'exit', code, signal })
    if (context.inside && this.#log.open) this.#closeRecord()
    context.outside(() => {
      this.#reportDigest()
      group.flush()
      group.waitUntil(() => group.settled, END_WAIT_MS)
    })
    if (signal !== 0 && internals.processMethods._kill(this.#ownPid, signal) === 0) clock.pause(1e6)
    return this.#reallyExit(signal === 0 ? code : 128 + signal)
  }

  diverged(what: string): never {
    const { group, log } = this.#terms
    log(`replica diverged in operation of kind ${this.#kind} at entry ${group.executed}: ${what}`)
    return this.#reallyExit(EXIT_DIVERGED)
  }

  // ---- GroupListener: only takes note, the turn comes when the driver has returned

  work(): void {
    if (this.#turnScheduled || this.#turning || this.inside) return
    this.#turnScheduled = true
    this.#nextTick(() => {
      this.#turnScheduled = false
      this.#turn()
    })
  }

  promoted(): void {
    this.work()
  }

  peerLost(group: GroupId): void {
    this.#peerChanges.push({ kind: ENTRY.peerLost, group })
    this.work()
  }

  peerUp(peer: PeerInfo): void {
    this.#peerChanges.push({ kind: ENTRY.peerUp, peer })
    this.work()
  }

  stopped(reason: string): void {
    this.#terms.log(`replica stopped: ${reason}`)
    this.#reallyExit(EXIT_STOPPED)
  }

  // ---- What Node's event loop brings

  timersDue(): void {
    this.#decide(ENTRY.timers)
  }

  immediatesDue(): void {
    this.#decide(ENTRY.immediate)
  }

  completed(completion: Completion): void {
    if (this.#live && this.#stash.empty && !this.#turning) {
      this.#subject.completion = completion
      this.#decide(ENTRY.completion)
      return
    }
    this.#stash.push({ ...completion, args: completion.args.map(keepable) })
    this.work()
  }

  loopEmpty(over: boolean): void {
    if (!this.#live || (!over && this.#drainedAt === this.#terms.group.executed)) return
    this.#subject.over = over
    this.#decide(ENTRY.drained)
    this.#drainedAt = this.#terms.group.executed
  }

  /** For a hook that a test has left out: the program's code runs when this replica happens to come to it. */
  unordered(run: () => void): void {
    const { context, timers, group } = this.#terms
    context.enter()
    try {
      run()
    } catch (error) {
      context.uncaught(error)
    }
    context.drain()
    context.leave()
    timers.rearm()
    group.flush()
  }

  // ---- Turns

  #turn(): void {
    if (this.#turning || this.inside) return
    this.#turning = true
    for (let operations = 1; this.#next(); operations++) {
      if (operations % OPERATIONS_PER_FLUSH_MAX === 0) this.#terms.group.flush()
    }
    this.#turning = false
    this.#terms.group.flush()
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
    this.#terms.timers.takeOver()
  }

  // ---- Primary

  /** An event of this replica's own event loop; `#subject` is set. */
  #decide(kind: number): void {
    this.#run(kind)
    this.#turn()
  }

  #lead(): boolean {
    const subject = this.#subject
    subject.completion = this.#stash.takeOldest()
    if (subject.completion !== undefined) return this.#run(ENTRY.completion)
    const change = this.#peerChanges.shift()
    if (change !== undefined) {
      if (change.kind === ENTRY.peerUp) subject.peer = change.peer
      subject.group = change.kind === ENTRY.peerUp ? change.peer.group : change.group
      return this.#run(change.kind)
    }
    for (const from of this.#frameHandlers.keys()) {
      if (this.#terms.group.received(from) === undefined) continue
      subject.group = from
      return this.#run(ENTRY.deliver)
    }
    return false
  }

  #run(kind: number): true {
    const { clocks } = this.#terms
    const loopMs = clocks.nowLoopMs()
    const { writer } = this.#log
    this.#log.begin(kind)
    this.#writeHead(kind)
    writer.varint(loopMs - clocks.loopMs)
    clocks.loopMs = loopMs
    this.#operate(kind)
    return true
  }

  #writeHead(kind: number): void {
    const { writer } = this.#log
    const { group, completion, peer } = this.#subject
    if (kind === ENTRY.deliver || kind === ENTRY.peerLost) writer.byte(group)
    // Counted back from the newest id: mostly one byte, however long the program has run.
    else if (kind === ENTRY.completion) writer.varint(this.#terms.context.programIds - (completion as Completion).asyncId)
    else if (kind === ENTRY.peerUp) encodePeer(writer, peer as PeerInfo)
  }

  // ---- Backup

  /** Runs the next entry of the history if all it needs is here. */
  #follow(): boolean {
    const { group, clocks } = this.#terms
    const entry = group.peek()
    if (entry === undefined || !this.#isWhole(entry)) return false
    const kind = kindOf(entry)
    this.#log.reader.open(entry)
    if (!this.#readHead(kind)) return false
    clocks.loopMs += this.#log.reader.varint()
    this.#partsHeld = 0
    this.#log.follow()
    this.#operate(kind)
    return true
  }

  /** Its last part is held, or never will be: the history is final and ends inside it. */
  #isWhole(entry: Uint8Array): boolean {
    const { group } = this.#terms
    const { reader } = this.#log
    let part: Uint8Array | undefined = this.#partsHeld === 0 ? entry : group.peekAhead(this.#partsHeld)
    for (; part !== undefined; part = group.peekAhead(++this.#partsHeld)) {
      reader.open(part)
      if (!reader.continues) return true
    }
    return group.draining
  }

  /** False: the message or the completion that the entry names has not come to this replica yet. */
  #readHead(kind: number): boolean {
    const { reader } = this.#log
    const subject = this.#subject
    switch (kind) {
      case ENTRY.deliver:
        subject.group = reader.byte() as GroupId
        return this.#terms.group.received(subject.group) !== undefined
      case ENTRY.completion: {
        const asyncId = this.#terms.context.programIds - reader.varint()
        if (!this.#stash.has(asyncId)) return false
        subject.completion = this.#stash.take(asyncId)
        return true
      }
      case ENTRY.peerLost:
        subject.group = reader.byte() as GroupId
        return true
      case ENTRY.peerUp:
        subject.peer = decodePeer(reader)
        subject.group = subject.peer.group
        return true
      case ENTRY.timers:
      case ENTRY.immediate:
      case ENTRY.drained:
        return true
      default:
        return this.diverged(`an operation cannot begin with an entry of kind ${kind}`)
    }
  }

  // ---- Both

  #operate(kind: number): void {
    const { context } = this.#terms
    this.#kind = kind
    context.enter()
    this.#idsBefore = context.programIds
    try {
      this.#perform(kind)
    } catch (error) {
      context.uncaught(error)
    }
    context.drain()
    this.#closeRecord()
    context.leave()
    this.#closed()
  }

  #perform(kind: number): void {
    const { internals, context, timers } = this.#terms
    const { group, completion } = this.#subject
    switch (kind) {
      case ENTRY.deliver:
        return this.#deliver(group)
      case ENTRY.timers:
        return timers.fire(this.#onUncaught)
      case ENTRY.immediate:
        return timers.runImmediates(this.#onUncaught)
      case ENTRY.completion:
        this.#subject.completion = undefined
        return runCompletion(internals, context, completion as Completion)
      case ENTRY.drained:
        return this.#drained()
      default:
        return this.#changePeer(kind)
    }
  }

  #deliver(from: GroupId): void {
    const { group } = this.#terms
    const frame = group.received(from) as Frame
    group.accept(from)
    this.#frameHandlers.get(from)?.(frame)
  }

  #changePeer(kind: number): void {
    const { group: id, peer } = this.#subject
    const handlers = this.#peerHandlers.get(id)
    if (kind === ENTRY.peerLost) {
      this.#terms.group.disconnect(id)
      handlers?.lost()
    } else {
      this.#terms.group.connect(peer as PeerInfo)
      handlers?.up()
    }
  }

  /** Nothing keeps the program alive: `beforeExit`, which may start something, or the end (determinizer.md A10). */
  #drained(): void {
    const over = this.recordNumber(VALUE_SOURCE.fact, () => Number(this.#subject.over)) === 1
    const code = Number(process.exitCode ?? 0)
    if (!over) {
      process.emit('beforeExit', code)
      return
    }
    const ending = process as unknown as { _exiting: boolean }
    ending._exiting = true
    process.emit('exit', code)
    this.end(Number(process.exitCode ?? 0), 0)
  }

  #closeRecord(): void {
    const asyncIds = this.#terms.context.programIds - this.#idsBefore
    this.#digest?.number(asyncIds)
    this.#log.end(asyncIds)
  }

  #closed(): void {
    this.#unflushedBytes = 0
    this.#terms.timers.rearm()
    this.#reportDigest()
  }

  #reportDigest(): void {
    if (this.#digest !== undefined) this.#terms.onDigest?.(this.#terms.group.executed, this.#digest.value)
  }
}
