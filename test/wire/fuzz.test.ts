import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_LIMITS, Replica } from '../../src/core/index.js'
import type { Clock, Transport } from '../../src/driver/index.js'
import { Member, openPeer } from '../../src/driver/index.js'
import type { Instant } from '../../src/message/index.js'
import type { RejectReason } from '../../src/wire/index.js'
import { decode } from '../../src/wire/index.js'
import { APPLICATION, GATEWAY, replicaTerms } from '../core/subjects.js'
import { encoded, messages } from './arbitrary.js'

/** Damage that knows the structure: bits, whole bytes, numbers without end, cuts, insertions, a piece of another. */
type Damage = (datagram: Uint8Array) => Uint8Array
const place = fc.nat(2 ** 16)
const spliced = (datagram: Uint8Array, at: number, rest: { drop: number; put: readonly number[] }): Uint8Array => {
  const from = at % (datagram.length + 1)
  return Uint8Array.of(...datagram.subarray(0, from), ...rest.put, ...datagram.subarray(from + rest.drop))
}
const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(([at, bit]): Damage => (bytes) => {
    const index = at % bytes.length
    return bytes.with(index, (bytes[index] as number) ^ (1 << bit))
  }),
  fc.tuple(place, fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)).map(
    ([at, byte]): Damage =>
      (bytes) =>
        bytes.with(at % bytes.length, byte),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 9 })).map(
    ([at, count]): Damage =>
      (bytes) =>
        spliced(bytes, at, { drop: 1, put: [...Array.from({ length: count }, () => 0xff), 0x7f] }),
  ),
  fc.tuple(place, fc.nat(40)).map(
    ([at, drop]): Damage =>
      (bytes) =>
        spliced(bytes, at, { drop, put: [] }),
  ),
  fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 20 })).map(
    ([at, put]): Damage =>
      (bytes) =>
        spliced(bytes, at, { drop: 0, put: [...put] }),
  ),
  fc.tuple(place, messages).map(
    ([at, other]): Damage =>
      (bytes) =>
        spliced(bytes, at, { drop: 2 ** 16, put: [...encoded(other).subarray(at % 50)] }),
  ),
)

const damaged = fc
  .tuple(messages, fc.array(damages, { minLength: 1, maxLength: 3 }))
  .map(([message, list]) =>
    list.reduce((bytes, damage) => (bytes.length === 0 ? bytes : damage(bytes)), encoded(message)),
  )

describe('decode, of damaged datagrams of every kind', () => {
  test('takes or refuses, never throws, and makes no more than the datagram has bytes for', () => {
    fc.assert(
      fc.property(damaged, (datagram) => {
        const decoded = decode(datagram)
        if (decoded.ok) expect(sizeOf(decoded.message)).toBeLessThanOrEqual(FIXED_VALUES + datagram.length)
        else expect(Object.keys(SPOILED)).toContain(decoded.reason)
      }),
      { numRuns: 5000 },
    )
  })
})

/** Header, views and body of a datagram whose lists are empty. */
const FIXED_VALUES = 40

/** How many values and bytes a message consists of. */
function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, each) => sum + sizeOf(each), 0)
}

/** For each reason, a way to earn it. */
const SPOILED: Readonly<Record<RejectReason, Damage>> = {
  short: (datagram) => datagram.subarray(0, 3),
  magic: (datagram) => datagram.with(0, 0),
  version: (datagram) => datagram.with(2, 99),
  kind: (datagram) => datagram.with(3, 200),
  field: (datagram) => datagram.subarray(0, -1),
  trailing: (datagram) => Uint8Array.of(...datagram, 0),
}
const reasons = Object.keys(SPOILED) as RejectReason[]

/** A member's surroundings: what it sends, and when it wants to be woken. */
class Surroundings implements Transport, Clock {
  readonly locator = 1 as Transport['locator']
  readonly sent: Uint8Array[] = []
  deadline: Instant | undefined
  onDatagram: (datagram: Uint8Array) => void = () => {}

  send(_to: Transport['locator'], datagram: Uint8Array): void {
    this.sent.push(datagram.slice())
  }

  poll(): number {
    return 0
  }

  close(): void {}

  now(): Instant {
    return 1 as Instant
  }

  arm(deadline: Instant | undefined): void {
    this.deadline = deadline
  }

  pause(): void {}
}

interface Driven {
  readonly around: Surroundings
  readonly observed: () => unknown
  readonly rejected: () => number
}

function member(): Driven & { readonly driver: Member } {
  const around = new Surroundings()
  const replica = new Replica(replicaTerms(1))
  const driver = new Member({ replica, transport: around, clock: around })
  const told: string[] = []
  driver.start({
    work: () => told.push('work'),
    promoted: () => told.push('promoted'),
    peerLost: () => told.push('peerLost'),
    peerUp: () => told.push('peerUp'),
    stopped: () => told.push('stopped'),
  })
  const observed = (): unknown => [replica.role, replica.view, replica.held, driver.executed, [...told]]
  return { around, observed, rejected: () => driver.rejects.total, driver }
}

function peer(): Driven {
  const around = new Surroundings()
  const told: string[] = []
  const port = openPeer({
    peer: { identity: GATEWAY, application: APPLICATION, contacts: [], limits: DEFAULT_LIMITS, reflects: true },
    transport: around,
    clock: around,
    listener: {
      released: () => told.push('released'),
      relieved: () => told.push('relieved'),
      askLease: () => told.push('askLease'),
      event: ({ event }) => told.push(event),
    },
  })
  const observed = (): unknown => [{ ...port.status, rejectedDatagrams: 0 }, port.congested, [...told]]
  return { around, observed, rejected: () => port.status.rejectedDatagrams }
}

describe.each([
  ['a member', member],
  ['a peer', peer],
])('%s that gets datagrams which cannot be read', (_, open) => {
  test('drops them without any effect, and counts each', () => {
    const { around, observed, rejected } = open()
    const before = { state: observed(), deadline: around.deadline, sent: around.sent.length }
    let count = 0
    fc.assert(
      fc.property(
        messages,
        fc.oneof(
          fc.constantFrom(...reasons).map((reason) => SPOILED[reason]),
          damages,
        ),
        (message, spoil) => {
          const datagram = spoil(encoded(message))
          if (decode(datagram).ok) return
          around.onDatagram(datagram)
          expect(rejected()).toBe(++count)
          expect({ state: observed(), deadline: around.deadline, sent: around.sent.length }).toEqual(before)
        },
      ),
      { numRuns: 500 },
    )
    expect(count).toBeGreaterThan(200)
  })
})

test.each(reasons)('a member counts %s under its name', (reason) => {
  const { around, driver } = member()
  const [message] = fc.sample(messages, { numRuns: 1, seed: 3 })
  if (message !== undefined) around.onDatagram(SPOILED[reason](encoded(message)))
  expect(reasons.map((each) => driver.rejects.of(each))).toEqual(reasons.map((each) => (each === reason ? 1 : 0)))
})
