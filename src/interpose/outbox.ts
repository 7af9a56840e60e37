import type { Group } from '../driver/index.js'
import type { Frame, GroupId } from '../message/index.js'
import type { Context } from './context.js'
import type { OperationDigest } from './operation-digest.js'

/** A large output leaves in pieces of this size, while the operation runs on. */
const OPERATION_FLUSH_BYTES = 1 << 18
/** Output of the program on its way to whoever reads it; beyond this the program waits. */
const OUTPUT_BACKLOG_BYTES_MAX = 4 << 20
/** One wait of the driver: the reader may stand still for as long as it likes. */
const OUTPUT_WAIT_SLICE_MS = 1000

export interface OutboxTerms {
  readonly group: Group
  readonly context: Context
  readonly digest: OperationDigest
  /** This replica decides, and what it produces leaves. */
  readonly live: () => boolean
  /** The message that was counted into the digest last is checked against the history, or goes into it. */
  readonly check: (to: GroupId, frame: Frame) => void
  /** What the running operation has recorded so far becomes an entry, on which what leaves now depends. */
  readonly seal: () => void
}

/** What the running operation produces: counted into the digest, kept at every replica, sent by the primary. */
export class Outbox {
  readonly #terms: OutboxTerms
  #unflushedBytes = 0

  constructor(terms: OutboxTerms) {
    this.#terms = terms
  }

  submit(to: GroupId, frame: Frame): void {
    const { context, group, digest, check, live } = this.#terms
    digest.frame(to, frame)
    check(to, frame)
    const suspended = context.suspend()
    group.submit(to, frame)
    context.resume(suspended)
    if (!('bytes' in frame)) return
    this.#unflushedBytes += frame.bytes.length
    if (!live()) return
    if (this.#unflushedBytes >= OPERATION_FLUSH_BYTES) this.flushNow()
    if (frame.frame === 'output') this.#awaitReader(to)
  }

  flushNow(): void {
    const { live, seal, context, group } = this.#terms
    if (!live()) return
    seal()
    this.#unflushedBytes = 0
    context.outside(() => group.flush())
  }

  ask(of: GroupId, matches: (frame: Frame) => boolean, boundMs: number): Frame | undefined {
    const { group, context } = this.#terms
    this.flushNow()
    let answer: Frame | undefined
    const answered = (): boolean => (answer ??= group.findReceived(of, matches)) !== undefined
    context.outside(() => answered() || group.waitUntil(answered, boundMs))
    return answer
  }

  /** The operation is over; what it produced leaves with the next flush. */
  close(): void {
    this.#unflushedBytes = 0
  }

  /** As plain Node is held up by a pipe that is full: what nobody reads must not fill the memory. */
  #awaitReader(of: GroupId): void {
    const { group, context } = this.#terms
    if (group.unacknowledgedBytes(of) <= OUTPUT_BACKLOG_BYTES_MAX) return
    this.flushNow()
    const read = (): boolean => group.unacknowledgedBytes(of) <= OUTPUT_BACKLOG_BYTES_MAX / 2
    context.outside(() => {
      while (!group.waitUntil(read, OUTPUT_WAIT_SLICE_MS));
    })
  }
}
