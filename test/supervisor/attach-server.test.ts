import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import type { AttachReply, Founding } from '../../src/driver/index.js'
import type { Epoch } from '../../src/message/index.js'
import { locatorOf } from '../../src/adapters/index.js'
import { AttachServer } from '../../src/supervisor/attach-server.js'
import { until } from './support.js'

const FOUNDING: Founding = {
  name: 'app',
  epoch: 7 as Epoch,
  seed: '0'.repeat(64),
  members: [],
  peers: [],
  settings: { commit: 'reflected', historyBytesMax: 1 << 30, journal: undefined, multicast: undefined },
  pid: 100,
  ppid: 99,
  hostname: 'host',
}

class Guest {
  readonly #socket: Socket = createSocket('udp4')
  readonly replies: AttachReply[] = []
  readonly #port: number

  constructor(address: string) {
    this.#port = Number(address.split(':')[1])
    this.#socket.on('message', (datagram) => this.replies.push(JSON.parse(datagram.toString()) as AttachReply))
  }

  send(request: object | string): void {
    const text = typeof request === 'string' ? request : JSON.stringify(request)
    this.#socket.send(text, this.#port, '127.0.0.1')
  }

  async last(type: AttachReply['type']): Promise<AttachReply> {
    await until(() => this.replies.some((reply) => reply.type === type))
    return this.replies.findLast((reply) => reply.type === type) as AttachReply
  }

  async close(): Promise<void> {
    this.#socket.close()
    await once(this.#socket, 'close')
  }
}

const claim = (slot: string, memberId: number, more: object = {}): object => ({
  type: 'claim',
  slot,
  token: 'secret',
  memberId,
  locator: 5,
  pid: memberId,
  argv: ['node', 'a.js'],
  cwd: '/',
  fingerprint: { hash: 'h', parts: { node: 'v20' } },
  ...more,
})

describe('AttachServer', () => {
  const open: { close(): void }[] = []
  afterEach(() => open.splice(0).forEach((thing) => thing.close()))

  async function setUp(): Promise<{ server: AttachServer; guest: () => Guest; seen: string[] }> {
    const seen: string[] = []
    const server = new AttachServer({
      token: 'secret',
      listener: {
        claimed: ({ slot, pid }) => seen.push(`claimed ${slot} ${pid}`),
        refused: ({ slot }, { refusal }) => seen.push(`refused ${slot} ${refusal}`),
        attached: (slot) => seen.push(`attached ${slot}`),
        alive: (slot, looped) => seen.push(`alive ${slot} ${looped}`),
      },
    })
    const address = await server.open()
    open.push(server)
    server.expect('r1')
    const guest = (): Guest => {
      const made = new Guest(address)
      open.push({ close: () => void made.close() })
      return made
    }
    return { server, guest, seen }
  }

  test('claim, granted, start repeated until attached', async () => {
    const { server, guest, seen } = await setUp()
    const first = guest()
    first.send(claim('r1', 10))
    expect(await first.last('granted')).toEqual({ type: 'granted' })
    first.send(claim('r1', 10))
    server.start('r1', FOUNDING, undefined)
    expect(await first.last('start')).toEqual({ type: 'start', founding: FOUNDING })
    await until(() => first.replies.filter(({ type }) => type === 'start').length >= 3)
    first.send({ type: 'attached', slot: 'r1', token: 'secret', memberId: 10 })
    await until(() => seen.length === 2)
    expect(seen).toEqual(['claimed r1 10', 'attached r1'])
  })

  test('a guest is asked for a sign of life where its group listens; only its holder is heard', async () => {
    const { server, guest, seen } = await setUp()
    const [group, attach] = [createSocket('udp4'), guest()]
    open.push(group)
    const probes: unknown[] = []
    group.on('message', (datagram) => probes.push(JSON.parse(datagram.toString())))
    group.bind(0, '127.0.0.1')
    await once(group, 'listening')
    const locator = locatorOf({ address: '127.0.0.1', port: group.address().port })
    attach.send(claim('r1', 10, { locator }))
    await attach.last('granted')
    server.probe('r1')
    server.probe('r2')
    await until(() => probes.length > 0)
    expect(probes).toEqual([{ type: 'probe', token: 'secret' }])
    const standing = { view: { number: 1, precedence: 1, backupView: 0 }, members: [], peers: [], leaving: [] }
    const alive = { type: 'alive', slot: 'r1', token: 'secret', memberId: 10, looped: true, standing }
    for (const answer of [{ ...alive, memberId: 11 }, { ...alive, token: 'guess' }, alive]) attach.send(answer)
    await until(() => seen.length === 2)
    expect(seen).toEqual(['claimed r1 10', 'alive r1 true'])
  })

  test('a second guest of a slot is refused with a code', async () => {
    const { guest, seen } = await setUp()
    const [first, second] = [guest(), guest()]
    first.send(claim('r1', 10))
    await first.last('granted')
    second.send(claim('r1', 11))
    expect(await second.last('refused')).toEqual({
      type: 'refused',
      code: 'LLFT_E_GUEST_SECOND',
      reason: 'A second Node program asked for the place of `node a.js`: `node a.js`.',
    })
    expect(seen).toEqual(['claimed r1 10', 'refused r1 second'])
  })

  test('what is malformed or does not know the token is dropped and counted', async () => {
    const { server, guest, seen } = await setUp()
    const stranger = guest()
    stranger.send('{')
    stranger.send('[]')
    stranger.send(claim('r1', 10, { token: 'guess' }))
    stranger.send(claim('r1', 10, { argv: [1] }))
    stranger.send(claim('r1', 10, { fingerprint: { hash: 'h', parts: { node: 1 } } }))
    stranger.send(claim('r1', -1))
    await until(() => server.dropped === 6)
    expect(stranger.replies).toEqual([])
    expect(seen).toEqual([])
  })
})
