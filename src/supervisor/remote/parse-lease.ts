import { VOTERS_MAX } from '../../config/index.js'
import type { LeaseVote } from '../../core/index.js'
import { isCount, isFields, isPositive } from './values.js'
import type { Fields } from './values.js'
import type { ReturnWord, VotedWord, VoteWord } from './words.js'

/** Longer than any name that a host gives itself. */
const NAME_LENGTH_MAX = 512
const PLAIN = ['granted', 'starting', 'promised', 'held', 'unlike'] as const
/** Microseconds; far more than any lease lasts that options allow. */
const LASTS_MAX = 2 ** 43

type Stamp = Pick<VoteWord, 'group' | 'speaker' | 'sequence'>

/** What is said about the lease of a group that a majority of its parts grants. */
export function parseLeaseWord(value: Fields, stamp: Stamp): VoteWord | ReturnWord | VotedWord | undefined {
  const { word, had } = value
  if (word === 'vote') return voteOf(value, stamp)
  if (word === 'return') return typeof had === 'boolean' ? { word, ...stamp, had } : undefined
  return word === 'voted' ? votedOf(value, stamp) : undefined
}

function voteOf({ wish, seen, voters, ttl, driftBound, name }: Fields, stamp: Stamp): VoteWord | undefined {
  if ((wish !== 'take' && wish !== 'keep') || (seen !== null && !isCount(seen)) || !isName(name)) return undefined
  if (!isPositive(ttl) || !isPositive(driftBound) || ttl > LASTS_MAX || driftBound > ttl) return undefined
  if (!Array.isArray(voters) || voters.length > VOTERS_MAX || !voters.every(isName)) return undefined
  return { word: 'vote', ...stamp, wish, seen, voters, ttl, driftBound, name }
}

function votedOf({ candidate, nonce, answer, holder }: Fields, stamp: Stamp): VotedWord | undefined {
  const parsed = isFields(answer) ? answerOf(answer) : undefined
  if (parsed === undefined || !isCount(candidate) || !isCount(nonce) || !isName(holder)) return undefined
  return { word: 'voted', ...stamp, candidate, nonce, answer: parsed, holder }
}

function answerOf({ vote, state }: Fields): LeaseVote | undefined {
  const plain = PLAIN.find((each) => each === vote)
  if (plain !== undefined) return { vote: plain }
  return vote === 'free' && isCount(state) ? { vote, state } : undefined
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= NAME_LENGTH_MAX
}
