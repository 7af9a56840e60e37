import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { SystemClock, SystemEntropy } from '../../src/adapters/index.js'
import type { Instant } from '../../src/message/index.js'

const after = (clock: SystemClock, ms: number): Instant => (clock.now() + ms * 1000) as Instant

describe('SystemClock', () => {
  test('tells whole microseconds that never go back', () => {
    const clock = new SystemClock()
    const instants = Array.from({ length: 1000 }, () => clock.now())
    expect(
      instants.every((instant, at) => Number.isSafeInteger(instant) && instant >= Number(instants[at - 1] ?? 0)),
    ).toBe(true)
  })

  test('wakes once, not before the deadline', async () => {
    const clock = new SystemClock()
    const deadline = after(clock, 15)
    const woken: number[] = []
    clock.arm(deadline, () => woken.push(clock.now()))
    await sleep(60)
    expect(woken.length).toBe(1)
    expect(woken[0]).toBeGreaterThanOrEqual(deadline)
  })

  test('a later call replaces an earlier one, in both directions, and undefined disarms', async () => {
    const clock = new SystemClock()
    const woken: string[] = []
    clock.arm(after(clock, 5), () => woken.push('first'))
    clock.arm(after(clock, 20), () => woken.push('moved back'))
    await sleep(12)
    expect(woken).toEqual([])
    await sleep(30)
    clock.arm(after(clock, 500), () => woken.push('far'))
    clock.arm(after(clock, 5), () => woken.push('moved forward'))
    await sleep(30)
    clock.arm(after(clock, 5), () => woken.push('never'))
    clock.arm(undefined, () => woken.push('never'))
    await sleep(30)
    expect(woken).toEqual(['moved back', 'moved forward'])
  })

  test('pause blocks about as long as asked', () => {
    const clock = new SystemClock()
    const before = clock.now()
    clock.pause(5000)
    expect(clock.now() - before).toBeGreaterThanOrEqual(4900)
  })
})

test('identities are whole numbers of 53 bits, and all different', () => {
  const entropy = new SystemEntropy()
  const identities = Array.from({ length: 2000 }, () => entropy.identity())
  expect(new Set(identities).size).toBe(2000)
  expect(identities.every((identity) => Number.isSafeInteger(identity) && identity > 0)).toBe(true)
  expect(Math.max(...identities)).toBeGreaterThan(2 ** 52)
})
