import { describe, expect, test } from 'vitest'
import { type Run, runGuest } from './conductor/run-guest.js'

/** Dozens of guests, one after the other, on a machine that does other things too. */
const MANY_GUESTS_MS = 240_000

function expectSame(replayed: Run, live: Run): void {
  expect(replayed.errors).toBe('')
  expect(replayed.output).toBe(live.output)
  expect(replayed.digests).toEqual(live.digests)
}

describe('workers', () => {
  test('do the same at every replica, and are heard in the order of the primary', async () => {
    const live = await runGuest('workers.cjs')
    expect(live.errors).toBe('')
    expectSame(await runGuest('workers.cjs', { follow: live }), live)
    const flags = ['--no-opt', '--hash-seed=3', '--max-semi-space-size=1']
    expectSame(await runGuest('workers.cjs', { follow: live, env: { UV_THREADPOOL_SIZE: '1' }, flags }), live)
  })

  test(
    'go on under whoever takes over, wherever the history ends',
    async () => {
      const live = await runGuest('workers.cjs')
      const last = live.entries.length
      for (let cut = 1; cut < last; cut += Math.ceil(last / 10)) {
        const successor = await runGuest('workers.cjs', { follow: live, cut })
        expect(successor.errors).toBe('')
        expect(successor.promoted).toBe(cut)
        expect(successor.output.match(/^exit/gm)).toHaveLength(3)
        expectSame(await runGuest('workers.cjs', { follow: successor }), successor)
      }
    },
    MANY_GUESTS_MS,
  )
})
