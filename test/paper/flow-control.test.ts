import { describe, expect, test } from 'vitest'
import { MILLISECOND, Stage } from '../simulation/stage/stage.js'
import { loseNext, seen } from './seen.js'

const DATAGRAM = 1_000
const FLIGHT_BYTES_MAX = 32 * DATAGRAM

/** A client's request is much more than may be under way at once. */
function talkative(): Stage {
  const limits = { payloadBytesMax: DATAGRAM, flightBytesMax: FLIGHT_BYTES_MAX }
  return new Stage({ replicas: 2, requestBytes: 60 * DATAGRAM, limits })
}

/** Data that left for a member together, in bytes: each flight waits for the acknowledgement of the one before. */
function flights(stage: Stage, member = 'r1'): number[] {
  const bytes = new Map<number, number>()
  for (const { at, message } of seen(stage, 'Data', 'gateway', member)) {
    const sent = message.payloads.reduce((sum, payload) => sum + payload.length, 0)
    bytes.set(at, (bytes.get(at) ?? 0) + sent)
  }
  return [...bytes.values()]
}

const inDatagrams = (bytes: number): number => Math.round(bytes / DATAGRAM)

/** "LLFT uses flow control as TCP does". */
describe('flow control', () => {
  test('a sender begins slowly, and with each acknowledged flight it sends twice as much, up to a bound', () => {
    const stage = talkative()
    stage.ask(1, 'a')
    stage.ask(1, 'b')
    stage.run(100 * MILLISECOND)
    expect(flights(stage).slice(0, 5).map(inDatagrams)).toEqual([2, 4, 8, 16, 32])
    expect(Math.max(...flights(stage))).toBeLessThan(FLIGHT_BYTES_MAX + DATAGRAM)
    expect(stage.answers(1)).toEqual(['a', 'b'])
  })

  test('what is lost halves what may be under way, and from then on it grows by one datagram a flight', () => {
    const stage = talkative()
    stage.ask(1, 'a')
    loseNext(stage, { kind: 'Data', from: 'gateway', to: 'r1' })
    stage.run(200 * MILLISECOND)
    const [first, second, again, ...later] = flights(stage).map(inDatagrams)
    expect([first, second, again]).toEqual([2, 4, 1])
    expect(later.slice(0, 6)).toEqual([4, 5, 6, 7, 8, 9])
    expect(stage.answers(1)).toEqual(['a'])
  })

  test('nobody is sent more than the slowest member of the group keeps for its program', () => {
    const kept = 20 * DATAGRAM
    const limits = { payloadBytesMax: DATAGRAM, receiveBytesMax: kept }
    const clients = 10
    const stage = new Stage({ replicas: 2, clients, requestBytes: 4 * DATAGRAM, limits })
    const slow = stage.find('r2')
    expect(slow).toBeDefined()
    if (slow !== undefined) stage.cluster.busy(slow.locator, 100 * MILLISECOND)
    for (let client = 1; client <= clients; client++) stage.ask(client, 'a')
    stage.run(90 * MILLISECOND)
    const sum = (): number => flights(stage).reduce((bytes, each) => bytes + each)
    expect(sum()).toBeLessThanOrEqual(kept + DATAGRAM)
    stage.run(200 * MILLISECOND)
    expect(sum()).toBeGreaterThan(clients * 4 * DATAGRAM)
    expect(stage.answers(clients)).toEqual(['a'])
  })
})
