import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CongestionWindow } from '../../../src/core/messaging/congestion.js'

const DATAGRAM = 1_000
const MAX = 64_000
const make = (): CongestionWindow => new CongestionWindow({ datagramBytes: DATAGRAM, bytesMax: MAX })

/** One full flight is acknowledged, datagram by datagram. */
function roundTrip(window: CongestionWindow): void {
  const flight = window.bytes
  for (let left = flight; left > 0; left -= DATAGRAM) window.acknowledged(Math.min(DATAGRAM, left), flight)
}

describe('the congestion window', () => {
  test('doubles with each round trip at first, up to its bound', () => {
    const window = make()
    const sizes = [window.bytes]
    for (let round = 0; round < 6; round++) {
      roundTrip(window)
      sizes.push(window.bytes)
    }
    expect(sizes).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000])
  })

  test('is halved by a loss, once for all that one flight lost, and then grows by a datagram each round trip', () => {
    const window = make()
    for (let round = 0; round < 6; round++) roundTrip(window)
    window.lost(10, 60)
    window.lost(12, 60)
    window.lost(60, 75)
    expect(window.bytes).toBe(32_000)
    const before = window.bytes
    roundTrip(window)
    expect(window.bytes - before).toBeGreaterThan(0.9 * DATAGRAM)
    expect(window.bytes - before).toBeLessThanOrEqual(DATAGRAM + 40)
    window.lost(61, 80)
    expect(window.bytes).toBeLessThan(17_000)
  })

  test('is one datagram after a time-out, then grows quickly to half of what it was', () => {
    const window = make()
    for (let round = 0; round < 6; round++) roundTrip(window)
    window.timedOut(60)
    expect(window.bytes).toBe(DATAGRAM)
    for (let round = 0; round < 5; round++) roundTrip(window)
    expect(window.bytes).toBe(32_000)
    roundTrip(window)
    expect(window.bytes).toBeLessThan(34_000)
  })

  test('does not grow while it is not used', () => {
    const window = make()
    for (let count = 0; count < 100; count++) window.acknowledged(64, 64)
    expect(window.bytes).toBe(2_000)
  })

  test('stays within its bounds whatever happens', () => {
    const act = fc.oneof(
      fc.tuple(fc.constant('acknowledged' as const), fc.nat(70_000), fc.nat(70_000)),
      fc.tuple(fc.constant('lost' as const), fc.nat(1_000), fc.nat(1_000)),
      fc.tuple(fc.constant('timedOut' as const), fc.nat(1_000), fc.nat(1_000)),
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 50 }), (acts) => {
        const window = make()
        for (const [what, first, second] of acts) {
          window[what](first, second)
          expect(window.bytes).toBeGreaterThanOrEqual(DATAGRAM)
          expect(window.bytes).toBeLessThanOrEqual(MAX)
          expect(Number.isSafeInteger(window.bytes)).toBe(true)
        }
      }),
    )
  })
})
