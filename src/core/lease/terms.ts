/** What a lease is worth, in microseconds; the same at who holds it and at who grants it. */
export interface LeaseTerms {
  /** From the moment at which a renewal is asked for. */
  readonly ttl: number
  /** No clock is wrong by more than this after `ttl`: who holds the lease counts on less, who grants it on more. */
  readonly driftBound: number
}
