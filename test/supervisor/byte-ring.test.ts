import { describe, expect, test } from 'vitest'
import { ByteRing } from '../../src/supervisor/byte-ring.js'

const bytes = (text: string): Uint8Array => Buffer.from(text)

describe('ByteRing', () => {
  test('keeps the last bytes, across chunks', () => {
    const ring = new ByteRing(5)
    ring.append(bytes('ab'))
    ring.append(bytes('cd'))
    ring.append(bytes('ef'))
    expect(ring.text()).toBe('bcdef')
  })

  test('keeps the end of a chunk that is larger than itself', () => {
    const ring = new ByteRing(3)
    ring.append(bytes('x'))
    ring.append(bytes('abcdef'))
    expect(ring.text()).toBe('def')
  })
})
