import type { EntryBlock, Instant, SequenceNumber } from '../../message/index.js'
import { NO_ENTRIES } from '../../message/index.js'
import type { History } from '../determinizer/history.js'
import { lastOf } from '../determinizer/history.js'
import type { Limits } from '../limits.js'
import type { SentList } from '../messaging/sent-list.js'

export interface FanOutTerms {
  readonly sent: SentList
  readonly history: History
  readonly limits: Limits
  readonly reflects: boolean
  /** Somebody waits for the backups: they get everything at once. */
  readonly urgent: boolean
}

/**
 * What goes to the backups of the application group: messages already sent to its primary, and reflected order. It goes
 * by the millisecond, not one by one: backups need both only to follow, this side keeps both until they have them, and
 * each datagram wakes a process (ADR 4).
 */
export class FanOut {
  readonly #terms: FanOutTerms
  #sentUpTo = 0
  #reflectedUpTo = 0
  #waitingBytes = 0
  #deadline: Instant | undefined

  constructor(terms: FanOutTerms) {
    this.#terms = terms
  }

  get deadline(): Instant | undefined {
    return this.#deadline
  }

  /** So many more bytes wait; returns whether it is so much that it must leave now. */
  owe(now: Instant, bytes: number): boolean {
    const { limits } = this.#terms
    this.#deadline ??= (now + limits.fanOutDelay) as Instant
    this.#waitingBytes += bytes
    return this.#terms.urgent || this.#waitingBytes >= limits.fanOutBytesMax
  }

  /** The next datagram's contents, or undefined when everything has been sent. */
  next():
    | { readonly sequence: SequenceNumber; readonly payloads: readonly Uint8Array[]; readonly reflected: EntryBlock }
    | undefined {
    const { sent, limits } = this.#terms
    this.#deadline = undefined
    this.#waitingBytes = 0
    const sequence = (this.#sentUpTo + 1) as SequenceNumber
    const payloads = sent.slice(sequence, sent.transmitted, limits.payloadBytesMax)
    const reflected = this.#nextReflected()
    if (payloads.length === 0 && reflected.entries.length === 0) return undefined
    this.#sentUpTo += payloads.length
    return { sequence, payloads, reflected }
  }

  /** Whoever joins or follows from now on has, or asks for, what was before. */
  skip(): void {
    this.#sentUpTo = this.#terms.sent.transmitted
    this.#reflectedUpTo = this.#terms.history.held
    this.#deadline = undefined
    this.#waitingBytes = 0
  }

  /** A new view: what is beyond its history never happened, and what its primary lacks is sent again to all. */
  restart(): void {
    this.#sentUpTo = Math.min(this.#sentUpTo, this.#terms.sent.transmitted)
    this.#reflectedUpTo = Math.min(this.#reflectedUpTo, this.#terms.history.held)
  }

  /** Entries that were not reflected yet; who misses a reflection asks. */
  #nextReflected(): EntryBlock {
    const { history, limits, reflects } = this.#terms
    if (!reflects) return NO_ENTRIES
    const from = Math.max(this.#reflectedUpTo + 1, history.first)
    const block = history.block(from, history.held, limits.orderBytesMax)
    if (block.entries.length > 0) this.#reflectedUpTo = lastOf(block)
    return block
  }
}
