import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitLine, fitPower, median } from '../../src/bench/index.js'

const number = fc.integer({ min: -1000, max: 1000 })

test('a line is found through its own points', () => {
  fc.assert(
    fc.property(number, number, fc.uniqueArray(number, { minLength: 2, maxLength: 20 }), (slope, intercept, places) => {
      const fit = fitLine(places.map((x) => [x, intercept + slope * x] as const))
      expect(fit?.slope).toBeCloseTo(slope, 6)
      expect(fit?.intercept).toBeCloseTo(intercept, 4)
      expect(fit?.r2).toBeCloseTo(1, 6)
    }),
  )
})

test('a power is found by its exponent, and what is not above 0 is left out', () => {
  const points = [1, 10, 100, 10_000].map((x) => [x, 3 * x ** 0.5] as const)
  const fit = fitPower([...points, [0, 5], [7, 0]])
  expect(fit?.slope).toBeCloseTo(0.5, 9)
  expect(Math.exp(fit?.intercept ?? 0)).toBeCloseTo(3, 9)
})

test('noise is told from growth', () => {
  expect(
    fitLine([
      [1, 5],
      [2, 1],
      [3, 5],
      [4, 1],
    ])?.r2,
  ).toBeLessThan(0.5)
})

test('one place has no slope', () => {
  expect(
    fitLine([
      [1, 2],
      [1, 3],
    ]),
  ).toBeUndefined()
  expect(fitLine([])).toBeUndefined()
})

test('the median is in the middle', () => {
  expect([median([]), median([3]), median([9, 1]), median([9, 1, 2])]).toEqual([0, 3, 5, 2])
})
