import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ReceiveWindow } from '../../../src/core/messaging/receive-window.js'
import { SentList } from '../../../src/core/messaging/sent-list.js'

const PAYLOAD_BYTES = 50
const payload = (sequence: number): Uint8Array => new Uint8Array(10).fill(sequence)

describe('a receive window', () => {
  test('gives each message once and in order, whatever is lost or comes late, and asks for exactly the rest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 80 }), (arrivals) => {
        const window = new ReceiveWindow({ messagesMax: 64, bytesMax: 10_000 })
        const given: number[] = []
        for (const sequence of arrivals) {
          if (window.accept(sequence, 0, 0)) given.push(sequence)
          else window.put(sequence, payload(sequence), 0)
          for (let next = window.shift(0); next !== undefined; next = window.shift(0)) given.push(next.payload[0] ?? 0)
        }
        const came = new Set(arrivals)
        const highest = Math.max(0, ...arrivals)
        let inSequence = 0
        while (came.has(inSequence + 1)) inSequence++
        expect(given).toEqual(Array.from({ length: inSequence }, (_, at) => at + 1))
        const asked = window
          .missing(100)
          .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at))
        const lacking = Array.from({ length: highest }, (_, at) => at + 1).filter((sequence) => !came.has(sequence))
        expect(asked).toEqual(lacking)
        expect(window.hasGap).toBe(lacking.length > 0)
        expect(window.pendingBytes).toBe(10 * [...came].filter((sequence) => sequence > inSequence).length)
      }),
    )
  })

  test('holds back what depends on order that is not there', () => {
    const window = new ReceiveWindow({ messagesMax: 64, bytesMax: 10_000 })
    expect(window.accept(1, 5, 4)).toBe(false)
    window.put(1, payload(1), 5)
    window.put(2, payload(2), 3)
    expect(window.shift(4)).toBeUndefined()
    expect(window.awaitedIndex).toBe(5)
    expect([window.shift(5)?.payload[0], window.shift(5)?.payload[0]]).toEqual([1, 2])
  })

  test('keeps no more than its bounds, and always has room for the one that all others wait for', () => {
    const window = new ReceiveWindow({ messagesMax: 8, bytesMax: 30 })
    const taken = [5, 4, 3, 2, 20].map((sequence) => window.put(sequence, payload(sequence), 0))
    expect(taken).toEqual([true, true, true, false, false])
    expect(window.put(1, payload(1), 0)).toBe(true)
    expect(window.shift(0)?.payload[0]).toBe(1)
  })
})

describe('a sent list', () => {
  test('counts what is under way and what waits, and loses nothing that is not acknowledged', () => {
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 120 }) }) },
      { weight: 3, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 200 }) }) },
      { weight: 3, arbitrary: fc.record({ acknowledge: fc.nat(60) }) },
      { weight: 1, arbitrary: fc.constant('rewind' as const) },
    )
    fc.assert(
      fc.property(fc.boolean(), fc.array(act, { maxLength: 80 }), (single, acts) => {
        const list = new SentList({ single, payloadBytesMax: PAYLOAD_BYTES })
        for (const each of acts) {
          if (each === 'rewind') list.rewind()
          else if ('append' in each) list.append(new Uint8Array(each.append).fill(1))
          else if ('take' in each) list.take(each.take)
          else list.acknowledge(each.acknowledge)
          expectConsistent(list)
        }
      }),
    )
  })

  test('an acknowledgement of what this replica has not produced yet counts once it has', () => {
    const list = new SentList({ single: true, payloadBytesMax: PAYLOAD_BYTES })
    list.acknowledge(2)
    list.append(payload(1))
    list.append(payload(2))
    list.append(payload(3))
    expect([list.acknowledged, list.take(1_000).sequence]).toEqual([2, 3])
  })
})

function expectConsistent(list: SentList): void {
  const { acknowledged, transmitted, last } = list
  expect(acknowledged).toBeLessThanOrEqual(transmitted)
  expect(transmitted).toBeLessThanOrEqual(last)
  const sum = (from: number, to: number): number =>
    list.slice(from, to, Infinity).reduce((bytes, each) => bytes + each.length, 0)
  expect(list.slice(acknowledged + 1, last, Infinity)).toHaveLength(last - acknowledged)
  expect(list.flightBytes).toBe(sum(acknowledged + 1, transmitted))
  expect(list.unacknowledgedBytes).toBe(sum(acknowledged + 1, last))
}
