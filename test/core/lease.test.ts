import { describe, expect, test } from 'vitest'
import type { LeaseTerms, PeerOutput } from '../../src/core/index.js'
import { DEFAULT_LIMITS, LeaseGrantor, Peer } from '../../src/core/index.js'
import type { Instant, Message, PeerInfo } from '../../src/message/index.js'
import { GROUP, NO_ENTRIES, NO_VIEW } from '../../src/message/index.js'

const LEASE: LeaseTerms = { ttl: 1000, driftBound: 100 }
const EPOCH = 7
const IDENTITY = { group: GROUP.gateway, epoch: 9, memberId: 90, locator: 90 } as unknown as PeerInfo
const VIEW = { number: 1, precedence: 1, backupView: 0 }
const MEMBERS = [{ memberId: 1, precedence: 1, locator: 1, caughtUp: true }]

const at = (time: number): Instant => time as Instant

function fromPrimary(kind: 'Establish' | 'Data', body: object): Message {
  return {
    kind,
    sourceGroup: GROUP.application,
    sourceEpoch: EPOCH,
    sourceMember: 1,
    destinationGroup: GROUP.gateway,
    destinationEpoch: IDENTITY.epoch,
    view: VIEW,
    peerView: NO_VIEW,
    ack: 0,
    window: 0,
    orderIndex: 0,
    stableIndex: 0,
    heldIndex: 0,
    order: NO_ENTRIES,
    reflected: NO_ENTRIES,
    ...body,
  } as unknown as Message
}

/** A gateway under a lease that it has asked for at 0. */
class Fenced {
  readonly #peer = new Peer({
    identity: IDENTITY,
    application: { group: GROUP.application, epoch: EPOCH } as never,
    contacts: [],
    limits: DEFAULT_LIMITS,
    reflects: true,
    lease: LEASE,
  })
  readonly released: string[] = []
  readonly asked: number[] = []
  acknowledged = 0
  #sequence = 0

  constructor() {
    this.#take(this.#peer.start(at(0)))
    const established = { established: VIEW, members: MEMBERS, length: 0 }
    this.#take(this.#peer.step(at(0), { input: 'received', message: fromPrimary('Establish', established) }))
  }

  data(time: number, word: string): void {
    // A payload that is a whole message begins with a zero.
    const payloads = [Uint8Array.from([0, ...Buffer.from(word)])]
    const message = fromPrimary('Data', { sequence: ++this.#sequence, payloads })
    this.#take(this.#peer.step(at(time), { input: 'received', message }))
  }

  granted(time: number, nonce: number): void {
    this.#take(this.#peer.step(at(time), { input: 'granted', nonce }))
  }

  timer(time: number): void {
    this.#take(this.#peer.step(at(time), { input: 'deadline' }))
  }

  #take(outputs: readonly PeerOutput[]): void {
    for (const output of outputs) {
      if (output.output === 'release') this.released.push(Buffer.from(output.payload.subarray(1)).toString())
      if (output.output === 'ask') this.asked.push(output.nonce)
      if (output.output === 'send') this.acknowledged = output.message.ack
    }
  }
}

describe('what a gateway lets out under a lease', () => {
  test('is nothing before the first answer, and then what has waited', () => {
    const gateway = new Fenced()
    gateway.data(1, 'a')
    expect(gateway.released).toEqual([])
    expect(gateway.asked).toEqual([1])
    gateway.granted(20, 1)
    expect(gateway.released).toEqual(['a'])
    expect(gateway.acknowledged).toBe(1)
    gateway.data(21, 'b')
    expect(gateway.released).toEqual(['a', 'b'])
  })

  test('ends with the lease, counted from the question and less the drift, however late the answer came', () => {
    const gateway = new Fenced()
    gateway.granted(850, 1)
    gateway.data(899, 'a')
    gateway.data(900, 'b')
    expect(gateway.released).toEqual(['a'])
    // Asked at 900, a quarter of a lease after the last question was due.
    gateway.timer(900)
    gateway.granted(910, 2)
    expect(gateway.released).toEqual(['a', 'b'])
  })

  test('is not changed by an answer that nobody asked for, that was given before, or that comes after its time', () => {
    const gateway = new Fenced()
    gateway.granted(10, 7)
    gateway.data(11, 'a')
    expect(gateway.released).toEqual([])
    gateway.granted(1200, 1)
    expect(gateway.released).toEqual([])
    gateway.timer(1200)
    gateway.granted(1201, 1)
    expect(gateway.released).toEqual([])
    gateway.granted(1202, 2)
    expect(gateway.released).toEqual(['a'])
  })

  test('is asked for four times in a lease', () => {
    const gateway = new Fenced()
    for (let time = 0; time <= 1000; time += 50) gateway.timer(time)
    expect(gateway.asked).toEqual([1, 2, 3, 4, 5])
  })
})

describe('who grants a lease', () => {
  test('gives it to nobody else before it has run out, and as much later as clocks may be wrong', () => {
    const grantor = new LeaseGrantor(LEASE)
    expect(grantor.ask(at(0), 1)).toBe(true)
    expect(grantor.ask(at(500), 1)).toBe(true)
    expect(grantor.ask(at(1599), 2)).toBe(false)
    expect(grantor.ask(at(1600), 2)).toBe(true)
  })

  test('never gives it back to who has lost it to another', () => {
    const grantor = new LeaseGrantor(LEASE)
    grantor.ask(at(0), 1)
    // Nobody else wanted it meanwhile.
    expect(grantor.ask(at(5000), 1)).toBe(true)
    expect(grantor.ask(at(10_000), 2)).toBe(true)
    expect(grantor.ask(at(20_000), 1)).toBe(false)
  })
})
