import fc from 'fast-check'
import type { FieldType, KindName, Message } from '../../src/message/index.js'
import { BODY_LAYOUT, HEADER_LAYOUT, KIND, NO_ENTRIES } from '../../src/message/index.js'
import { Encoder } from '../../src/wire/index.js'

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

export const kinds: readonly KindName[] = Object.keys(KIND) as KindName[]

/** Any message that the layout table allows. */
export const messages: fc.Arbitrary<Message> = fc
  .constantFrom(...kinds)
  .chain((kind) =>
    fc
      .tuple(valuesOf(HEADER_LAYOUT), valuesOf(BODY_LAYOUT[kind] as Record<string, FieldType>))
      .map(([header, body]) => ({ kind, ...header, ...body }) as unknown as Message),
  )

export const encoded = (message: Message): Uint8Array => new Encoder().encode(message).slice()
