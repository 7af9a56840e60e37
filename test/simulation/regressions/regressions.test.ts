import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Plan } from '../../../src/sim/index.js'
import { runPlan } from '../../../src/sim/index.js'

// Faults that the swarm has found, each as the plan that showed it, shrunk.

const folder = new URL('./', import.meta.url)
const plans = readdirSync(folder).filter((name) => name.endsWith('.json'))

test('there are regressions', () => expect(plans).not.toEqual([]))

// late-proposal: a backup that is wrongly said to have failed proposes itself a second time, just when another
// establishes its own view; the connected groups adopt the later proposal, whose proposer then stops (ADR 57).
// stranger-left-alone: a newcomer was confirmed before the console knew it, and was the only one left.
// late-word-of-a-view: a late datagram said of a group that it knew an older view than it had said before.
// unseen-view: a view is established that no connected group hears of, and its successor has another history; the laws
// took that for a difference.
// old-view-to-a-fresh-gateway: a gateway that had just started adopted a proposal, and then took the word of the
// primary of the view before, which had not heard of it.
// unaware-successor: a newcomer was confirmed as caught up; the word of it to the newcomer was lost, and the primary
// and the gateway, who knew, died together. Another backup waited for the newcomer to propose itself.
// missed-view: under `acknowledged` a new primary gave up an entry whose inputs nobody sent any more, and established
// its view; a gateway that had not heard of that view still held the entry, and reflected it under the next (ADR 58).
// lost-inputs: the last answer to a backup that lacked inputs of a dead gateway was lost, and nobody asked again.
// told-before: a new primary did not know yet what members held, and left out of what it made known a second gateway
// that had been told of a view before; the newcomer that was left alone then was nobody that this gateway knew.
// gone-contacts: a gateway that nobody had answered spoke to members of whom none lived any more.
// removed-by-the-old-primary: a primary that was wrongly said to have failed removed a backup that had agreed to its
// successor's view, and the successor died.
// unknown-judges: a newcomer was confirmed before it knew a gateway that had adopted the group; it led a moment later,
// and did not ask that one what it had let out.
// connected-last: the last entry of a history connected a gateway, and the toy program consumed it first, as no real
// program does: the new primary established its view without that gateway.
// told-too-early: a program connects before it decides the entry that says so. A gateway was told of a view when all
// held the entry before that one; the primary died, and its successor did not know whom to ask.
// inputs-first: backups held the entry that connected the next gateway and console, and lacked inputs of the lost
// gateway that came before it. The new console knew of a view, so that nobody else said any more that the primary had
// died, and it was not believed.
// untold-judge: a primary that was superseded removed the proposer for its silence when gateway and console were lost;
// the next ones, of whom none had been told of a view, passed for judges, and were told without the one removed.
// removed-and-alive: a backup was removed for its silence while no judge was there. The word of it was lost, it had
// nothing to say by which it would have been told again, and so it was waited for as long as it lived.
// removed-and-dead: a removed backup died, the word of it was lost with the console, and the next hosts said only who
// of the members was not heard: it was counted for ever.
// reported-and-gone: under `acknowledged` a gateway said in a takeover what it held, and died before it could supply
// it; the proposer asked it for that for ever.
test.each(plans)('%s', (name) => {
  const plan = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Plan
  expect(runPlan(plan).violations).toEqual([])
})
