import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endpointOf, formatLocator, locatorOf, parseLocator } from '../../src/adapters/index.js'

test('locators and endpoints are two forms of the same', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 65535 }), (address, port) => {
      const locator = locatorOf({ address, port })
      expect(Number.isSafeInteger(locator)).toBe(true)
      expect(endpointOf(locator)).toEqual({ address, port })
      expect(parseLocator(formatLocator(locator))).toBe(locator)
    }),
  )
})

test('what is no IPv4 endpoint is refused', () => {
  for (const text of ['', 'localhost:80', '1.2.3:4', '1.2.3.256:4', '1.2.3.4:65536', '::1:80', '1.2.3.4']) {
    expect(parseLocator(text)).toBeUndefined()
  }
  expect(() => locatorOf({ address: '::1', port: 80 })).toThrow(RangeError)
})
