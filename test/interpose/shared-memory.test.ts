import { expect, test } from 'vitest'
import { type Run, runGuest } from './conductor/run-guest.js'

/** Each guest starts several threads. */
const BOUND = { boundMs: 60_000 }
const MANY_GUESTS_MS = 240_000

function expectSame(replayed: Run, live: Run): void {
  expect(replayed.errors).toBe('')
  expect(replayed.output).toBe(live.output)
  expect(replayed.digests).toEqual(live.digests)
}

test(
  'threads that share memory use it in one order at every replica, and go on under a successor',
  async () => {
    const live = await runGuest('shared-memory.cjs', BOUND)
    expect(live.errors).toBe('')
    expect(live.code).toBe(0)
    console.log(live.output, live.entries.length)
    expectSame(await runGuest('shared-memory.cjs', { follow: live, ...BOUND }), live)
    const last = live.entries.length
    for (let cut = 1; cut < last; cut += Math.ceil(last / 8)) {
      const successor = await runGuest('shared-memory.cjs', { follow: live, cut, ...BOUND })
      expect([successor.errors, successor.code, successor.promoted]).toEqual(['', 0, cut])
      expectSame(await runGuest('shared-memory.cjs', { follow: successor, ...BOUND }), successor)
    }
  },
  MANY_GUESTS_MS,
)
