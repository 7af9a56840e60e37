import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { constants } from 'node:os'
import { expect, test, vi } from 'vitest'
import { gateways, listening, readAll } from './fixture.js'
import { echo, listenFrame } from './in-process-port.js'

const { open, client } = gateways()

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

test('a listening socket is opened where the program asks, and answered again when asked again', async () => {
  const { port, told } = open(echo)
  const wanted = await freePort()
  const frame = listenFrame(1, { port: wanted })
  const first = await listening(port, frame)
  expect(first).toEqual({ frame: 'listening', listener: 1, errno: 0, bound: frame.name })
  expect(await listening(port, frame)).toEqual(first)
  expect(told).toEqual([`listening ${wanted} ${wanted}`])
})

test('every address: IPv6 with IPv4 inside, as Node does', async () => {
  const { port } = open(echo)
  const { bound, errno } = await listening(port, listenFrame(1, { address: '::', family: 6 }))
  expect(errno).toBe(0)
  const socket = await client(bound.port)
  socket.end('x')
  expect(String(await readAll(socket))).toBe('x')
  const [opened] = port.of('open')
  if (bound.family === 6) expect(opened?.remote).toMatchObject({ address: '::ffff:127.0.0.1', family: 6 })
})

test('a port that is taken is answered with its errno, and can be asked for again', async () => {
  const { port, told } = open(echo)
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const frame = listenFrame(3, { port: (taken.address() as AddressInfo).port })
  expect(await listening(port, frame)).toMatchObject({ listener: 3, errno: -constants.errno.EADDRINUSE })
  expect(told[0]).toMatch(/^listenFailed: .*EADDRINUSE/)
  taken.close()
  await once(taken, 'close')
  expect(await listening(port, frame)).toMatchObject({ listener: 3, errno: 0 })
})

test('an address that this host has not is answered with its errno', async () => {
  const { port } = open(echo)
  const answer = await listening(port, listenFrame(1, { address: '192.0.2.1' }))
  expect(answer.errno).toBe(-constants.errno.EADDRNOTAVAIL)
})

test('a mapped port is opened elsewhere, and the program does not see it', async () => {
  const { port, told } = open(echo, [{ host: '127.0.0.1', port: 0, appPort: 3000 }])
  const frame = listenFrame(1, { port: 3000 })
  expect(await listening(port, frame)).toMatchObject({ errno: 0, bound: frame.name })
  const opened = Number(told[0]?.split(' ')[2])
  expect(opened).not.toBe(3000)
  const socket = await client(opened)
  socket.end('mapped')
  expect(String(await readAll(socket))).toBe('mapped')
  expect(port.of('open')[0]?.local).toEqual({ address: '127.0.0.1', family: 4, port: 3000 })
})

test('unlisten closes the door and leaves the streams', async () => {
  const { port, told } = open(echo)
  const { bound } = await listening(port)
  const socket = await client(bound.port)
  await vi.waitUntil(() => port.of('open').length === 1)
  port.release({ frame: 'unlisten', listener: 1 })
  expect(told.at(-1)).toBe(`unlistening ${bound.port}`)
  await expect(client(bound.port)).rejects.toThrow('ECONNREFUSED')
  socket.end('still here')
  expect(String(await readAll(socket))).toBe('still here')
})

test('unlisten that overtakes the opening leaves nothing open', async () => {
  const { port } = open(echo)
  const wanted = await freePort()
  port.release(listenFrame(1, { port: wanted }), { frame: 'unlisten', listener: 1 })
  await listening(port, listenFrame(2))
  await expect(client(wanted)).rejects.toThrow('ECONNREFUSED')
  expect(port.of('listening').map(({ listener }) => listener)).toEqual([2])
})
