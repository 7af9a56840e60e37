import type { Group } from '../driver/index.js'
import { ENTRY, ENTRY_CONTINUES, type Frame, type GroupId, kindOf } from '../message/index.js'
import type { Trace } from './check/trace.js'
import type { Context } from './context.js'
import { frameText } from './frame-text.js'
import type { DigestSink, OperationDigest } from './operation-digest.js'
import type { ThreadCalls, ValueSource } from './operations.js'
import { EntryCursor } from './shared-memory/entry-cursor.js'
import { isOfThreads, type ThreadOrder } from './shared-memory/thread-order.js'
import { type LastValues, nameOf, ValueReader, ValueWriter } from './values.js'

/** One wait of the driver; the replica waits on, slice by slice, because only an entry or its own promotion helps. */
const WAIT_SLICE_MS = 1000

function continues(entry: Uint8Array): boolean {
  return ((entry[0] as number) & ENTRY_CONTINUES) !== 0
}

export interface OperationLogTerms {
  readonly group: Group
  readonly context: Context
  readonly last: LastValues
  readonly threadOrder: ThreadOrder
  readonly digest: OperationDigest
  /** Undefined: nobody wants the digest of each operation, and entries are not counted into it. */
  readonly onDigest: DigestSink | undefined
  /** Called when this replica, as the primary, has recorded a value. */
  readonly onRecorded: (() => void) | undefined
  /** Another content of a message is left to whoever compares the traces, so that the next one is found, too. */
  readonly trace: Trace | undefined
  readonly mismatch: (what: string) => never
  /** The history has ended inside the running operation, and this replica decides from here on. */
  readonly takeOver: () => void
}

/** The entries of the running operation: written at the primary, read at a backup, begun as one, ended as the other. */
export class OperationLog implements ThreadCalls {
  readonly #terms: OperationLogTerms
  readonly writer: ValueWriter
  readonly reader: ValueReader
  readonly #cursor: EntryCursor
  #following = false
  /** The part that was read is consumed, and the next one is not open yet. */
  #betweenParts = false
  /** Parts of the next operation that were seen to be held: a long one is not looked through at each arrival. */
  #partsHeld = 0
  /** Between the first and the last entry of an operation. */
  open = false

  constructor(terms: OperationLogTerms) {
    this.#terms = terms
    this.writer = new ValueWriter(terms.last, () => this.#seal())
    this.reader = new ValueReader(terms.last, terms.mismatch)
    this.#cursor = new EntryCursor({ ...terms, consume: (entry) => this.#consume(entry) })
  }

  /** Primary: the caller writes the rest of the head. */
  begin(kind: number): void {
    this.open = true
    this.#following = false
    this.writer.begin(kind)
    this.writer.count = 0
  }

  /** Backup: the caller has opened the first entry and read its head. */
  follow(): void {
    this.open = true
    this.#following = true
    this.#partsHeld = 0
    this.reader.count = 0
  }

  number(source: ValueSource, produce: () => number): number {
    this.#reads(source)
    if (this.#following && this.#held()) return this.reader.number(source)
    const value = produce()
    this.writer.number(source, value)
    this.#terms.onRecorded?.()
    return value
  }

  text(source: ValueSource, produce: () => string): string {
    this.#reads(source)
    while (this.#following && this.#held()) {
      const text = this.reader.text(source)
      if (text !== undefined) return text
    }
    const text = this.#terms.context.outside(produce)
    this.writer.text(source, text)
    this.#terms.onRecorded?.()
    return text
  }

  bytes(source: ValueSource, produce: () => Uint8Array): Uint8Array {
    this.#reads(source)
    while (this.#following && this.#held()) {
      const bytes = this.reader.bytes(source)
      if (bytes !== undefined) return bytes
    }
    const bytes = this.#terms.context.outside(produce)
    this.writer.bytes(source, bytes)
    this.#terms.onRecorded?.()
    return bytes
  }

  /** A message leaves, counted into the digest already. */
  sent(to: GroupId, frame: Frame): void {
    this.#terms.trace?.sent(to, frame)
    this.#compare(() => frameText(to, frame))
  }

  /** What this replica has come to by itself. */
  witness(value: number, describe: () => string): void {
    const { digest, trace } = this.#terms
    digest.number(value)
    trace?.witnessed(describe(), value)
    this.#compare(describe)
  }

  note(value: number): void {
    this.#terms.digest.number(value)
  }

  #compare(describe: () => string): void {
    const { digest, trace, mismatch } = this.#terms
    const { check } = digest
    if (!this.#following || !this.#held()) return this.writer.sent(check)
    const recorded = this.reader.sent(describe)
    if (recorded === check || trace !== undefined) return
    mismatch(`${describe()} is sent, digest ${check}; the primary sent another, digest ${recorded}`)
  }

  /** Primary: what was recorded so far becomes an entry of its own. */
  sealNow(): void {
    if (this.open && !this.#following && !this.writer.empty) this.#seal()
  }

  end(asyncIds: number): void {
    const { digest, onDigest, group } = this.#terms
    if (this.#following && this.#held()) {
      this.reader.end(asyncIds)
      this.#consume(this.reader.part)
    } else {
      this.writer.end(asyncIds)
      this.#decide(false)
    }
    this.open = false
    digest.number(asyncIds)
    onDigest?.(group.executed, digest.value)
    this.#terms.trace?.operated()
  }

  #reads(source: ValueSource): void {
    this.#terms.trace?.read(nameOf(source))
  }

  /**
   * Backup: the first entry of the next operation, once all of that can be run, or must be; its place among threads
   * counts.
   */
  next(): Uint8Array | undefined {
    this.#cursor.settle()
    const entry = this.#cursor.find()
    if (entry === undefined || !this.#isWhole()) return undefined
    if (this.#cursor.bind()) this.#partsHeld = 0
    return entry
  }

  /** The last part is held, too, or never will be: the history is final and ends inside this operation. */
  #isWhole(): boolean {
    const { group } = this.#terms
    if (group.awaitsBackups) return true
    for (let part = group.peekAhead(this.#partsHeld); part !== undefined; part = group.peekAhead(++this.#partsHeld)) {
      if (!isOfThreads(part) && !continues(part)) return true
    }
    return group.draining
  }

  /** Waits, without the event loop, until an entry is held or this replica decides; true: an entry is held. */
  awaitEntry(): boolean {
    const { group, context, threadOrder } = this.#terms
    const arrived = (): boolean => {
      threadOrder.pump()
      this.#cursor.settle()
      return group.live || this.#cursor.find() !== undefined
    }
    if (!arrived()) {
      context.outside(() => {
        while (!group.waitUntil(arrived, WAIT_SLICE_MS));
      })
    }
    if (group.live) return false
    this.#cursor.bind()
    return true
  }

  await(done: () => boolean, boundMs: number): boolean {
    const { group, context, threadOrder } = this.#terms
    if (!this.#following) {
      const filling = (): boolean => done() || threadOrder.isFilling
      context.outside(() => group.waitUntil(filling, boundMs))
      if (threadOrder.isFilling) this.#sealThreads()
      return done()
    }
    if (!this.reader.ready) this.#leavePart()
    const arrived = (): boolean => {
      threadOrder.pump()
      if (this.#betweenParts) this.#cursor.settle()
      return done() || (this.#betweenParts && (group.live || this.#cursor.find() !== undefined))
    }
    context.outside(() => group.waitUntil(arrived, boundMs))
    if (!done() && this.#betweenParts && (group.live || this.#cursor.find() !== undefined)) this.#nextPart()
    return done()
  }

  serve(): void {
    const { group, threadOrder } = this.#terms
    if (!group.live) return threadOrder.pump()
    this.#sealThreads()
    if (!this.open) group.flush()
  }

  /** Primary: what the threads have done goes into the history now. */
  #sealThreads(): void {
    if (this.open && this.#following) return
    if (this.open && !this.writer.empty) this.#seal()
    else this.#decideThreads(true)
  }

  #seal(): void {
    this.#decide(true)
    this.writer.begin(ENTRY.continuation)
  }

  /** The group may send something when its history grows: that is none of the program's async ids. */
  #decide(continues: boolean): void {
    this.#decideThreads(false)
    this.#append(this.writer.part(continues))
  }

  #decideThreads(whole: boolean): void {
    for (const entry of this.#terms.threadOrder.takeEntries(whole)) this.#append(entry)
  }

  #append(entry: Uint8Array): void {
    const { digest, onDigest, context, group } = this.#terms
    if (onDigest !== undefined) digest.entry(entry)
    const suspended = context.suspend()
    group.decide(entry)
    context.resume(suspended)
  }

  #consume(entry: Uint8Array): void {
    const { digest, onDigest, context, group } = this.#terms
    if (onDigest !== undefined) digest.entry(entry)
    const suspended = context.suspend()
    group.consume()
    context.resume(suspended)
  }

  /** The next recorded value or the check is held; false: the history is over, this replica records from here on. */
  #held(): boolean {
    while (!this.reader.ready) if (!this.#nextPart()) return false
    return true
  }

  #leavePart(): void {
    if (this.#betweenParts) return
    if (!continues(this.reader.part)) this.#terms.mismatch('the operation goes on here where the primary ended it')
    this.#consume(this.reader.part)
    this.#betweenParts = true
  }

  #nextPart(): boolean {
    const { group, mismatch } = this.#terms
    this.#leavePart()
    const held = this.awaitEntry()
    this.#betweenParts = false
    if (!held) {
      this.#following = false
      this.writer.begin(ENTRY.continuation)
      this.writer.count = this.reader.count
      this.#terms.takeOver()
      return false
    }
    const part = group.peek() as Uint8Array
    if (kindOf(part) !== ENTRY.continuation) mismatch(`an entry of kind ${kindOf(part)} comes inside an operation`)
    this.reader.open(part)
    return true
  }
}
