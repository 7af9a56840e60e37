import type { Instant } from '../../message/index.js'
import { majorityOf } from './majority.js'
import type { LeaseTerms } from './terms.js'
import type { LeaseQuestion, LeaseReturn, LeaseVote } from './vote.js'

export interface CandidateTerms {
  /** No two candidates have the same number. */
  readonly candidate: number
  readonly voters: readonly string[]
  readonly lease: LeaseTerms
}

/**
 * Wants a lease that a majority of voters grants, one question to all of them at a time: only answers to the same
 * question count together, and as of when it was put.
 */
export class LeaseCandidate {
  readonly #terms: CandidateTerms
  readonly #majority: number
  readonly #votes: (LeaseVote | undefined)[]
  /** In which state each voter was when it said last that it is free. */
  readonly #seen: (number | null)[]
  #nonce = 0
  #askedAt = 0
  #until = 0
  #had = false

  constructor(terms: CandidateTerms) {
    this.#terms = terms
    this.#majority = majorityOf(terms.voters.length)
    this.#votes = terms.voters.map(() => undefined)
    this.#seen = terms.voters.map(() => null)
  }

  /** It has had the lease, and may have it now. */
  get had(): boolean {
    return this.#had
  }

  /** What each voter has said to the last question. */
  get votes(): readonly (LeaseVote | undefined)[] {
    return this.#votes
  }

  holds(now: Instant): boolean {
    return now < this.#until
  }

  /** What to ask each voter now; answers to former questions count no more. */
  ask(now: Instant): readonly LeaseQuestion[] {
    const { candidate, voters, lease: terms } = this.#terms
    const nonce = ++this.#nonce
    this.#askedAt = now
    this.#votes.fill(undefined)
    const wish = this.#had ? 'keep' : 'take'
    const holds = this.holds(now)
    return this.#seen.map((state) => ({ candidate, nonce, wish, seen: holds ? state : null, voters, terms }))
  }

  answered(voter: number, nonce: number, vote: LeaseVote): void {
    if (nonce !== this.#nonce) return
    this.#votes[voter] = vote
    if (vote.vote === 'free') this.#seen[voter] = vote.state
    if (this.#count(['granted']) < this.#majority) return
    this.#had = true
    this.#until = Math.max(this.#until, this.#askedAt + this.#terms.lease.ttl - this.#terms.lease.driftBound)
  }

  /**
   * `refused`: no majority can come together any more. To who has had the lease, that is to say that another has it, or
   * may have had it since: not while it has it itself, nor because of promises, which pass.
   */
  outcome(now: Instant): 'granted' | 'refused' | 'open' {
    if (this.#count(['granted']) >= this.#majority) return 'granted'
    const lasting = ['held', 'free', 'unlike'] as const
    const against = this.#count(this.#had ? lasting : [...lasting, 'promised', 'starting'])
    const impossible = this.#terms.voters.length - against < this.#majority
    return impossible && !(this.#had && this.holds(now)) ? 'refused' : 'open'
  }

  /** It wants the lease no more, or not now: no answer to what it has asked counts from here on. */
  giveBack(): LeaseReturn {
    const { candidate } = this.#terms
    const nonce = this.#nonce++
    this.#votes.fill(undefined)
    this.#until = 0
    return { candidate, nonce, had: this.#had }
  }

  #count(kinds: readonly LeaseVote['vote'][]): number {
    return this.#votes.filter((each) => each !== undefined && kinds.includes(each.vote)).length
  }
}
