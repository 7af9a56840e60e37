import type { Instant } from '../../message/index.js'
import type { LeaseTerms } from './terms.js'

/**
 * Grants a lease to one holder at a time. Nobody else gets it before it has run out on this clock, and then as long
 * again as clocks may be wrong.
 */
export class LeaseGrantor<Holder> {
  readonly #terms: LeaseTerms
  #holder: Holder | undefined
  #until = 0

  constructor(terms: LeaseTerms) {
    this.#terms = terms
  }

  /** Grants or renews it; false while it is another's. */
  ask(now: Instant, holder: Holder): boolean {
    const taken = this.#holder !== undefined && this.#holder !== holder
    if (taken && now < this.#until) return false
    this.#holder = holder
    this.#until = now + this.#terms.ttl + this.#terms.driftBound
    return true
  }

  /** Its holder wants it no more. */
  release(holder: Holder): void {
    if (this.#holder === holder) this.#holder = undefined
  }
}
