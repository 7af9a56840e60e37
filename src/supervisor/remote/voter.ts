import { randomInt } from 'node:crypto'
import { LeaseVoter } from '../../core/index.js'
import type { Instant } from '../../message/index.js'
import type { ReturnWord, VotedWord, VoteWord } from './words.js'

/** Two states of voters that started at different times are not the same. */
const STATES = 2 ** 47

export interface VoterTerms {
  readonly group: string
  readonly speaker: number
}

/** This part's vote about who has the lease of the group (ADR 60). It votes for whoever asks, and knows no list. */
export class Voter {
  readonly #terms: VoterTerms
  readonly #voter = new LeaseVoter(now(), randomInt(1, STATES))
  #sequence = 0
  /** What the one is called whom it granted last. */
  #holder = ''

  constructor(terms: VoterTerms) {
    this.#terms = terms
  }

  voted({ speaker: candidate, sequence: nonce, wish, seen, voters, ttl, driftBound, name }: VoteWord): VotedWord {
    const terms = { ttl, driftBound }
    const answer = this.#voter.ask(now(), { candidate, nonce, wish, seen, voters, terms })
    if (answer.vote === 'granted') this.#holder = name
    const stamp = { ...this.#terms, sequence: ++this.#sequence }
    return { word: 'voted', ...stamp, candidate, nonce, answer, holder: this.#holder }
  }

  returned({ speaker: candidate, sequence: nonce, had }: ReturnWord): void {
    this.#voter.returned({ candidate, nonce, had })
  }
}

/** In the protocol's unit. */
function now(): Instant {
  return Math.floor(performance.now() * 1000) as Instant
}
