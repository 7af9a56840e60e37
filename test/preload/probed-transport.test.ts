import { expect, test } from 'vitest'
import type { Standing, Transport } from '../../src/driver/index.js'
import { NO_VIEW } from '../../src/message/index.js'
import type { Locator, MemberId } from '../../src/message/index.js'
import { ProbedTransport } from '../../src/preload/probed-transport.js'

const identity = { slot: 'r1', token: 'secret', memberId: 5 as MemberId }

test('probes with the token are answered and go no further; everything else is the group’s', () => {
  const sent: unknown[] = []
  const socket: Transport = {
    locator: 1 as Locator,
    onDatagram: () => {},
    send: (to, datagram) => sent.push([to, JSON.parse(Buffer.from(datagram).toString())]),
    poll: () => {
      socket.onDatagram(Buffer.from('{"type":"probe","token":"secret"}'))
      return 1
    },
    close: () => {},
  }
  const transport = new ProbedTransport({ transport: socket, supervisor: 9 as Locator, identity })
  const standing: Standing = { view: NO_VIEW, members: [], peers: [7 as MemberId], leaving: [] }
  const lost: number[] = []
  const seen: string[] = []
  transport.onDatagram = (datagram) => seen.push(Buffer.from(datagram).toString())
  for (const text of ['LL data', '{"type":"probe","token":"guess"}', '{"type":"probe"', '{}', '{"type":"other"}', '']) {
    socket.onDatagram(Buffer.from(text))
  }
  expect(sent).toEqual([])
  expect(seen).toEqual(['LL data', ''])
  // While the replica is being made nobody can say whom it counts on.
  socket.onDatagram(Buffer.from('{"type":"probe","token":"secret"}'))
  expect(sent).toEqual([])
  transport.member = { standing, fault: (member) => lost.push(member) }
  socket.onDatagram(Buffer.from('{"type":"probe","token":"secret"}'))
  expect(transport.poll()).toBe(1)
  expect(sent).toEqual([
    [9, { type: 'alive', ...identity, looped: true, standing }],
    [9, { type: 'alive', ...identity, looped: false, standing }],
  ])
  socket.onDatagram(Buffer.from('{"type":"lost","token":"guess","members":[3]}'))
  socket.onDatagram(Buffer.from('{"type":"lost","token":"secret","members":[7,8]}'))
  expect(lost).toEqual([7, 8])
})
