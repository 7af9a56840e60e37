import { describe, expect, test } from 'vitest'
import { ENTRY } from '../../src/message/index.js'
import { type Run, runGuest } from './conductor/run-guest.js'

/** Each guest starts several threads. */
const BOUND = { boundMs: 60_000 }
const MANY_GUESTS_MS = 240_000

function expectSame(replayed: Run, live: Run): void {
  expect(replayed.errors).toBe('')
  expect(replayed.output).toBe(live.output)
  expect(replayed.digests).toEqual(live.digests)
}

/** A backup, successors of a primary whose history ends early, and their backups. */
async function expectReplicas(guest: string, live: Run, cuts: number): Promise<readonly Run[]> {
  expect([live.errors, live.code]).toEqual(['', 0])
  expectSame(await runGuest(guest, { follow: live, flags: ['--no-opt'], ...BOUND }), live)
  const last = live.entries.length
  const successors: Run[] = []
  for (let cut = 1; cut < last; cut += Math.ceil(last / cuts)) {
    const successor = await runGuest(guest, { follow: live, cut, ...BOUND })
    expect([successor.errors, successor.code, successor.promoted]).toEqual(['', 0, cut])
    expectSame(await runGuest(guest, { follow: successor, ...BOUND }), successor)
    successors.push(successor)
  }
  return successors
}

function lines(run: Run, of: string): readonly string[] {
  return run.output.split('\n').filter((line) => line.startsWith(of))
}

describe('threads that share memory', () => {
  test(
    'use it in one order at every replica, and go on under a successor',
    async () => {
      const live = await runGuest('shared-memory.cjs', BOUND)
      const successors = await expectReplicas('shared-memory.cjs', live, 4)
      for (const run of [live, ...successors]) {
        const numbers = (of: string): readonly number[] =>
          lines(run, of)
            .flatMap((line) => JSON.parse(/\[.*\]/.exec(line)?.[0] ?? '[]') as number[])
            .toSorted((a, b) => a - b)
        // Nobody gets what another has got, and nothing is left out.
        expect(numbers('tickets ')).toEqual(Array.from({ length: 40 }, (_, at) => at + 1))
        expect(numbers('mutex ')).toEqual(Array.from({ length: 20 }, (_, at) => at))
        expect(numbers('ring ')).toEqual(Array.from({ length: 30 }, (_, at) => (at + 1) ** 2))
        expect(lines(run, 'late ').slice(1)).toEqual(
          expect.arrayContaining([expect.stringContaining('["not-equal","timed-out","timed-out",3,"timed-out"]')]),
        )
        expect(lines(run, 'stopped ')[0]).toMatch(/^stopped \d+ true$/)
      }
    },
    MANY_GUESTS_MS,
  )

  test(
    'wait where more of their order is under way than there is room for',
    async () => {
      const live = await runGuest('shared-turns.cjs', BOUND)
      await expectReplicas('shared-turns.cjs', live, 4)
      expect(live.output.replace(/-?\d+/, '')).toBe('busy \nwaited 6000\nidle 9000\n')
      // A turn of the two costs bytes, not entries.
      const ofThreads = live.entries.filter(([kind]) => kind === ENTRY.threads)
      expect(ofThreads.length).toBeGreaterThan(20)
      expect(ofThreads.reduce((sum, { length }) => sum + length, 0) / 9000).toBeLessThan(12)
    },
    MANY_GUESTS_MS,
  )

  test('are seen at the same point by the main thread, which they are not without the hook', async () => {
    const live = await runGuest('shared-seen.cjs', BOUND)
    expect(live.output).toMatch(/\n300000\n$/)
    expectSame(await runGuest('shared-seen.cjs', { follow: live, ...BOUND }), live)
    const hooksOff = ['atomics']
    const bare = await runGuest('shared-seen.cjs', { hooksOff, ...BOUND })
    const { errors } = await runGuest('shared-seen.cjs', { follow: bare, hooksOff, ...BOUND })
    expect(errors).toContain('replica diverged')
  })

  test('wait on a buffer, and not on another that was made in the same place later', async () => {
    const live = await runGuest('shared-numbers.cjs')
    expect(live.output).toMatch(/^(wrong 0\n)+right \[ 'ok' \]\n$/)
    expectSame(await runGuest('shared-numbers.cjs', { follow: live }), live)
  })

  test.each([
    ['value', /replica diverged at entry \d+: `message`, message \d+ of worker 1, is sent, digest /],
    ['turn', /replica diverged at entry \d+: worker 1 has ended where the primary's goes on with shared memory/],
  ])('stop their replica where a plain access has raced (%s)', async (what, reported) => {
    const live = await runGuest('plain-race.cjs', { args: [what] })
    expect(live.errors).toBe('')
    const env = { LLFT_OF_THE_REPLICA: '1' }
    const { errors, code } = await runGuest('plain-race.cjs', { follow: live, args: [what], env })
    expect(errors).toMatch(reported)
    expect(code).toBe(70)
  })
})

test(
  'messages by other channels have their place in the order, however they are taken',
  async () => {
    const live = await runGuest('worker-lines.cjs', BOUND)
    const successors = await expectReplicas('worker-lines.cjs', live, 4)
    for (const run of [live, ...successors]) {
      const tasks = Array.from({ length: 29 }, (_, at) => `task ${at + 1}`)
      const later = Array.from({ length: 4 }, (_, at) => `first ${at}, task ${100 + at}, parent ${at}`)
      for (const name of ['a', 'b']) {
        // As the main thread has posted them, whatever port they came by.
        expect(lines(run, `${name} parent`)).toEqual([
          `${name} ${['parent port', ...tasks, ...later, 'parent report'].join(', ')}`,
        ])
        expect(lines(run, `${name} ends`)).toEqual([`${name} ends 1`])
      }
    }
  },
  MANY_GUESTS_MS,
)
