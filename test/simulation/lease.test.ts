import { expect, test } from 'vitest'
import { runLease } from '../../src/sim/index.js'

const SEEDS = 15

test.each(['store', 'majority'] as const)(
  'gateways on both sides of partitions, on drifting clocks: one side at a time lets something out by a %s',
  (grants) => {
    const sum = { answered: 0, givenUp: 0, releasedApart: 0, kept: 0, forgotten: 0 }
    for (let seed = 1; seed <= SEEDS; seed++) {
      const outcome = runLease(seed, grants)
      expect([seed, outcome.violations]).toEqual([seed, []])
      for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += outcome[name]
    }
    // Else the runs have shown little.
    expect(sum.givenUp).toBeGreaterThan(SEEDS / 4)
    expect(sum.kept).toBeGreaterThan(SEEDS / 4)
    expect(sum.releasedApart).toBeGreaterThan(SEEDS)
    expect(sum.answered).toBeGreaterThan(100 * SEEDS)
    // A store forgets nothing; of voters that are started again too many at once have.
    expect(sum.forgotten > 0).toBe(grants === 'majority')
  },
)
