import { describe, expect, test } from 'vitest'
import { MESSAGE_BYTES_MAX } from '../../src/message/index.js'
import { Cluster, drive, ROUGH } from '../../src/sim/index.js'

/** More than a data frame has beside its bytes. */
const FRAME_HEADER_MAX = 64
const requestBytes = MESSAGE_BYTES_MAX - FRAME_HEADER_MAX

describe('a message of the greatest length', () => {
  test.each([
    ['datagrams as on loopback', 33_000],
    // Twelve thousand of them.
    ['datagrams as on Ethernet', 1_400],
  ])('passes a network that loses, repeats and reorders, and a fail-over in its middle: %s', (_, payloadBytesMax) => {
    const limits = { payloadBytesMax, ackBytesMax: 2 * payloadBytesMax }
    const cluster = new Cluster({ seed: 4, replicas: 2, streams: 1, requestsPerStream: 1, requestBytes, limits })
    cluster.network.weather = ROUGH
    const datagrams = requestBytes / payloadBytesMax
    let killed = false
    drive(cluster, () => {
      const { primary } = cluster
      if (killed || primary === undefined || cluster.network.delivered < datagrams / 2) return
      killed = true
      cluster.crash(primary, true)
    })
    expect(killed).toBe(true)
    expect(cluster.violations).toEqual([])
    expect(cluster.clients.answered).toBe(1)
    expect(cluster.network.lost).toBeGreaterThan(datagrams / 100)
  })
})
