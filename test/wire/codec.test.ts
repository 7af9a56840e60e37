import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/message/index.js'
import { NO_ENTRIES } from '../../src/message/index.js'
import type { RejectReason } from '../../src/wire/index.js'
import { decode, Encoder } from '../../src/wire/index.js'
import { encoded, kinds, messages } from './arbitrary.js'

describe('the codec', () => {
  test.each(kinds)('gives a %s back as it was', (kind) => {
    const ofKind = messages.filter((message) => message.kind === kind)
    fc.assert(
      fc.property(ofKind, (message) => {
        expect(decode(encoded(message))).toEqual({ ok: true, message })
      }),
      { numRuns: 40 },
    )
  })

  test('an encoder can be used again', () => {
    fc.assert(
      fc.property(fc.array(messages, { minLength: 2, maxLength: 6 }), (list) => {
        const encoder = new Encoder()
        const datagrams = list.map((message) => encoder.encode(message).slice())
        expect(datagrams).toEqual(list.map((message) => encoded(message)))
      }),
    )
  })

  test('never throws on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (datagram) => {
        expect(typeof decode(datagram).ok).toBe('boolean')
      }),
      { numRuns: 2000 },
    )
  })

  test('never throws on a damaged message, and what it accepts it can encode again', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(messages, damage, (message, changes) => {
        const datagram = encoded(message)
        for (const [at, byte] of changes) datagram[at % datagram.length] = byte
        const decoded = decode(datagram)
        expect(decoded.ok ? decode(encoded(decoded.message)) : decoded).toEqual(decoded)
      }),
      { numRuns: 2000 },
    )
  })

  test('accepts no message that was cut short', () => {
    fc.assert(
      fc.property(messages, fc.nat(), (message, cut) => {
        const datagram = encoded(message)
        expect(decode(datagram.subarray(0, cut % datagram.length)).ok).toBe(false)
      }),
    )
  })

  const keepAlive = (): Uint8Array => {
    const [message] = fc.sample(
      messages.filter(({ kind }) => kind === 'KeepAlive'),
      { numRuns: 1, seed: 1 },
    )
    return encoded(message as Message)
  }
  const reasons: readonly (readonly [RejectReason, (datagram: Uint8Array) => Uint8Array])[] = [
    ['short', (datagram) => datagram.subarray(0, 3)],
    ['magic', (datagram) => datagram.with(0, 0)],
    ['version', (datagram) => datagram.with(2, 99)],
    ['kind', (datagram) => datagram.with(3, 200)],
    ['field', (datagram) => datagram.subarray(0, -1)],
    ['trailing', (datagram) => Uint8Array.of(...datagram, 0)],
  ]
  test.each(reasons)('says why it refuses: %s', (reason, spoil) => {
    expect(decode(spoil(keepAlive()))).toEqual({ ok: false, reason })
  })

  test('does not believe a count that cannot fit the datagram', () => {
    const [message] = fc.sample(
      messages.filter(({ kind }) => kind === 'Data'),
      { numRuns: 1, seed: 2 },
    )
    const datagram = encoded({
      ...message,
      order: NO_ENTRIES,
      reflected: NO_ENTRIES,
      payloads: [],
    } as unknown as Message)
    // The last field is the count of payloads: claim 2^42 of them.
    const lying = Uint8Array.of(...datagram.subarray(0, -1), 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)
    expect(decode(lying)).toEqual({ ok: false, reason: 'field' })
  })
})
