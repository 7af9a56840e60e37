import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { KEEPING_CLOCK } from '../../src/interpose/versions.js'
import { runGuest } from './conductor/run-guest.js'

/** Modules that a program does not get to, or that are dealt with otherwise, by the beginning of their names. */
const DEALT_WITH: readonly (readonly [module: string, how: string])[] = [
  ['internal/bench_runner/', 'no part of a server'],
  ['internal/debugger/', 'a program of its own: node inspect'],
  ['internal/deps/', 'take the global clock, which is replaced'],
  ['internal/fs/utils', 'makes the present of a negative time; which is recorded'],
  ['internal/http', 'utcDate is replaced'],
  ['internal/inspector', 'the inspector is refused'],
  ['internal/process/pre_execution', 'before the program'],
  ['internal/test_runner/', 'no part of a server'],
  ['util', 'util.log is replaced'],
]

const COMMENTS = /\/\*[^]*?\*\/|^\s*\/\/.*$/gm
const CLOCK_OR_CHANCE = /\bDateNow\b|\bMathRandom\b|\bnew (?:Safe)?Date\(\)/

test('no module of this Node keeps a clock, or chance, that passes the determinizer by', () => {
  const { binding } = process as unknown as { binding: (name: 'natives') => Readonly<Record<string, unknown>> }
  const found = Object.entries(binding('natives')).flatMap(([id, source]) =>
    typeof source === 'string' && CLOCK_OR_CHANCE.test(source.replaceAll(COMMENTS, '')) ? [id] : [],
  )
  const open = found.filter((id) => !DEALT_WITH.some(([module]) => id.startsWith(module)))
  expect(open.toSorted()).toEqual(KEEPING_CLOCK.toSorted())
})

test('what parts of Node make of the time is the same at a backup', async () => {
  const live = await runGuest('own-modules.cjs')
  expect(live.output).toMatch(/\[ 'one', 'two' \]\n\[ 'one', '', 'two' \]\ndone\n$/)
  // `util.log` shows seconds.
  await sleep(1100)
  const replayed = await runGuest('own-modules.cjs', { follow: live })
  expect(replayed.output).toBe(live.output)
  expect(replayed.digests).toEqual(live.digests)
})
