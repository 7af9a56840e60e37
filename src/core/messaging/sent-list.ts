import type { ChunkStore } from '../../base/index.js'
import { assert, RecordLog } from '../../base/index.js'
import type { SequenceNumber } from '../../message/index.js'
import { MESSAGE_BYTES_MAX } from '../../message/index.js'
import { cut } from './fragments.js'

/** Acknowledged messages are let go in lots of this many, because letting go costs more than keeping a few. */
const TRIM_COUNT = 256

/** Consecutive payloads that share a datagram. */
interface Lot {
  readonly sequence: SequenceNumber
  readonly payloads: readonly Uint8Array[]
  /** Bytes of all of them. */
  readonly bytes: number
}

export interface SentListTerms {
  /** Whether the receiver is one member only: what it has acknowledged nobody needs again. */
  readonly single: boolean
  /** A longer message is cut into payloads of this size, at every member alike. */
  readonly payloadBytesMax: number
  /** For what is kept beyond the end of the list. */
  readonly store?: ChunkStore | undefined
}

/**
 * The payloads that a group has produced on one connection, numbered 1, 2, 3, ... Every member of the group keeps the
 * same list, because a new primary sends from its own (protocol.md 4.2, 6).
 */
export class SentList {
  readonly #log: RecordLog
  readonly #terms: SentListTerms
  /** The highest acknowledgement heard, which may be of messages that this replica has not produced yet. */
  #heard = 0
  /** Highest number put into a datagram since the last `rewind`. */
  #transmitted = 0
  #acknowledged = 0

  constructor(terms: SentListTerms) {
    this.#terms = terms
    this.#log = new RecordLog(1, terms.store)
  }

  get last(): SequenceNumber {
    return (this.#log.next - 1) as SequenceNumber
  }

  get acknowledged(): SequenceNumber {
    return this.#acknowledged as SequenceNumber
  }

  get transmitted(): SequenceNumber {
    return this.#transmitted as SequenceNumber
  }

  /** Bytes sent and not acknowledged. */
  get flightBytes(): number {
    return this.bytesThrough(this.#transmitted) - this.bytesThrough(this.#acknowledged)
  }

  /** Bytes appended and not acknowledged. */
  get unacknowledgedBytes(): number {
    return this.bytesThrough(this.last) - this.bytesThrough(this.#acknowledged)
  }

  /** Bytes kept. */
  get bytes(): number {
    return this.#log.bytes
  }

  /** Bytes of all payloads ever up to and including `sequence`. */
  bytesThrough(sequence: number): number {
    return this.#log.bytesThrough(sequence)
  }

  append(message: Uint8Array): void {
    assert(message.length <= MESSAGE_BYTES_MAX, 'a message longer than any receiver puts together')
    cut(message, this.#terms.payloadBytesMax, (payload) => this.#log.append(payload))
    if (this.#acknowledged < this.#heard) this.acknowledge(this.#heard)
  }

  /** The payloads to send next, as many as fit `bytesMax` (at least one); they count as sent. Empty when all are. */
  take(bytesMax: number): Lot {
    const sequence = (this.#transmitted + 1) as SequenceNumber
    const payloads = this.slice(sequence, this.last, bytesMax)
    assert(payloads.length > 0 || sequence > this.last, 'what is not acknowledged is kept')
    let bytes = 0
    for (const payload of payloads) bytes += payload.length
    this.#transmitted += payloads.length
    return { sequence, payloads, bytes }
  }

  /** Payloads `from`..`to` as far as they fit `bytesMax`, at least one. */
  slice(from: number, to: number, bytesMax: number): Uint8Array[] {
    const payloads: Uint8Array[] = []
    let bytes = 0
    for (let sequence = from; sequence <= to && this.#log.has(sequence); sequence++) {
      bytes += this.#log.lengthOf(sequence)
      if (payloads.length > 0 && bytes > bytesMax) break
      payloads.push(this.#log.get(sequence))
    }
    return payloads
  }

  /** The receiver holds everything up to `upTo`. Returns whether that was news. */
  acknowledge(upTo: number): boolean {
    this.#heard = Math.max(this.#heard, upTo)
    const to = Math.min(upTo, this.last)
    if (to <= this.#acknowledged) return false
    this.#acknowledged = to
    this.#transmitted = Math.max(this.#transmitted, to)
    if (this.#terms.single && to - this.#log.first >= TRIM_COUNT) this.#log.dropThrough(to)
    return true
  }

  /** What is not acknowledged counts as not sent: after a timeout, and at a new primary. */
  rewind(): void {
    this.#transmitted = this.#acknowledged
  }

  /** Lets go of the older half of what is acknowledged up to `upTo`: a bound on what is kept was passed. */
  dropOlderHalf(upTo: number): void {
    const middle = Math.floor((this.#log.first + this.last) / 2)
    if (Math.min(upTo, middle) >= this.#log.first) this.#log.dropThrough(Math.min(upTo, middle))
  }
}
