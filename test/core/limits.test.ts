import { expect, test } from 'vitest'
import { CALM, Cluster, drive, ROUGH } from '../../src/sim/index.js'
import { DEFAULT_LIMITS, ETHERNET_LIMITS } from '../../src/core/index.js'
import { ENTRY_BYTES_MAX, MESSAGE_BYTES_MAX } from '../../src/message/index.js'

const DATAGRAM_BYTES_MAX = 65_507
const HEADER_BYTES_MAX = 512

test.each([
  ['on loopback', DEFAULT_LIMITS],
  ['on Ethernet', ETHERNET_LIMITS],
])('the limits %s fit each other', (_, limits) => {
  expect(limits.payloadBytesMax + limits.orderBytesMax + HEADER_BYTES_MAX).toBeLessThan(DATAGRAM_BYTES_MAX)
  expect(ENTRY_BYTES_MAX).toBeLessThan(limits.orderBytesMax)
  expect(limits.orderRepeatBytesMax).toBeLessThan(limits.orderBytesMax)
  expect(limits.payloadBytesMax).toBeLessThan(limits.flightBytesMax)
  expect(limits.ackBytesMax).toBeLessThan(limits.flightBytesMax)
  expect(limits.flightBytesMax).toBeLessThan(limits.backlogBytesMax)
  expect(limits.receiveBytesMax).toBeGreaterThanOrEqual(2 * MESSAGE_BYTES_MAX)
  expect(limits.orphanTimeout).toBeGreaterThan(limits.backupSilenceMax)
  expect(limits.backupSilenceMax).toBeGreaterThan(2 * limits.recoveryTimeout)
  // An acknowledgement that waits for data to ride on must come before the sender sends again.
  expect(limits.ackDelay + limits.fanOutDelay + limits.secondAckDelay).toBeLessThan(limits.retransmitDelayMin)
  expect(limits.probeDelay).toBeGreaterThanOrEqual(limits.ackDelay)
  expect(10 * limits.probeDelay).toBeLessThan(limits.retransmitDelayMin)
  // A reflection must have had its chance before the heartbeat does its work.
  expect(limits.fanOutDelay + limits.secondAckDelay).toBeLessThan(limits.idleOrderDelay)
  expect(limits.repeatDelay).toBeLessThan(limits.recoveryTimeout)
})

/** An Ethernet frame, less the headers of IPv4 and UDP. */
const ETHERNET_BYTES = 1472

test.each([
  ['calm', CALM],
  ['rough', ROUGH],
])('no datagram is larger than an Ethernet frame, whatever is sent and whoever joins: %s', (_, weather) => {
  const terms = { seed: 3, replicas: 3, streams: 4, requestsPerStream: 100, requestBytes: 3000 }
  const cluster = new Cluster({ ...terms, limits: ETHERNET_LIMITS })
  cluster.network.weather = weather
  const { observe } = cluster.network
  let largest = 0
  cluster.network.observe = (passage): void => {
    observe(passage)
    largest = Math.max(largest, passage.datagram.length)
  }
  drive(cluster, (step) => {
    if (step === 20 && cluster.primary !== undefined) cluster.crash(cluster.primary, true)
  })
  cluster.world.run(cluster.world.now + 1_000_000)
  expect(cluster.violations).toEqual([])
  expect(cluster.caughtUp).toBe(3)
  expect(largest).toBeGreaterThan(ETHERNET_LIMITS.payloadBytesMax)
  expect(largest).toBeLessThanOrEqual(ETHERNET_BYTES)
})
