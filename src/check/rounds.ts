import type { CheckedReplica } from '../supervisor/index.js'

export type RoundName = 'plain' | 'clock' | 'seed' | 'order' | 'disk' | 'engine'

/** What is different about one of the two replicas. */
export type Perturbation = Partial<Omit<CheckedReplica, 'trace'>>

export interface Round {
  readonly name: RoundName
  readonly what: string
  readonly primary: (seed: number) => Perturbation
  readonly backup: (seed: number) => Perturbation
  /** What a difference comes from that shows in no round but this one and others of its kind. */
  readonly hint: string
}

/** Other hour, other minute, the same zone. */
const CLOCK_SHIFT_MS = 67 * 60_000
/** `--random-seed` is a signed 32-bit number. */
const RANDOM_SEED_BOUND = 2 ** 31

const nothing = (): Perturbation => ({})

export const ROUNDS: readonly Round[] = [
  {
    name: 'plain',
    what: 'two processes, nothing is changed',
    primary: nothing,
    backup: nothing,
    hint: 'something that two processes do not have alike: an add-on, the depth of the stack, a flag of the engine',
  },
  {
    name: 'clock',
    what: 'the clocks of the backup are 67 minutes ahead',
    primary: nothing,
    backup: () => ({ clockShiftMs: CLOCK_SHIFT_MS }),
    hint: 'a clock that is read past LLFT',
  },
  {
    name: 'seed',
    what: "the backup's engine draws from another seed",
    primary: nothing,
    backup: (seed) => ({ nodeFlags: [`--random-seed=${(seed + 1) % RANDOM_SEED_BOUND}`] }),
    hint: 'chance that is drawn past LLFT, or the order of a hash table of the engine',
  },
  {
    name: 'order',
    what: 'completions come in another order, at both',
    primary: (seed) => ({ delays: { seed, of: 'all' } }),
    backup: (seed) => ({ delays: { seed: seed + 1, of: 'all' } }),
    hint: 'the order in which work in the background is done',
  },
  {
    name: 'disk',
    what: "the primary's disk is slow",
    primary: (seed) => ({ delays: { seed, of: 'files' } }),
    backup: nothing,
    hint: 'how long files take',
  },
  {
    name: 'engine',
    what: "the backup's engine does not optimize",
    primary: nothing,
    backup: () => ({ nodeFlags: ['--no-opt'] }),
    hint: 'what the compiler decides, such as how deep the stack may grow before a RangeError',
  },
]

export function roundNamed(name: RoundName): Round {
  return ROUNDS.find((round) => round.name === name) as Round
}
