import { createServer, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { AdminClient, AdminServer } from '../../src/admin/index.js'
import type { GroupEvent, GroupStatus } from '../../src/admin/index.js'
import { llftError } from '../../src/errors/index.js'

const STATUS: GroupStatus = {
  group: 'app',
  epoch: 5,
  generation: 1,
  view: { primary: 1, backup: 0 },
  primary: 'r1',
  replicas: [],
  wanted: 3,
  gateway: { pid: 1, streams: 0, listeners: [] },
  rejectedDatagrams: 0,
  fencing: null,
  detection: { exitMs: 4, hostMs: null, stallMs: 1200, silentBackupMs: 7500 },
  transport: null,
  history: { index: 0, bytes: 0, full: false, replayMs: null },
  snapshots: { offered: false, last: null },
  failovers: [],
  failoverCount: 0,
  events: [],
}

const SNAPSHOT = { generation: 2, replicas: ['r4'], streams: 3, bytes: 9, pausedMs: 1, tookMs: 900 }

function eventOf(sequence: number): GroupEvent {
  const view = { primary: 1, backup: 0 }
  const none = { replica: null, proposer: null, phases: null }
  return { sequence, at: '', kind: 'founded', cause: 'start', view, members: [], ...none }
}

describe('admin address', () => {
  const open: AdminServer[] = []
  afterEach(() => open.splice(0).forEach((server) => server.close()))

  interface Served {
    readonly port: number
    readonly killed: string[]
    readonly happens: (event: GroupEvent) => void
    readonly followers: Set<unknown>
  }

  async function serve(port = 0): Promise<Served> {
    const killed: string[] = []
    const followers = new Set<(event: GroupEvent) => void>()
    const server = new AdminServer({ address: { host: '127.0.0.1', port }, fixed: false, token: 'secret' })
    open.push(server)
    const address = await server.open()
    server.serve({
      status: () => Promise.resolve(STATUS),
      events: {
        recent: [eventOf(1), eventOf(2)],
        subscribe: (take) => {
          followers.add(take)
          return () => void followers.delete(take)
        },
      },
      kill: (target) => {
        if (target !== 'primary') throw llftError('LLFT_E_ADMIN_UNKNOWN_REPLICA', { replica: target, known: 'r1' })
        killed.push(target)
        return { id: 'r1', pid: 42, signal: 'SIGKILL' }
      },
      failover: (to) => Promise.resolve({ from: 'r1', to: to ?? 'r2', view: 2, tookMs: 3 }),
      remove: (target) => Promise.resolve({ id: target, wanted: 2 }),
      add: () => ({ id: 'r4', wanted: 4 }),
      snapshot: () => Promise.resolve(SNAPSHOT),
    })
    const happens = (event: GroupEvent): void => followers.forEach((take) => take(event))
    return { port: address.port, killed, happens, followers }
  }

  const client = (port: number, token = 'secret'): AdminClient => new AdminClient({ host: '127.0.0.1', port }, token)

  test('status and kill', async () => {
    const { port, killed } = await serve()
    expect(await client(port).status()).toEqual(STATUS)
    expect(await client(port).kill('primary')).toEqual({ id: 'r1', pid: 42, signal: 'SIGKILL' })
    expect(killed).toEqual(['primary'])
  })

  test('events: the last ones, and the next as they happen, until the group ends', async () => {
    const { port, happens, followers } = await serve()
    expect(await client(port).events()).toEqual([eventOf(1), eventOf(2)])
    const seen: number[] = []
    const followed = client(port).follow(({ sequence }) => seen.push(sequence))
    await vi.waitUntil(() => followers.size === 1)
    happens(eventOf(3))
    await vi.waitUntil(() => seen.length === 3)
    open.splice(0).forEach((server) => server.close())
    await followed
    expect(seen).toEqual([1, 2, 3])
    await vi.waitUntil(() => followers.size === 0)
  })

  test('whoever has seen some events gets the rest; a reader from elsewhere needs the token', async () => {
    const { port } = await serve()
    const headers = { 'accept': 'text/event-stream', 'last-event-id': '1' }
    const outgoing = request({ port, path: '/api/v1/events', headers }).end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    let text = ''
    response.setEncoding('utf8').on('data', (part: string) => (text += part))
    await vi.waitUntil(() => text.includes('id: 2'))
    expect(text).not.toContain('id: 1')
    outgoing.destroy()
    const foreign = request({ port, path: '/api/v1/events', headers: { ...headers, host: 'evil.example' } }).end()
    const [refused] = (await once(foreign, 'response')) as [IncomingMessage]
    expect(refused.statusCode).toBe(401)
    refused.resume()
  })

  test('so many follow, and no more', async () => {
    const { port, followers } = await serve()
    for (let count = 0; count < 64; count++)
      client(port)
        .follow(() => {})
        .catch(() => {})
    await vi.waitUntil(() => followers.size === 64)
    await expect(client(port).follow(() => {})).rejects.toMatchObject({ code: 'LLFT_E_ADMIN_REQUEST' })
  })

  test('planned switch, one more, one less', async () => {
    const { port } = await serve()
    expect(await client(port).failover(undefined)).toMatchObject({ from: 'r1', to: 'r2' })
    expect(await client(port).failover('r3')).toMatchObject({ to: 'r3' })
    expect(await client(port).snapshot()).toEqual(SNAPSHOT)
    expect(await client(port).remove('r3')).toEqual({ id: 'r3', wanted: 2 })
    expect(await client(port).add()).toEqual({ id: 'r4', wanted: 4 })
    await expect(client(port, 'guess').add()).rejects.toMatchObject({ code: 'LLFT_E_ADMIN_TOKEN' })
  })

  test('an action without the token is refused', async () => {
    const { port, killed } = await serve()
    await expect(client(port, 'guess').kill('primary')).rejects.toMatchObject({ code: 'LLFT_E_ADMIN_TOKEN' })
    expect(killed).toEqual([])
  })

  test('a fault of the desk arrives with its code and exit code', async () => {
    const { port } = await serve()
    const failure = client(port).kill('r9')
    await expect(failure).rejects.toMatchObject({ code: 'LLFT_E_ADMIN_UNKNOWN_REPLICA', exitCode: 2 })
  })

  test('a page that was loaded under another name does not read the status (DNS rebinding)', async () => {
    const { port } = await serve()
    const outgoing = request({ port, path: '/api/v1/status', headers: { host: 'evil.example:7700' } }).end()
    const [response] = (await once(outgoing, 'response')) as [{ statusCode: number }]
    expect(response.statusCode).toBe(401)
  })

  test('malformed requests are answered with a report', async () => {
    const { port } = await serve()
    for (const [path, body, status] of [
      ['/api/v1/nothing', '', 404],
      ['/api/v1/kill', '{', 400],
      ['/api/v1/kill', '{"target":1}', 400],
      ['/api/v1/failover', '{"to":1}', 400],
      ['/api/v1/failover', '[]', 400],
      ['/api/v1/remove', '', 400],
      ['/api/v1/kill', 'x'.repeat(5000), 413],
    ] as const) {
      const headers = { authorization: 'Bearer secret' }
      const outgoing = request({ port, path, method: 'POST', headers }).end(body)
      const [response] = (await once(outgoing, 'response')) as [{ statusCode: number }]
      expect(response.statusCode).toBe(status)
    }
  })

  test('the next port when the first is taken; an error when it was asked for by name', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port: taken } = other.address() as AddressInfo
    expect((await serve(taken)).port).toBeGreaterThan(taken)
    const fixed = new AdminServer({ address: { host: '127.0.0.1', port: taken }, fixed: true, token: 't' })
    await expect(fixed.open()).rejects.toMatchObject({ code: 'LLFT_E_ADMIN_PORT_TAKEN', exitCode: 3 })
    other.close()
  })

  test('nobody there', async () => {
    const { port } = await serve()
    open.splice(0).forEach((server) => server.close())
    await expect(client(port).status()).rejects.toMatchObject({ code: 'LLFT_E_ADMIN_UNREACHABLE', exitCode: 5 })
    await expect(client(port).follow(() => {})).rejects.toMatchObject({ code: 'LLFT_E_ADMIN_UNREACHABLE' })
  })
})
