import type { Instant } from '../../message/index.js'
import { majorityOf } from './majority.js'
import type { LeaseQuestion, LeaseReturn, LeaseVote } from './vote.js'

/** Whom a voter granted the lease, and with which others. */
interface Owner {
  readonly candidate: number
  readonly voters: readonly string[]
}

/**
 * One of those whose majority grants a lease (ADR 60). It grants to one candidate at a time, for as long as the lease
 * and as clocks may be wrong. Who has had the lease, and was followed here by another, gets it again only if it can say
 * that it has it still: then the other never had it.
 */
export class LeaseVoter {
  readonly #startedAt: Instant
  /** Another number after each start and each change: who has seen it knows what happened here until then. */
  #state: number
  /** Whom it granted last; undefined: it does not know. */
  #owner: Owner | undefined
  /** Whom it granted before that. */
  #before: Owner | undefined
  /** The owner has said that it has the lease. */
  #kept = false
  #nonce = 0
  #until = 0

  /** `state` is a random number: no voter, whenever it started, has had it before. */
  constructor(startedAt: Instant, state: number) {
    this.#startedAt = startedAt
    this.#state = state
  }

  ask(now: Instant, { candidate, nonce, wish, seen, voters, terms }: LeaseQuestion): LeaseVote {
    const lasts = terms.ttl + terms.driftBound
    // Whatever it granted before it was started again has run out by then.
    if (now < this.#startedAt + lasts) return { vote: 'starting' }
    if (candidate !== this.#owner?.candidate) {
      if (this.#owner !== undefined && !haveOneInCommon(voters, this.#owner.voters)) return { vote: 'unlike' }
      if (now < this.#until) return { vote: this.#kept ? 'held' : 'promised' }
      if (wish === 'keep' && seen !== this.#state) return { vote: 'free', state: this.#state }
      this.#passTo({ candidate, voters }, this.#owner)
    }
    this.#kept ||= wish === 'keep'
    this.#nonce = Math.max(this.#nonce, nonce)
    this.#until = Math.max(this.#until, now + lasts)
    return { vote: 'granted' }
  }

  /** The next one need not wait; and a candidate that never had the lease never was. */
  returned({ candidate, nonce, had }: LeaseReturn): void {
    if (candidate !== this.#owner?.candidate || nonce < this.#nonce) return
    this.#until = 0
    if (!had && !this.#kept) this.#passTo(this.#before, undefined)
  }

  #passTo(owner: Owner | undefined, before: Owner | undefined): void {
    this.#owner = owner
    this.#before = before
    this.#kept = false
    this.#nonce = 0
    this.#state++
  }
}

/** Every majority of the ones and every majority of the others. */
function haveOneInCommon(ones: readonly string[], others: readonly string[]): boolean {
  return majorityOf(ones.length) + majorityOf(others.length) > new Set([...ones, ...others]).size
}
