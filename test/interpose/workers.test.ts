import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Run, runGuest } from './conductor/run-guest.js'

/** Dozens of guests, one after the other, on a machine that does other things too. */
const MANY_GUESTS_MS = 240_000
/** Each starts more than a dozen threads. */
const BOUND = { boundMs: 60_000 }

function expectSame(replayed: Run, live: Run): void {
  expect(replayed.errors).toBe('')
  expect(replayed.output).toBe(live.output)
  expect(replayed.digests).toEqual(live.digests)
}

/** Successors of a primary whose history ends early, and their backups. */
async function expectSuccessors(
  guest: string,
  live: Run,
  { cuts, over }: { cuts: number; over: RegExp },
): Promise<void> {
  const last = live.entries.length
  for (let cut = 1; cut < last; cut += Math.ceil(last / cuts)) {
    const successor = await runGuest(guest, { follow: live, cut, ...BOUND })
    expect(successor.errors).toBe('')
    expect(successor.promoted).toBe(cut)
    expect(successor.output).toMatch(over)
    expectSame(await runGuest(guest, { follow: successor, ...BOUND }), successor)
  }
}

describe('workers that compute', () => {
  test(
    'do the same at every replica, are heard in the order of the primary, and go on under its successor',
    async () => {
      const live = await runGuest('workers.cjs', BOUND)
      expect(live.errors).toBe('')
      expect(live.output.match(/^exit/gm)).toHaveLength(2)
      const flags = ['--no-opt', '--hash-seed=3', '--max-semi-space-size=1']
      expectSame(await runGuest('workers.cjs', { follow: live, flags, ...BOUND }), live)
      await expectSuccessors('workers.cjs', live, { cuts: 4, over: /^exit . 1\nterminated 1\n$/m })
    },
    MANY_GUESTS_MS,
  )

  test('stop their replica where they come to something else', async () => {
    const live = await runGuest('worker-differs.cjs')
    expect(live.errors).toBe('')
    const { errors, code } = await runGuest('worker-differs.cjs', { follow: live, env: { LLFT_OF_THE_REPLICA: 'x' } })
    expect(errors).toMatch(/replica diverged at entry \d+: `message`, message \d+ of worker 1, is sent, digest /)
    expect(code).toBe(70)
    const bare = await runGuest('worker-differs.cjs', { follow: live, hooksOff: ['workers'] })
    expect(bare.errors).toContain('replica diverged')
  })
})

test('what a worker says while nobody listens waits, also under a successor', async () => {
  const [quick, long] = ['0', '2e9']
  const live = await runGuest('worker-once.cjs', { env: { STEPS_OF_ONE: quick, STEPS_OF_ALL: long } })
  expect(live.output).toBe('first\n0 1 2 3 4 5 6 7 8\nbye 0\n')
  const env = { STEPS_OF_ONE: long, STEPS_OF_ALL: quick }
  expectSame(await runGuest('worker-once.cjs', { follow: live, env }), live)
  // Those that hold the history up to the first word have heard the others meanwhile.
  for (const cut of [3, 7, 9]) {
    const successor = await runGuest('worker-once.cjs', { follow: live, cut, env })
    expect([successor.errors, successor.code]).toEqual(['', 0])
    expect(successor.output.replace('first\n', '')).toBe('0 1 2 3 4 5 6 7 8\nbye 0\n')
  }
})

test(
  'workers end in every way, some of them while they are heard, and ports of the main thread go on',
  async () => {
    const live = await runGuest('worker-ends.cjs', BOUND)
    expect(live.errors).toBe('')
    expect(live.code).toBe(0)
    const lines = live.output.split('\n')
    // Node's messages and the program's come by two ports, in no order between them.
    const of = (name: string): readonly string[] => {
      const own = lines.filter((line) => line.startsWith(`${name} `))
      return own.filter((line) => line !== `${name} online`)
    }
    const says = Array.from({ length: 50 }, (_, at) => `exit says ${at}`)
    expect(of('exit')).toEqual([...says, 'exit exits 3'])
    expect(of('error').toSorted()).toEqual([
      'error exits 1',
      expect.stringContaining('error fails '),
      'error says "before"',
    ])
    expect(of('rejection')).toEqual(['rejection fails RangeError: late', 'rejection exits 1'])
    expect(of('closes')).toEqual(['says 0', 'says 1', 'says 2', 'exits 0'].map((what) => `closes ${what}`))
    expect(of('module').slice(0, 3)).toEqual(
      ['first', 'second', 'last'].map((word) => `module says ["${word}","given","common",{"value":"json"},"later"]`),
    )
    expect(of('endless').filter((line) => line.includes('says')).length).toBe(20)
    for (const line of [
      'stopped 1 20',
      'stopped early 1',
      'env says ["1",1]',
      'piped to its parent',
      'moved 0',
      'leaves',
    ])
      expect(lines).toContain(line)
    for (const line of ['argv says ["a","2"]', 'moves says 1000', 'handled exits 5', 'once says ["x"]', 'broadcast 5'])
      expect(lines).toContain(line)
    expectSame(await runGuest('worker-ends.cjs', { follow: live, ...BOUND }), live)
    await expectSuccessors('worker-ends.cjs', live, { cuts: 2, over: /^the end\n$/m })
  },
  MANY_GUESTS_MS,
)

test('what is not in order in a worker, or between threads, is refused with its line', async () => {
  const live = await runGuest('worker-refusals.cjs')
  const guest = join(import.meta.dirname, 'conductor/guests/worker-refusals.cjs')
  const attempts = readFileSync(guest, 'utf8').split('\n')
  const [worker, main] = live.output
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text.replace(/^\w+ /, '')) as { wrong: unknown; refused: [string, number | null][] })
  expect([worker?.wrong, main?.wrong]).toEqual([[], []])
  expect(new Set(worker?.refused.map(([code]) => code))).toContain('LLFT_E_REFUSED_IN_WORKER')
  // A stream opens its file when it is under way, with nothing of the program on the stack.
  const inWorker = worker?.refused.filter(([, line]) => line !== null) ?? []
  expect(worker?.refused).toHaveLength(inWorker.length + 1)
  for (const [, line] of [...inWorker, ...(main?.refused ?? [])]) expect(attempts[Number(line) - 1]).toMatch(/\(\) =>/)
  expectSame(await runGuest('worker-refusals.cjs', { follow: live }), live)
})
