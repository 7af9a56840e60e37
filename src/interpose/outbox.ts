import type { Group } from '../driver/index.js'
import type { Frame, GroupId } from '../message/index.js'
import type { Context } from './context.js'
import type { OperationDigest } from './operation-digest.js'
import type { OperationLog } from './operation-log.js'

/** A large output leaves in pieces of this size, while the operation runs on. */
const OPERATION_FLUSH_BYTES = 1 << 18

export interface OutboxTerms {
  readonly group: Group
  readonly context: Context
  readonly log: OperationLog
  /** Undefined: nobody wants a digest. */
  readonly digest: OperationDigest | undefined
  /** This replica decides. */
  readonly live: () => boolean
}

/** What the running operation sends to connected groups: it leaves when the operation ends, or earlier if it must. */
export class Outbox {
  readonly #terms: OutboxTerms
  #unflushedBytes = 0

  constructor(terms: OutboxTerms) {
    this.#terms = terms
  }

  submit(to: GroupId, frame: Frame): void {
    const { context, group, digest, live } = this.#terms
    digest?.frame(to, frame)
    const suspended = context.suspend()
    group.submit(to, frame)
    context.resume(suspended)
    if (!('bytes' in frame)) return
    this.#unflushedBytes += frame.bytes.length
    if (this.#unflushedBytes >= OPERATION_FLUSH_BYTES && live()) this.flushNow()
  }

  flushNow(): void {
    const { context, group, log, live } = this.#terms
    if (!live()) return
    log.sealNow()
    this.#unflushedBytes = 0
    context.outside(() => group.flush())
  }

  ask(of: GroupId, matches: (frame: Frame) => boolean, boundMs: number): Frame | undefined {
    const { context, group } = this.#terms
    this.flushNow()
    let answer: Frame | undefined
    const answered = (): boolean => (answer ??= group.findReceived(of, matches)) !== undefined
    context.outside(() => answered() || group.waitUntil(answered, boundMs))
    return answer
  }

  /** The operation is over: what is left goes with it. */
  closed(): void {
    this.#unflushedBytes = 0
  }
}
