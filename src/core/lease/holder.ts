import type { Instant } from '../../message/index.js'
import type { LeaseTerms } from './terms.js'

/** Asked so often within one lease: three answers may be lost, or one be late, before anything stands still. */
const ASKS_PER_LEASE = 4
/** An answer to an older question than these comes after its lease has ended. */
const OPEN_MAX: number = 2 * ASKS_PER_LEASE

/**
 * The releasing side's own view of a lease (protocol.md section 7). It asks, and an answer counts from the moment at
 * which this side asked for it, whenever it comes: on its own clock, and less than that by what clocks may be wrong.
 */
export class LeaseHolder {
  readonly #terms: LeaseTerms
  /** Questions without an answer; bounded by `OPEN_MAX`. */
  #open: readonly { readonly nonce: number; readonly at: Instant }[] = []
  #nonce = 0
  #until = 0
  #askAt: Instant | undefined

  constructor(terms: LeaseTerms) {
    this.#terms = terms
  }

  get deadline(): Instant | undefined {
    return this.#askAt
  }

  /** Compared with the clock before anything is let out. */
  holds(now: Instant): boolean {
    return now < this.#until
  }

  /** The nonce of the question to put now, if it is time for one. */
  due(now: Instant): number | undefined {
    if (this.#askAt !== undefined && now < this.#askAt) return undefined
    const nonce = ++this.#nonce
    this.#open = [...this.#open, { nonce, at: now }].slice(-OPEN_MAX)
    this.#askAt = (now + Math.ceil(this.#terms.ttl / ASKS_PER_LEASE)) as Instant
    return nonce
  }

  /** The question with this nonce was answered: the lease is renewed as of when it was put. */
  granted(nonce: number): void {
    const asked = this.#open.find((each) => each.nonce === nonce)
    if (asked === undefined) return
    this.#open = this.#open.filter((each) => each.nonce > nonce)
    this.#until = Math.max(this.#until, asked.at + this.#terms.ttl - this.#terms.driftBound)
  }
}
