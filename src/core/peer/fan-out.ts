import type { EntryBlock, Instant, SequenceNumber } from '../../message/index.js'
import { NO_ENTRIES } from '../../message/index.js'
import { lastOf } from '../determinizer/history.js'
import type { PeerState } from './state.js'

/**
 * What goes to the backups of the application group: messages already sent to its primary, and reflected order. It goes
 * by the millisecond, not one by one: backups need both only to follow, this side keeps both until they have them, and
 * each datagram wakes a process (ADR 4).
 */
export class FanOut {
  readonly #state: PeerState
  #sentUpTo = 0
  #reflectedUpTo = 0
  #waitingBytes = 0
  #deadline: Instant | undefined

  constructor(state: PeerState) {
    this.#state = state
  }

  get deadline(): Instant | undefined {
    return this.#deadline
  }

  /** So many more bytes wait; returns whether it is so much that it must leave now. */
  owe(bytes: number): boolean {
    const { terms, now } = this.#state
    this.#deadline ??= (now + terms.limits.fanOutDelay) as Instant
    this.#waitingBytes += bytes
    // Under `acknowledged` somebody waits for the backups: they get everything at once.
    return terms.commit === 'acknowledged' || this.#waitingBytes >= terms.limits.fanOutBytesMax
  }

  /** The next datagram's contents, or undefined when everything has been sent. */
  next():
    | { readonly sequence: SequenceNumber; readonly payloads: readonly Uint8Array[]; readonly reflected: EntryBlock }
    | undefined {
    const { sent, terms } = this.#state
    this.#deadline = undefined
    this.#waitingBytes = 0
    const sequence = (this.#sentUpTo + 1) as SequenceNumber
    const payloads = sent.slice(sequence, sent.transmitted, terms.limits.payloadBytesMax)
    const reflected = this.#nextReflected()
    if (payloads.length === 0 && reflected.entries.length === 0) return undefined
    this.#sentUpTo += payloads.length
    return { sequence, payloads, reflected }
  }

  /** Whoever joins or follows from now on has, or asks for, what was before. */
  skip(): void {
    this.#sentUpTo = this.#state.sent.transmitted
    this.#reflectedUpTo = this.#state.history.held
    this.#deadline = undefined
    this.#waitingBytes = 0
  }

  /** A new view: what is beyond its history never happened, and what its primary lacks is sent again to all. */
  restart(): void {
    this.#sentUpTo = Math.min(this.#sentUpTo, this.#state.sent.transmitted)
    this.#reflectedUpTo = Math.min(this.#reflectedUpTo, this.#state.history.held)
  }

  /** Entries that were not reflected yet; who misses a reflection asks. */
  #nextReflected(): EntryBlock {
    const { history, terms } = this.#state
    if (!terms.reflects) return NO_ENTRIES
    const from = Math.max(this.#reflectedUpTo + 1, history.first)
    const block = history.block(from, history.held, terms.limits.orderBytesMax)
    if (block.entries.length > 0) this.#reflectedUpTo = lastOf(block)
    return block
  }
}
