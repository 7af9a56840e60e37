import { expect, test } from 'vitest'
import { runLease } from '../../src/sim/index.js'

const SEEDS = 15

test('gateways on both sides of partitions, on drifting clocks: one side at a time lets something out', () => {
  const sum = { answered: 0, givenUp: 0, releasedApart: 0, kept: 0 }
  for (let seed = 1; seed <= SEEDS; seed++) {
    const outcome = runLease(seed)
    expect([seed, outcome.violations]).toEqual([seed, []])
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += outcome[name]
  }
  // Else the runs have shown little.
  expect(sum.givenUp).toBeGreaterThan(SEEDS / 4)
  expect(sum.kept).toBeGreaterThan(SEEDS / 4)
  expect(sum.releasedApart).toBeGreaterThan(SEEDS)
  expect(sum.answered).toBeGreaterThan(100 * SEEDS)
})
