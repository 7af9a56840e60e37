import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { DATAGRAM_BYTES_MAX, ReplicaUdp, Udp } from '../../src/adapters/index.js'
import { describeTransport } from '../compliance/transport.js'
import { rawUdpBinding } from './raw-udp.js'

const settle = async (): Promise<void> => {
  await sleep(50)
}

describeTransport({ name: 'ReplicaUdp', open: () => new ReplicaUdp(rawUdpBinding()), settle, pollable: true })
describeTransport({
  name: 'Udp',
  open: () => new Udp({ address: '127.0.0.1', port: 0 }),
  settle,
  pollable: false,
})

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

test('the largest datagram passes', () => {
  const transport = new ReplicaUdp(rawUdpBinding())
  let length = 0
  transport.onDatagram = (datagram) => (length = datagram.length)
  transport.send(transport.locator, new Uint8Array(DATAGRAM_BYTES_MAX))
  expect([transport.poll(), length]).toEqual([1, DATAGRAM_BYTES_MAX])
  transport.close()
})
