import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Histogram } from '../../src/load/index.js'

/** Small ones, and ones of every magnitude that a number can count. */
const value = fc.oneof(
  fc.integer({ min: 0, max: 2000 }),
  fc.integer({ min: 0, max: 52 }).chain((bits) => fc.integer({ min: 2 ** bits - 1, max: 2 ** (bits + 1) - 1 })),
)
const values = fc.array(value, { minLength: 1, maxLength: 300 })
const fraction = fc.double({ min: 0, max: 1, noNaN: true })

function histogramOf(all: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const one of all) histogram.record(one)
  return histogram
}

/** By its definition: the smallest value that so many do not exceed. */
function truePercentile(all: readonly number[], fraction: number): number {
  const sorted = all.toSorted((left, right) => left - right)
  return sorted[Math.max(1, Math.ceil(sorted.length * fraction)) - 1] as number
}

describe('a histogram', () => {
  test('a percentile is never below the true one, nor above it by more than 1 part in 128', () => {
    fc.assert(
      fc.property(values, fraction, (all, fraction) => {
        const [told, exact] = [histogramOf(all).percentile(fraction), truePercentile(all, fraction)]
        expect(told).toBeGreaterThanOrEqual(exact)
        expect(told).toBeLessThanOrEqual(Math.min(exact + exact / 128, Math.max(...all)))
      }),
    )
  })

  test('count, smallest, largest and mean are exact', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1, maxLength: 300 }), (all) => {
        const { count, min, max, mean } = histogramOf(all)
        expect([count, min, max]).toEqual([all.length, Math.min(...all), Math.max(...all)])
        expect(mean).toBe(all.reduce((sum, one) => sum + one, 0) / all.length)
      }),
    )
  })

  test('two that are merged say what one of all values says', () => {
    fc.assert(
      fc.property(values, values, fraction, (left, right, fraction) => {
        const merged = histogramOf(left)
        merged.merge(histogramOf(right))
        const whole = histogramOf([...left, ...right])
        expect(merged.percentile(fraction)).toBe(whole.percentile(fraction))
        expect(merged.buckets()).toEqual(whole.buckets())
      }),
    )
  })

  test('its buckets hold every value, each at or above the lowest of its bucket', () => {
    fc.assert(
      fc.property(values, (all) => {
        const buckets = histogramOf(all).buckets()
        expect(buckets.reduce((sum, [, count]) => sum + count, 0)).toBe(all.length)
        for (const [at, [lowest, count]] of buckets.entries()) {
          const next = buckets[at + 1]?.[0] ?? Infinity
          expect(all.filter((one) => one >= lowest && one < next)).toHaveLength(count)
        }
      }),
    )
  })

  test('of nothing, everything is 0', () => {
    const { count, min, max, mean } = new Histogram()
    expect([count, min, max, mean, new Histogram().percentile(0.99)]).toEqual([0, 0, 0, 0, 0])
  })

  test.each([-1, 0.5, Number.NaN, Infinity])('does not count %d', (one) => {
    expect(() => new Histogram().record(one)).toThrow('cannot be counted')
  })
})
