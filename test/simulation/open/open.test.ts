import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Plan } from '../../../src/sim/index.js'
import { runPlan } from '../../../src/sim/index.js'

// Faults that the swarm has found and that are not mended yet. Each fails here as it should not; whoever mends one gets
// a failing test, and moves it to the regressions.

const violationsOf = (name: string): readonly string[] => {
  const plan = JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')) as Plan
  return runPlan(plan).violations
}

// A backup that is wrongly said to have failed proposes itself a second time, just when another establishes its own
// view: the connected groups adopt the later proposal, whose proposer then stops, and refuse the established view.
test('open: a proposal that comes after the view was established leaves connected groups without a primary', () => {
  expect(violationsOf('late-proposal')).toEqual([expect.stringMatching(/^L5: requests stay unanswered/)])
})
