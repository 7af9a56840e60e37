import type { LeaseTerms } from './terms.js'

/** What a candidate asks every voter for. */
export interface LeaseQuestion {
  /** No two candidates have the same number. */
  readonly candidate: number
  /** Rising with each question of this candidate, and the same for all voters. */
  readonly nonce: number
  /** `take`: it has never had the lease; `keep`: it has. */
  readonly wish: 'take' | 'keep'
  /** It has the lease as it asks, and knew then that this voter was free, and in this state. */
  readonly seen: number | null
  /** Of whom a majority is needed. */
  readonly voters: readonly string[]
  readonly terms: LeaseTerms
}

export type LeaseVote =
  | { readonly vote: 'granted' }
  /** `starting`: it cannot know yet; `promised`: to another that may not get it; `held`: by another that has it. */
  | { readonly vote: 'starting' | 'promised' | 'held' }
  /** It granted another the lease with other voters: both could have a majority. */
  | { readonly vote: 'unlike' }
  /** Nobody has it of this voter, and the asker is not the last that had. */
  | { readonly vote: 'free'; readonly state: number }

/** A candidate wants nothing any more of what it has asked for up to this question. */
export interface LeaseReturn {
  readonly candidate: number
  readonly nonce: number
  /** False: it has never had the lease, and counts no answer to any of its questions. */
  readonly had: boolean
}
