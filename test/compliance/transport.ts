import { afterEach, describe, expect, test } from 'vitest'
import type { Transport } from '../../src/driver/index.js'
import type { Locator } from '../../src/message/index.js'

/** How the suite opens one implementation of `Transport`, and lets its network move. */
export interface TransportMaker {
  readonly name: string
  open(): Transport
  /** Lets datagrams under way arrive. */
  settle(): Promise<void>
  /** Whether `poll` takes datagrams; otherwise it answers 0. */
  readonly pollable: boolean
}

/** What every implementation of `Transport` owes to the driver. */
export function describeTransport(maker: TransportMaker): void {
  describe(`${maker.name} meets the contract of Transport`, () => {
    const opened: Transport[] = []
    const open = (): Transport => {
      const transport = maker.open()
      opened.push(transport)
      return transport
    }
    afterEach(() => {
      for (const transport of opened.splice(0)) transport.close()
    })

    test('is bound at once, each to its own locator', () => {
      const locators = [open(), open(), open()].map((transport) => transport.locator)
      expect(new Set(locators).size).toBe(3)
      for (const locator of locators) expect(Number.isSafeInteger(locator) && locator > 0).toBe(true)
    })

    test('carries datagrams whole, to the one that is named, itself included', async () => {
      const [left, right] = [open(), open()]
      const heard = [listen(left), listen(right)]
      left.send(right.locator, bytesOf(1, 2, 3))
      left.send(right.locator, new Uint8Array(1400).fill(9))
      right.send(left.locator, bytesOf(4))
      left.send(left.locator, bytesOf(5))
      await maker.settle()
      expect(heard[1]).toEqual([bytesOf(1, 2, 3), new Uint8Array(1400).fill(9)])
      expect(heard[0]?.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([bytesOf(4), bytesOf(5)])
    })

    test('lets the caller reuse its bytes at once', async () => {
      const [left, right] = [open(), open()]
      const heard = listen(right)
      const bytes = new Uint8Array(4)
      for (let round = 1; round <= 100; round++) left.send(right.locator, bytes.fill(round))
      bytes.fill(0)
      await maker.settle()
      expect(heard.map((datagram) => datagram[3])).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
    })

    test('loses a datagram that nobody awaits, or that is too large, without a word', async () => {
      const [left, gone] = [open(), open()]
      gone.close()
      left.send(gone.locator, bytesOf(1))
      left.send(left.locator, new Uint8Array(70_000))
      left.send(gone.locator, bytesOf(1))
      const heard = listen(left)
      await maker.settle()
      expect(heard).toEqual([])
    })

    test('delivers nothing and sends nothing after close, which may be repeated', async () => {
      const [left, right] = [open(), open()]
      const heard = [listen(left), listen(right)]
      left.close()
      left.close()
      left.send(right.locator, bytesOf(1))
      right.send(left.locator, bytesOf(2))
      expect(left.poll()).toBe(0)
      await maker.settle()
      expect(heard).toEqual([[], []])
    })

    test(maker.pollable ? 'poll takes what has arrived in the same turn' : 'poll answers 0', async () => {
      const [left, right] = [open(), open()]
      const heard = listen(right)
      expect(right.poll()).toBe(0)
      for (let round = 1; round <= 20; round++) left.send(right.locator, bytesOf(round))
      const taken = right.poll()
      expect(taken).toBe(maker.pollable ? 20 : 0)
      expect(heard.length).toBe(taken)
      await maker.settle()
      expect(heard.length).toBe(20)
    })
  })
}

/** How the suite opens members of multicast groups, and one that only sends to them. */
export interface GroupMaker extends TransportMaker {
  groupAt(group: number): Locator
  /** One that has joined. */
  member(group: number): Transport
  /** One that can send to the group and has not joined. */
  stranger(group: number): Transport
}

/** What a transport owes to the driver where one address reaches a whole group. */
export function describeMulticast(maker: GroupMaker): void {
  describe(`${maker.name} as a member of a group`, () => {
    const opened: Transport[] = []
    const opening = <Arguments extends unknown[]>(open: (...given: Arguments) => Transport) => {
      return (...given: Arguments): Transport => {
        const transport = open(...given)
        opened.push(transport)
        return transport
      }
    }
    const [open, member, stranger] = [opening(maker.open), opening(maker.member), opening(maker.stranger)]
    afterEach(() => {
      for (const transport of opened.splice(0)) transport.close()
    })

    test('one datagram reaches all who have joined, once, and nobody else', async () => {
      const [members, outside, sender] = [[member(1), member(1), member(1)], open(), stranger(1)]
      const heard = [...members, outside, sender].map(listen)
      sender.send(maker.groupAt(1), bytesOf(1, 2, 3))
      sender.send(maker.groupAt(1), new Uint8Array(1400).fill(9))
      await maker.settle()
      const whole = [bytesOf(1, 2, 3), new Uint8Array(1400).fill(9)]
      expect(heard).toEqual([whole, whole, whole, [], []])
    })

    test('two groups of one host hear nothing of each other', async () => {
      const heard = [member(1), member(2)].map(listen)
      stranger(1).send(maker.groupAt(1), bytesOf(1))
      stranger(2).send(maker.groupAt(2), bytesOf(2))
      await maker.settle()
      expect(heard).toEqual([[bytesOf(1)], [bytesOf(2)]])
    })

    test('each member is still reached alone', async () => {
      const [left, right, sender] = [member(1), member(1), stranger(1)]
      const heard = [left, right].map(listen)
      expect(left.locator).not.toBe(right.locator)
      sender.send(left.locator, bytesOf(1))
      right.send(left.locator, bytesOf(2))
      await maker.settle()
      expect(heard[0]?.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([bytesOf(1), bytesOf(2)])
      expect(heard[1]).toEqual([])
    })

    test('a member that closes hears nothing more, the others do', async () => {
      const [left, right, sender] = [member(1), member(1), stranger(1)]
      const heard = [left, right].map(listen)
      left.close()
      sender.send(maker.groupAt(1), bytesOf(1))
      await maker.settle()
      expect(heard).toEqual([[], [bytesOf(1)]])
    })

    test(maker.pollable ? 'poll takes what came to the group too' : 'poll answers 0', async () => {
      const [left, sender] = [member(1), stranger(1)]
      const heard = listen(left)
      for (let round = 1; round <= 20; round++) {
        sender.send(round % 2 === 0 ? maker.groupAt(1) : left.locator, bytesOf(round))
      }
      const taken = left.poll()
      expect(taken).toBe(maker.pollable ? 20 : 0)
      await maker.settle()
      expect(heard.length).toBe(20)
    })
  })
}

function listen(transport: Transport): Uint8Array[] {
  const heard: Uint8Array[] = []
  // Copied: the bytes are only valid during the call.
  transport.onDatagram = (datagram) => heard.push(Uint8Array.from(datagram))
  return heard
}

function bytesOf(...values: number[]): Uint8Array {
  return Uint8Array.from(values)
}
