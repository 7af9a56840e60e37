/** What a store says to who asks for the lease of a group. */
export type LeaseAnswer =
  | { readonly granted: true }
  /** It is another's; who that is, as it calls itself; undefined: nobody's that is known, and it cannot be had yet. */
  | { readonly granted: false; readonly holder: string | undefined }

/** Those whose majority is the store: all of them, and those that answered last. */
export interface Voters {
  readonly count: number
  readonly answered: number
  /** Another gateway counts others: both could have a majority. */
  readonly unlike: boolean
}

/**
 * Where the lease of a group is kept, as the one who wants it sees it. A store promises one thing: whom it has granted
 * the lease after the last `ask`, nobody else gets it for as long as the lease and what clocks may be wrong.
 */
export interface LeaseStore {
  /** For a person. */
  readonly name: string
  readonly kind: 'lease' | 'majority'
  readonly voters: Voters | undefined
  /** Takes or renews the lease; rejects when the store does not answer in time, and then nothing is known. */
  ask(): Promise<LeaseAnswer>
  /** Gives the lease back, if it can be done at once. */
  release(): Promise<void>
}
