import type { Range, SequenceNumber } from '../../message/index.js'

interface Held {
  payload: Uint8Array
  readonly orderIndex: number
  owned: boolean
}

export interface ReceiveWindowTerms {
  /** Pending messages; what lies further ahead is dropped and comes again. */
  readonly messagesMax: number
  readonly bytesMax: number
}

/**
 * One direction of a connection at a receiver: puts messages into sequence. A message is *received* when all earlier
 * ones are and every order entry that it depends on is held (protocol.md section 1); before that it is pending.
 */
export class ReceiveWindow {
  /** Bounded by `messagesMax` and `bytesMax`. */
  readonly #pending = new Map<number, Held>()
  readonly #terms: ReceiveWindowTerms
  #pendingBytes = 0
  #receivedUpTo = 0
  #highest = 0

  constructor(terms: ReceiveWindowTerms) {
    this.#terms = terms
  }

  /** Bytes that wait for what is before them. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  get receivedUpTo(): SequenceNumber {
    return this.#receivedUpTo as SequenceNumber
  }

  /** Returns false for a duplicate and for what lies too far ahead. The payload is not copied until `ownPending`. */
  put(sequence: number, payload: Uint8Array, orderIndex: number): boolean {
    this.learn(sequence)
    if (sequence <= this.#receivedUpTo || this.#pending.has(sequence)) return false
    if (sequence > this.#receivedUpTo + this.#terms.messagesMax) return false
    // The next one always has room: only it makes room for the others.
    const next = sequence === this.#receivedUpTo + 1
    if (!next && this.#pendingBytes + payload.length > this.#terms.bytesMax) return false
    this.#pendingBytes += payload.length
    this.#pending.set(sequence, { payload, orderIndex, owned: false })
    return true
  }

  /**
   * The usual case without a detour: the next message in sequence, whose order is held, becomes received at once.
   * False for any other, which `put` takes.
   */
  accept(sequence: number, orderIndex: number, heldIndex: number): boolean {
    if (sequence !== this.#receivedUpTo + 1 || orderIndex > heldIndex || this.#pending.size > 0) return false
    this.learn(sequence)
    this.#receivedUpTo = sequence
    return true
  }

  /** The source says that messages up to here exist. What no datagram can name could not be asked for. */
  learn(sequence: number): void {
    if (sequence > this.#highest && Number.isSafeInteger(sequence)) this.#highest = sequence
  }

  /** The next message in sequence if the entries it depends on are held up to `heldIndex`; it becomes received. */
  shift(heldIndex: number): Readonly<Held> | undefined {
    const next = this.#pending.get(this.#receivedUpTo + 1)
    if (next === undefined || next.orderIndex > heldIndex) return undefined
    this.#receivedUpTo++
    this.#pending.delete(this.#receivedUpTo)
    this.#pendingBytes -= next.payload.length
    return next
  }

  /** What is still pending outlives the datagram it came in: it gets a copy of its own. */
  ownPending(): void {
    for (const held of this.#pending.values()) {
      if (held.owned) continue
      held.payload = held.payload.slice()
      held.owned = true
    }
  }

  /** The entry index that the next message in sequence waits for; 0 when it is not the order that is missing. */
  get awaitedIndex(): number {
    return this.#pending.get(this.#receivedUpTo + 1)?.orderIndex ?? 0
  }

  /** Messages known to exist and not held, at most `rangesMax` ranges. */
  missing(rangesMax: number): readonly Range[] {
    const ranges: Range[] = []
    let from = this.#receivedUpTo + 1
    let left = this.#pending.size
    // No further than to the last pending one: what is announced beyond it may be any number.
    for (let sequence = from; left > 0 && ranges.length < rangesMax; sequence++) {
      if (!this.#pending.has(sequence)) continue
      if (from < sequence) ranges.push({ from, to: sequence - 1 })
      from = sequence + 1
      left--
    }
    if (ranges.length < rangesMax && from <= this.#highest) ranges.push({ from, to: this.#highest })
    return ranges
  }

  get hasGap(): boolean {
    return this.#highest > this.#receivedUpTo + this.#pending.size
  }

  /** A newer view is adopted: what was only pending is dropped, what was received stays (protocol.md 5.5). */
  dropPending(): void {
    this.#pending.clear()
    this.#pendingBytes = 0
    this.#highest = this.#receivedUpTo
  }
}
