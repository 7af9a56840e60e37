import { expect, test } from 'vitest'
import type { Internals } from '../../src/interpose/index.js'
import { ReplicaClock } from '../../src/interpose/index.js'
import type { Instant } from '../../src/message/index.js'

/** Internals whose loop time goes on by `stepMs` at each look, as on a machine that is busy with others. */
function internals(stepMs: number, scheduled: number[]): Internals {
  let loopMs = 0
  const timers = {
    getLibuvNow: (): number => (loopMs += stepMs),
    scheduleTimer: (delayMs: number): number => scheduled.push(delayMs),
    toggleTimerRef: (): void => undefined,
  }
  return { timers, performance: { now: (): number => loopMs } } as unknown as Internals
}

// A replica whose primary role began on a loaded machine stood still for ever: `uv_timer_start` took -1 as 2^64 - 1.
test.each([0, 1, 2, 50])('a native timer is never armed with a delay below 1 when time passes by %i ms', (stepMs) => {
  const scheduled: number[] = []
  const clock = new ReplicaClock(internals(stepMs, scheduled))
  clock.attach()
  clock.arm(1 as Instant, () => undefined)
  clock.armProgram(stepMs, true)
  expect(scheduled.length).toBeGreaterThan(0)
  expect(Math.min(...scheduled)).toBeGreaterThanOrEqual(1)
})
