import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { constants } from 'node:os'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Frame, NameQuestion } from '../../src/message/index.js'
import { OUTBOUND_FROM } from '../../src/message/index.js'
import { gateways } from './fixture.js'
import { dataFrame } from './in-process-port.js'

const { open } = gateways()
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** Another server, which the program connects to. */
async function another(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, serve).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const connectTo = (port: number, stream = OUTBOUND_FROM): Frame => ({
  frame: 'connect',
  stream,
  remote: { address: '127.0.0.1', family: 4, port },
  local: undefined,
})

describe('the exit side', () => {
  test('connects, tells both names, carries bytes both ways and the ends', async () => {
    const asked = await another((socket) => {
      socket.setEncoding('utf8').on('data', (text: string) => socket.write(`got ${text}`))
      socket.on('end', () => socket.end())
    })
    const { gateway, port } = open(() => {})
    port.release(connectTo(asked))
    await vi.waitUntil(() => port.of('connected').length === 1)
    expect(port.of('connected')[0]).toMatchObject({ stream: OUTBOUND_FROM, errno: 0, remote: { port: asked } })
    port.release(dataFrame(OUTBOUND_FROM, 'this'), { frame: 'end', stream: OUTBOUND_FROM })
    await vi.waitUntil(() => port.of('end').length === 1)
    expect(port.of('data').map(({ bytes }) => String(Buffer.from(bytes)))).toEqual(['got this'])
    await vi.waitUntil(() => gateway.streams === 0)
  })

  test('tells a refused connection by its number', async () => {
    const { port } = open(() => {})
    port.release(connectTo(1))
    await vi.waitUntil(() => port.of('connected').length === 1)
    expect(port.of('connected')[0]).toMatchObject({ stream: OUTBOUND_FROM, errno: -constants.errno.ECONNREFUSED })
  })

  test('takes no name for an address: the program has looked it up', async () => {
    const { port } = open(() => {})
    port.release({
      frame: 'connect',
      stream: OUTBOUND_FROM,
      remote: { address: 'x.test', family: 4, port: 1 },
      local: undefined,
    })
    await vi.waitUntil(() => port.of('connected').length === 1)
    expect(port.of('connected')[0]?.errno).toBe(-constants.errno.EINVAL)
  })

  test('gives up a connection that the program no longer wants, and resets one at its wish', async () => {
    const sockets: Socket[] = []
    const asked = await another((socket) => {
      socket.on('error', () => {})
      sockets.push(socket)
    })
    const { gateway, port } = open(() => {})
    port.release(connectTo(asked), { frame: 'reset', stream: OUTBOUND_FROM }, connectTo(asked, OUTBOUND_FROM + 1))
    await vi.waitUntil(() => port.of('connected').length === 1)
    expect(port.of('connected')[0]?.stream).toBe(OUTBOUND_FROM + 1)
    port.release({ frame: 'reset', stream: OUTBOUND_FROM + 1 })
    await vi.waitUntil(() => sockets.length > 0 && sockets.every((socket) => socket.destroyed))
    expect(gateway.streams).toBe(0)
  })
})

describe('questions about names', () => {
  async function ask(question: NameQuestion | string): Promise<unknown> {
    const { port } = open(() => {})
    const json = typeof question === 'string' ? question : JSON.stringify(question)
    port.release({ frame: 'resolve', question: 7, json })
    await vi.waitUntil(() => port.of('resolved').length === 1)
    expect(port.of('resolved')[0]?.question).toBe(7)
    return JSON.parse(port.of('resolved')[0]?.json ?? '')
  }

  test('are answered as this host would', async () => {
    const lookup = { ask: 'lookup', name: 'localhost', family: 4, hints: 0, order: 'verbatim' } as const
    expect(await ask(lookup)).toEqual({ found: ['127.0.0.1'] })
    expect(await ask({ ...lookup, name: 'nosuch.invalid' })).toMatchObject({ failure: { code: expect.any(String) } })
    expect(await ask({ ask: 'service', address: '127.0.0.1', port: 22 })).toMatchObject({ found: { service: 'ssh' } })
  })

  test('that make no sense fail', async () => {
    const records = { ask: 'records', method: 'setServers', name: 'x', servers: undefined } as const
    expect(await ask(records)).toMatchObject({ failure: { code: 'ENOTIMP' } })
    expect(await ask('{')).toMatchObject({ failure: { code: expect.any(String) } })
    expect(await ask(`"${'x'.repeat(5000)}"`)).toMatchObject({ failure: { code: 'ENOMEM' } })
  })
})
