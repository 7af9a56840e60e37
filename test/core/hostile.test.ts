import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/core/index.js'
import type { FieldType, KindName, Message, MessageOf } from '../../src/message/index.js'
import { BODY_LAYOUT, HEADER_LAYOUT, KIND, NO_ENTRIES, NO_VIEW } from '../../src/message/index.js'
import { decode } from '../../src/wire/index.js'
import { encoded } from '../wire/arbitrary.js'
import type { Subject } from './subjects.js'
import {
  APPLICATION,
  CONSOLE,
  ENTRIES,
  expectReadable,
  FIRST,
  fromPeer,
  GATEWAY,
  inside,
  MEMBERS,
  SECOND,
  SUBJECTS,
  toGateway,
} from './subjects.js'

const kinds = Object.keys(KIND) as KindName[]
const numbers = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 10, 1030, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER)
const ids = fc.constantFrom(1, 2, 3, 4, 55, 80, 90)
const groups = fc.constantFrom(1, 2, 3, 77)
const epochs = fc.constantFrom(7, 8, 9, 66)
const bytes = fc.uint8Array({ maxLength: 20 })
/** Not the last there is: a member that claims to know that one leaves none to propose (Byzantine, section 2). */
const viewNumbers = fc.constantFrom(0, 1, 2, 3, 5, 2 ** 40)
const view = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(FIRST, SECOND) },
  { weight: 1, arbitrary: fc.constant(NO_VIEW) },
  {
    weight: 2,
    arbitrary: fc.record({ number: viewNumbers, precedence: fc.constantFrom(1, 2, 3), backupView: numbers }),
  },
)
const range = fc.tuple(numbers, numbers).map(([a, b]) => ({ from: Math.max(1, Math.min(a, b)), to: Math.max(1, a, b) }))
const stranger = fc.record({ memberId: ids, precedence: numbers, locator: ids, caughtUp: fc.boolean() })

/** Values that mean something to the subjects, right and wrong, and the ends of what a field can say. */
const VALUES: { readonly [Type in FieldType]: fc.Arbitrary<unknown> } = {
  u8: fc.nat(3),
  u53: fc.oneof(ids, epochs, numbers),
  index: numbers,
  view,
  entries: fc.oneof(
    fc.constant(NO_ENTRIES),
    fc.record({
      first: fc.integer({ min: 1, max: 9 }),
      entries: fc.array(fc.oneof(bytes, fc.constantFrom(...ENTRIES)), { minLength: 1, maxLength: 6 }),
    }),
    fc.constant({ first: Number.MAX_SAFE_INTEGER - 2, entries: ENTRIES.slice(0, 2) }),
  ),
  payloads: fc.array(bytes, { maxLength: 4 }),
  members: fc.oneof(
    fc.subarray(MEMBERS),
    fc.array(stranger, { maxLength: 4 }),
    fc.array(stranger, { maxLength: 3 }).map((more) => [...MEMBERS, ...more]),
  ),
  received: fc.array(fc.record({ group: groups, epoch: epochs, upTo: numbers }), { maxLength: 6 }),
  ranges: fc.array(range, { maxLength: 40 }),
  messages: fc.array(fc.record({ group: groups, epoch: epochs, sequence: numbers, payload: bytes }), { maxLength: 4 }),
}

const SOURCES = {
  sourceGroup: groups,
  sourceEpoch: epochs,
  sourceMember: ids,
  destinationGroup: groups,
  destinationEpoch: epochs,
}

function valuesOf(layout: object): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(Object.entries(layout).map(([name, type]) => [name, VALUES[type as FieldType]]))
}

const bodyOf = (kind: KindName): fc.Arbitrary<object> =>
  fc.record({ ...valuesOf(HEADER_LAYOUT), ...valuesOf(BODY_LAYOUT[kind]) })

/** Mostly from and to whom it may be. */
const addresses: fc.Arbitrary<object> = fc.oneof(
  { weight: 1, arbitrary: fc.record(SOURCES) },
  { weight: 4, arbitrary: fc.record({ ...SOURCES, ...fixed(1, 7), sourceMember: ids, ...to(1, 7) }) },
  { weight: 4, arbitrary: fc.record({ ...fixed(2, 9), sourceMember: fc.constant(90), ...to(1, 7) }) },
  { weight: 1, arbitrary: fc.record({ ...fixed(3, 8), sourceMember: fc.constant(80), ...to(1, 7) }) },
  { weight: 4, arbitrary: fc.record({ ...fixed(1, 7), sourceMember: ids, ...to(2, 9) }) },
)

function fixed(group: number, epoch: number): Record<string, fc.Arbitrary<number>> {
  return { sourceGroup: fc.constant(group), sourceEpoch: fc.constant(epoch) }
}

function to(group: number, epoch: number): Record<string, fc.Arbitrary<number>> {
  return { destinationGroup: fc.constant(group), destinationEpoch: fc.constant(epoch) }
}

const everyKind = (from: fc.Arbitrary<object>, of: readonly KindName[] = kinds): fc.Arbitrary<Message> =>
  fc
    .constantFrom(...of)
    .chain((kind) => fc.tuple(bodyOf(kind), from).map(([body, from]) => ({ kind, ...body, ...from }) as Message))

/** Nothing answers one datagram with more than this many: a Nack of as many ranges as one may carry, each in full. */
const ANSWERS_MAX = 2 * DEFAULT_LIMITS.rangesPerNackMax + DEFAULT_LIMITS.supplyDatagramsMax ** 2

describe.each(Object.entries(SUBJECTS))('%s', (_, { make, foreign }) => {
  test('survives any sequence of well-formed datagrams, and what it sends is bounded and readable', () => {
    const act = fc.oneof(
      { weight: 5, arbitrary: everyKind(addresses) },
      { weight: 1, arbitrary: fc.constant('deadline' as const) },
    )
    fc.assert(
      fc.property(fc.array(act, { minLength: 1, maxLength: 25 }), (acts) => {
        const subject = make()
        for (const act of acts) {
          const outputs = act === 'deadline' ? subject.expire() : receive(subject, act)
          expect(outputs.length).toBeLessThanOrEqual(ANSWERS_MAX)
          expectReadable(outputs)
          subject.observed()
        }
      }),
      { numRuns: 300 },
    )
  })

  test.each(Object.entries(foreign))('is not moved by what comes %s', (_, { from, rest, kinds: of }) => {
    const header = fc.record({ ...SOURCES, ...mapped(from) }).map((values) => ({ ...values, ...rest }))
    fc.assert(
      fc.property(everyKind(header, of ?? kinds), (message) => {
        const subject = make()
        const before = subject.observed()
        const answers = receive(subject, message).map((output) => output.output === 'send' && output.message.kind)
        expect(answers.filter((kind) => kind !== 'Refuse')).toEqual([])
        expect(subject.observed()).toEqual(before)
      }),
      { numRuns: 200 },
    )
  })
})

function mapped(from: Readonly<Record<string, readonly number[]>>): Record<string, fc.Arbitrary<number>> {
  return Object.fromEntries(Object.entries(from).map(([name, values]) => [name, fc.constantFrom(...values)]))
}

function receive(subject: Subject, message: Message): ReturnType<Subject['receive']> {
  const decoded = decode(encoded(message))
  expect(decoded.ok).toBe(true)
  return decoded.ok ? subject.receive(decoded.message) : []
}

/** The last datagram of this kind among the outputs. */
function lastSent<K extends KindName>(outputs: ReturnType<Subject['receive']>, kind: K): MessageOf<K> | undefined {
  const sent = outputs.flatMap((output) => (output.output === 'send' ? [output.message] : []))
  return sent.findLast((message) => message.kind === kind) as MessageOf<K> | undefined
}

const subject = (name: keyof typeof SUBJECTS): Subject => SUBJECTS[name].make()

/** Faults that the properties above have found, or that reading for them has. */
describe('found by hostile datagrams', () => {
  const ahead = (sequence: number): Message =>
    fromPeer('Data', GATEWAY, { peerView: FIRST, sequence, payloads: [Uint8Array.of(1)] })

  test('a number far ahead is asked for, not walked to', () => {
    const backup = subject('a backup')
    receive(backup, ahead(6))
    const asked = fromPeer('KeepAlive', GATEWAY, { locator: 90, lastSequence: 2 ** 52 })
    expect(lastSent(receive(backup, asked), 'Nack')?.messages).toEqual([
      { from: 4, to: 5 },
      { from: 7, to: 2 ** 52 },
    ])
  })

  test('a number that no datagram can name is not asked for', () => {
    const backup = subject('a backup')
    const payloads = [Uint8Array.of(1), Uint8Array.of(2)]
    receive(backup, fromPeer('Data', GATEWAY, { sequence: Number.MAX_SAFE_INTEGER, payloads }))
    const outputs = backup.expire()
    expect(lastSent(outputs, 'Nack')?.messages).toEqual([{ from: 4, to: Number.MAX_SAFE_INTEGER }])
    expectReadable(outputs)
  })

  test('a Nack of thousands of ranges is answered as far as one is ever asked', () => {
    const ranges = Array.from({ length: 20_000 }, () => ({ from: 1, to: 5 }))
    const nack = { entries: ranges, from: GATEWAY.group, fromEpoch: GATEWAY.epoch, messages: [] }
    const { rangesPerNackMax } = DEFAULT_LIMITS
    expect(receive(subject('a primary'), fromPeer('Nack', GATEWAY, nack))).toHaveLength(rangesPerNackMax)
    expect(receive(subject('a peer'), toGateway('Nack', 2, nack))).toHaveLength(rangesPerNackMax)
    expect(receive(subject('a peer that judges'), toGateway('Nack', 2, nack))).toHaveLength(rangesPerNackMax)
  })

  test('a flood of newcomers leaves a membership that fits a datagram', () => {
    const primary = subject('a primary')
    let members = 0
    for (let id = 1000; id < 4000; id++) {
      const outputs = receive(primary, inside('ProposeBackup', id, { locator: id }))
      members = Math.max(members, lastSent(outputs, 'AcceptBackup')?.members.length ?? 0)
    }
    expect(members).toBe(DEFAULT_LIMITS.membersMax)
  })

  test('a flood of unknown incarnations leaves room for those that are to be connected', () => {
    const backup = subject('a backup')
    for (let epoch = 1000; epoch < 8000; epoch++) {
      receive(backup, { ...ahead(1), sourceEpoch: epoch as Message['sourceEpoch'] })
    }
    const outputs = receive(
      backup,
      fromPeer('FaultNotice', CONSOLE, { group: APPLICATION.group, member: 1, members: [], length: 0 }),
    )
    expect(lastSent(outputs, 'ProposePrimary')?.received.length).toBeLessThan(20)
  })

  test('a primary is not made a newcomer', () => {
    const primary = subject('a primary')
    const members = MEMBERS.map((member) => ({ ...member, caughtUp: member.memberId === 2 }))
    receive(primary, inside('AcceptBackup', 2, { view: SECOND, members, joinIndex: 1, length: 0 }))
    expect(primary.observed()).toMatchObject({ role: 'primary', view: FIRST })
  })
})
