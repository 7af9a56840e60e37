import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { locatorOf, LOOPBACK, probeMulticast, ReplicaUdp, Udp } from '../../src/adapters/index.js'
import { DATAGRAM_BYTES_MAX } from '../../src/driver/index.js'
import type { MulticastGroup } from '../../src/driver/index.js'
import { describeMulticast, describeTransport } from '../compliance/transport.js'
import type { GroupMaker } from '../compliance/transport.js'
import { rawUdpBinding } from './raw-udp.js'

/** libuv reads 32 datagrams a turn at most: where this process had to wait for a processor, they wait, too. */
const TURNS = 10
const settle = async (): Promise<void> => {
  await sleep(50)
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const groupOf = (group: number): MulticastGroup => ({
  locator: locatorOf({ address: `239.77.255.${group}`, port: 7702 }),
  ttl: 1,
})

const openUdp = (): Udp => new Udp({ address: LOOPBACK, port: 0 })
const openReplicaUdp = (): ReplicaUdp => new ReplicaUdp(rawUdpBinding())

function joined<T extends Udp | ReplicaUdp>(transport: T, group: number): T {
  transport.join(groupOf(group))
  return transport
}

function stranger(group: number): Udp {
  const transport = openUdp()
  transport.reach(groupOf(group))
  return transport
}

const groupAt: GroupMaker['groupAt'] = (group) => groupOf(group).locator
const MAKERS: readonly GroupMaker[] = [
  {
    name: 'ReplicaUdp',
    open: openReplicaUdp,
    settle,
    pollable: true,
    groupAt,
    member: (group) => joined(openReplicaUdp(), group),
    stranger,
  },
  {
    name: 'Udp',
    open: openUdp,
    settle,
    pollable: false,
    groupAt,
    member: (group) => joined(openUdp(), group),
    stranger,
  },
]
for (const maker of MAKERS) {
  describeTransport(maker)
  describeMulticast(maker)
}

test('the kernel gives buffers, and both transports say how large', () => {
  const transports = [new ReplicaUdp(rawUdpBinding()), new Udp({ address: '127.0.0.1', port: 0 })]
  for (const transport of transports) {
    expect(transport.facts.receiveBufferBytes).toBeGreaterThanOrEqual(100_000)
    expect(transport.facts.sendBufferBytes).toBeGreaterThanOrEqual(100_000)
    transport.close()
  }
})

test('a replica takes a burst by turns of poll and event loop, nothing is lost or doubled', async () => {
  const [sender, receiver] = [new ReplicaUdp(rawUdpBinding()), new ReplicaUdp(rawUdpBinding())]
  const heard: number[] = []
  receiver.onDatagram = (datagram) => heard.push(((datagram[0] as number) << 8) | (datagram[1] as number))
  for (let number = 0; number < 600; number++) {
    sender.send(receiver.locator, Uint8Array.of(number >> 8, number & 255))
    if (number % 100 === 50) receiver.poll()
  }
  await settle()
  expect(heard).toEqual(Array.from({ length: 600 }, (_, number) => number))
  expect([sender.facts.datagramsOut, receiver.facts.datagramsIn, receiver.facts.errors]).toEqual([600, 600, 0])
  sender.close()
  receiver.close()
})

test('a probe of multicast says how long it took, or what is in the way', async () => {
  expect(await probeMulticast(groupOf(3), LOOPBACK, 1000)).toEqual({ heard: true, tookMs: expect.any(Number) })
  const elsewhere = await probeMulticast(groupOf(3), '203.0.113.1', 1000)
  expect(elsewhere).toEqual({ heard: false, reason: expect.stringContaining('refuses') })
})

test('the largest datagram passes', () => {
  const transport = new ReplicaUdp(rawUdpBinding())
  let length = 0
  transport.onDatagram = (datagram) => (length = datagram.length)
  transport.send(transport.locator, new Uint8Array(DATAGRAM_BYTES_MAX))
  expect([transport.poll(), length]).toEqual([1, DATAGRAM_BYTES_MAX])
  transport.close()
})
