import { expect, test } from 'vitest'
import type { MemberId } from '../../src/message/index.js'
import { CALM, Cluster, drive } from '../../src/sim/index.js'

const SECOND = 1_000_000
/** A step sends several datagrams, so that there is a middle. */
const PACKED_LOOSELY = { payloadBytesMax: 64, orderBytesMax: 64, orderRepeatBytesMax: 16 }

/** A standby adopts the group after it. */
const SILENCE = 20_000

/** The role that dies, and before which datagram of its own, counted from when that role has it. */
interface Death {
  /** `fronts`: gateway and console, with their host; counted by what the gateway sends. */
  /** `adopted`: the primary, once there is a standby. */
  readonly who: 'primary' | 'first backup' | 'successor' | 'gateway' | 'fronts' | 'adopted'
  readonly before: number
}

/**
 * The world sees of a process what it sends. So these are all the moments at which a crash can be told from another:
 * one before each datagram, in the middle of a step or between two. Returns how many of the deaths came.
 */
function run(replicas: number, ...deaths: readonly Death[]): number {
  const cluster = new Cluster({ seed: 1, replicas, streams: 3, requestsPerStream: 30, limits: PACKED_LOOSELY })
  cluster.network.weather = CALM
  const founder = cluster.primary
  const firstBackup = cluster.backups[0]
  const firstGateway = cluster.gateway
  const sent = new Map<Death, number>()
  const memberAt = (locator: unknown): MemberId | undefined =>
    cluster.processes.find((process) => process.locator === locator)?.memberId
  const isIt = ({ who }: Death, from: unknown): boolean => {
    if (who === 'gateway' || who === 'fronts') return from === cluster.gateway
    if (who === 'adopted') return cluster.gateway !== firstGateway && memberAt(from) === founder
    if (who === 'successor') return cluster.primary === undefined && memberAt(from) === cluster.backups[0]
    return memberAt(from) === (who === 'primary' ? founder : firstBackup)
  }
  cluster.network.steer = ({ from }) => {
    const death = deaths.find((each) => (sent.get(each) ?? 0) < each.before && isIt(each, from))
    if (death === undefined) return 'carry'
    sent.set(death, (sent.get(death) ?? 0) + 1)
    if (sent.get(death) !== death.before) return 'carry'
    if (death.who === 'gateway') cluster.crashGateway()
    else if (death.who === 'fronts') cluster.loseFronts(SILENCE)
    else cluster.crash(memberAt(from) as MemberId, true)
    return 'lose'
  }
  drive(cluster)
  cluster.world.run(cluster.world.now + SECOND)
  const what = `${replicas} replicas, ${JSON.stringify(deaths)}`
  expect(cluster.violations, what).toEqual([])
  expect(cluster.clients.done, what).toBe(true)
  return deaths.filter((death) => sent.get(death) === death.before).length
}

/** Every moment of one role, until it has no more; returns how many there were. */
function everyMoment(replicas: number, who: Death['who'], ...first: readonly Death[]): number {
  let before = 1
  while (run(replicas, ...first, { who, before }) === first.length + 1) before++
  return before - 1
}

test.each([2, 3])('of %i replicas the primary dies before each datagram that it sends', (replicas) => {
  expect(everyMoment(replicas, 'primary')).toBeGreaterThan(50)
})

test('a backup dies before each datagram that it sends', () => {
  expect(everyMoment(3, 'first backup')).toBeGreaterThan(20)
})

test('the gateway dies before each datagram that it sends', () => {
  expect(everyMoment(3, 'gateway')).toBeGreaterThan(50)
})

test('after each moment at which the primary may die, its successor dies before each datagram of its takeover', () => {
  const moments = everyMoment(3, 'primary')
  let takeovers = 0
  for (let before = 1; before <= moments; before++) takeovers += everyMoment(4, 'successor', { who: 'primary', before })
  expect(takeovers).toBeGreaterThan(200)
})

test('gateway and console die before each datagram of the gateway, and a standby adopts the group', () => {
  expect(everyMoment(3, 'fronts')).toBeGreaterThan(50)
})

test('a standby adopts the group, and the primary dies before each datagram that it sends from then on', () => {
  // Moments in which no input is on its way that only this primary gets: with both gone nobody could execute on.
  for (const before of [1, 25]) expect(everyMoment(3, 'adopted', { who: 'fronts', before })).toBeGreaterThan(50)
})
