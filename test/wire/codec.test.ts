import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FieldType, KindName, Message } from '../../src/message/index.js'
import { BODY_LAYOUT, HEADER_LAYOUT, KIND, NO_ENTRIES } from '../../src/message/index.js'
import type { RejectReason } from '../../src/wire/index.js'
import { decode, Encoder } from '../../src/wire/index.js'

const u53 = fc.maxSafeNat()
const bytes = fc.uint8Array({ maxLength: 40 })
const view = fc.record({ number: u53, precedence: u53, backupView: u53 })

/** For each type of field in the layout table, what values it takes. */
const VALUES: { readonly [Type in FieldType]: fc.Arbitrary<unknown> } = {
  u8: fc.nat(255),
  u53,
  index: u53,
  view,
  entries: fc.oneof(
    fc.constant(NO_ENTRIES),
    fc.record({
      first: fc.integer({ min: 1, max: 2 ** 50 }),
      entries: fc.array(bytes, { minLength: 1, maxLength: 5 }),
    }),
  ),
  payloads: fc.array(bytes, { maxLength: 5 }),
  members: fc.array(fc.record({ memberId: u53, precedence: u53, locator: u53, caughtUp: fc.boolean() }), {
    maxLength: 4,
  }),
  received: fc.array(fc.record({ group: fc.nat(255), epoch: u53, upTo: u53 }), { maxLength: 4 }),
  ranges: fc.array(
    fc.tuple(fc.integer({ min: 1, max: 2 ** 50 }), fc.nat(1000)).map(([from, more]) => ({ from, to: from + more })),
    { maxLength: 4 },
  ),
  messages: fc.array(fc.record({ group: fc.nat(255), epoch: u53, sequence: u53, payload: bytes }), { maxLength: 4 }),
}

function valuesOf(layout: Readonly<Record<string, FieldType>>): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(Object.entries(layout).map(([name, type]) => [name, VALUES[type]])))
}

const kinds = Object.keys(KIND) as KindName[]

/** Any message that the layout table allows. */
const messages: fc.Arbitrary<Message> = fc
  .constantFrom(...kinds)
  .chain((kind) =>
    fc
      .tuple(valuesOf(HEADER_LAYOUT), valuesOf(BODY_LAYOUT[kind] as Record<string, FieldType>))
      .map(([header, body]) => ({ kind, ...header, ...body }) as unknown as Message),
  )

const encoded = (message: Message): Uint8Array => new Encoder().encode(message).slice()

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
