import type { Instant } from '../../message/index.js'
import type { LeaseTerms } from './terms.js'

/**
 * Grants a lease to one holder at a time. Nobody else gets it before it has run out on this clock, and then as long
 * again as clocks may be wrong; and who has lost it to another never gets it back.
 */
export class LeaseGrantor {
  readonly #terms: LeaseTerms
  /** Holders are numbered as they come: a lower number than this one was given up. */
  #holder = 0
  #until = 0

  constructor(terms: LeaseTerms) {
    this.#terms = terms
  }

  /** Grants or renews it; false while it is another's, or since it is. */
  ask(now: Instant, holder: number): boolean {
    if (holder < this.#holder) return false
    const another = holder > this.#holder
    if (another && now < this.#until) return false
    this.#holder = holder
    this.#until = now + this.#terms.ttl + this.#terms.driftBound
    return true
  }
}
