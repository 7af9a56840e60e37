import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Assembly, cut } from '../../../src/core/messaging/fragments.js'
import { FRAGMENT, MESSAGE_BYTES_MAX } from '../../../src/message/index.js'

/** A frame's first byte is its kind, below `FRAGMENT`. */
const message = fc
  .tuple(fc.integer({ min: 1, max: FRAGMENT - 1 }), fc.uint8Array({ maxLength: 400 }))
  .map(([kind, rest]) => Uint8Array.of(kind, ...rest))

function payloadsOf(messages: readonly Uint8Array[], bytesMax: number): Uint8Array[] {
  const payloads: Uint8Array[] = []
  for (const each of messages) cut(each, bytesMax, (payload) => payloads.push(payload))
  return payloads
}

describe('fragments', () => {
  test('are no longer than a datagram takes, and put together again give the messages', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.integer({ min: 2, max: 90 }), (messages, bytesMax) => {
        const payloads = payloadsOf(messages, bytesMax)
        expect(Math.max(0, ...payloads.map((payload) => payload.length))).toBeLessThanOrEqual(bytesMax)
        const assembly = new Assembly()
        const whole = payloads.flatMap((payload) => assembly.add(payload) ?? [])
        expect(whole).toEqual(messages)
      }),
    )
  })

  test('a message that fits is sent as it is, without a copy', () => {
    const short = Uint8Array.of(3, 1, 2)
    expect(payloadsOf([short], 3)[0]).toBe(short)
    expect(new Assembly().add(short)).toBe(short)
  })

  test('of nothing, or without an end, make no message and keep no memory', () => {
    const assembly = new Assembly()
    expect(assembly.add(Uint8Array.of(FRAGMENT, 1))).toBeUndefined()
    const endless = new Uint8Array(1 << 20).fill(0xff)
    endless[0] = 0x83
    expect(assembly.add(endless)).toBeUndefined()
    endless[0] = 0xff
    const made = Array.from({ length: 40 }, () => assembly.add(endless))
    expect(made.every((each) => each === undefined)).toBe(true)
    expect(assembly.add(Uint8Array.of(5))).toEqual(Uint8Array.of(5))
    expect(40 << 20).toBeGreaterThan(2 * MESSAGE_BYTES_MAX)
  })

  test('of any bytes never throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 30 }), (payloads) => {
        const assembly = new Assembly()
        for (const payload of payloads) assembly.add(payload)
      }),
    )
  })
})
