import { RecordLog } from '../../base/index.js'
import type { SequenceNumber } from '../../message/index.js'

/** Acknowledged messages are let go in lots of this many, because letting go costs more than keeping a few. */
const TRIM_COUNT = 256

/** Consecutive messages that share a datagram. */
interface Lot {
  readonly sequence: SequenceNumber
  readonly payloads: readonly Uint8Array[]
  /** Payload bytes of all of them. */
  readonly bytes: number
}

/**
 * The messages that a group has produced on one connection, numbered 1, 2, 3, ... Every member of the group keeps the
 * same list, because a new primary sends from its own (protocol.md 4.2, 6).
 */
export class SentList {
  readonly #log = new RecordLog(1)
  /** Whether the receiver is one member only: what it has acknowledged nobody needs again. */
  readonly #single: boolean
  /** The highest acknowledgement heard, which may be of messages that this replica has not produced yet. */
  #heard = 0
  /** Highest number put into a datagram since the last `rewind`. */
  #transmitted = 0
  #acknowledged = 0
  #flightBytes = 0
  #unacknowledgedBytes = 0

  constructor(single: boolean) {
    this.#single = single
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

  /** Payload bytes sent and not acknowledged. */
  get flightBytes(): number {
    return this.#flightBytes
  }

  /** Payload bytes appended and not acknowledged. */
  get unacknowledgedBytes(): number {
    return this.#unacknowledgedBytes
  }

  /** Payload bytes kept. */
  get bytes(): number {
    return this.#log.bytes
  }

  append(payload: Uint8Array): void {
    this.#log.append(payload)
    this.#unacknowledgedBytes += payload.length
    if (this.last <= this.#heard) this.acknowledge(this.#heard)
  }

  /**
   * The payloads to send next, as many as fit `bytesMax` (at least one), and counts them as sent; empty when all are
   * sent.
   */
  take(bytesMax: number): Lot {
    const sequence = (this.#transmitted + 1) as SequenceNumber
    const payloads = this.slice(sequence, this.last, bytesMax)
    let bytes = 0
    for (const payload of payloads) bytes += payload.length
    this.#flightBytes += bytes
    this.#transmitted += payloads.length
    return { sequence, payloads, bytes }
  }

  /** Payloads `from`..`to` as far as they fit `bytesMax`, at least one. */
  slice(from: number, to: number, bytesMax: number): Uint8Array[] {
    const payloads: Uint8Array[] = []
    let bytes = 0
    for (let sequence = from; sequence <= to && this.#log.has(sequence); sequence++) {
      const payload = this.#log.get(sequence)
      bytes += payload.length
      if (payloads.length > 0 && bytes > bytesMax) break
      payloads.push(payload)
    }
    return payloads
  }

  /** The receiver holds everything up to `upTo`. Returns whether that was news. */
  acknowledge(upTo: number): boolean {
    this.#heard = Math.max(this.#heard, upTo)
    const to = Math.min(upTo, this.last)
    if (to <= this.#acknowledged) return false
    for (let sequence = this.#acknowledged + 1; sequence <= to; sequence++) {
      const bytes = this.#log.get(sequence).length
      this.#unacknowledgedBytes -= bytes
      if (sequence <= this.#transmitted) this.#flightBytes -= bytes
    }
    this.#acknowledged = to
    this.#transmitted = Math.max(this.#transmitted, to)
    if (this.#single && to - this.#log.first >= TRIM_COUNT) this.#log.dropThrough(to)
    return true
  }

  /** What is not acknowledged counts as not sent: after a timeout, and at a new primary. */
  rewind(): void {
    this.#transmitted = this.#acknowledged
    this.#flightBytes = 0
  }

  /** Lets go of the older half of what is acknowledged up to `upTo`: a bound on what is kept was passed. */
  dropOlderHalf(upTo: number): void {
    const middle = Math.floor((this.#log.first + this.last) / 2)
    if (Math.min(upTo, middle) >= this.#log.first) this.#log.dropThrough(Math.min(upTo, middle))
  }
}
