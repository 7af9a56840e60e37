import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { DATA_FRAME_BYTES_MAX } from '../../src/gateway/index.js'
import { STREAM_WINDOW_BYTES } from '../../src/message/index.js'
import { gateways, listening, patterned, readAll } from './fixture.js'
import { dataFrame, echo } from './in-process-port.js'
import type { Program } from './in-process-port.js'

const { open, client } = gateways()
const silent: Program = () => {}

describe('a client stream', () => {
  test('carries bytes both ways and tells the program who is there', async () => {
    const { gateway, port } = open(echo)
    const { bound } = await listening(port)
    const socket = await client(bound.port)
    socket.end('hello')
    expect(String(await readAll(socket))).toBe('hello')
    const [opened] = port.of('open')
    expect(opened).toMatchObject({
      stream: 1,
      listener: 1,
      remote: { address: '127.0.0.1', family: 4, port: socket.localPort ?? expect.any(Number) },
      local: { address: '127.0.0.1', family: 4, port: bound.port },
      tls: undefined,
    })
    await vi.waitUntil(() => gateway.streams === 0)
    expect(port.frames.map(({ frame }) => frame)).toEqual(['listening', 'open', 'data', 'end'])
    expect(gateway.counters).toMatchObject({ opened: 1, bytesIn: 5, bytesOut: 5, clientResets: 0, programResets: 0 })
  })

  test('carries megabytes whole, in frames that are not too large', async () => {
    const { port } = open(echo)
    const { bound } = await listening(port)
    const socket = await client(bound.port, true)
    const bytes = patterned(6_000_001)
    socket.end(bytes)
    const echoed = await readAll(socket)
    expect(Buffer.compare(echoed as Buffer, bytes)).toBe(0)
    expect(Math.max(...port.of('data').map((frame) => frame.bytes.length))).toBeLessThanOrEqual(DATA_FRAME_BYTES_MAX)
  })

  test('shares a lot with all others that speak in the same turn, and waits for none of a later one', async () => {
    const { port } = open(silent)
    const { bound } = await listening(port)
    const sockets = await Promise.all(Array.from({ length: 8 }, () => client(bound.port)))
    await vi.waitUntil(() => port.of('open').length === sockets.length)
    const before = port.lots.length
    for (const socket of sockets) socket.write('together')
    await vi.waitUntil(() => port.of('data').length === sockets.length)
    expect(port.lots.slice(before).map(({ length }) => length)).toEqual([sockets.length])
    sockets[0]?.write('alone')
    await vi.waitUntil(() => port.lots.length === before + 2)
    expect(port.lots.at(-1)).toMatchObject([{ frame: 'data', bytes: Uint8Array.from(Buffer.from('alone')) }])
  })

  test('stays half open in both directions', async () => {
    const { port } = open(silent)
    const { bound } = await listening(port)
    const early = await client(bound.port, true)
    early.end('question')
    await vi.waitUntil(() => port.of('end').length === 1)
    port.release(dataFrame(1, 'late '), dataFrame(1, 'answer'), { frame: 'end', stream: 1 })
    expect(String(await readAll(early))).toBe('late answer')

    const late = await client(bound.port, true)
    await vi.waitUntil(() => port.of('open').length === 2)
    port.release({ frame: 'end', stream: 2 })
    await once(late.resume(), 'end')
    late.end('still here')
    await vi.waitUntil(() => port.of('end').length === 2)
    expect(Buffer.concat(port.of('data').map(({ bytes }) => bytes)).toString()).toBe('questionstill here')
  })

  test('that the program closes still brings what was sent, and drops what the client says', async () => {
    const { gateway, port } = open(silent)
    const { bound } = await listening(port)
    const socket = await client(bound.port)
    await vi.waitUntil(() => port.of('open').length === 1)
    const bytes = patterned(3_000_000)
    port.release(dataFrame(1, bytes.subarray(0, 10)), dataFrame(1, bytes.subarray(10)), { frame: 'close', stream: 1 })
    expect(Buffer.compare((await readAll(socket)) as Buffer, bytes)).toBe(0)
    await vi.waitUntil(() => gateway.streams === 0)
    expect(port.frames.map(({ frame }) => frame)).toEqual(['listening', 'open'])
  })

  test('that the program resets is reset for the client', async () => {
    const { gateway, port } = open(silent)
    const { bound } = await listening(port)
    const socket = await client(bound.port)
    await vi.waitUntil(() => port.of('open').length === 1)
    port.release({ frame: 'reset', stream: 1 })
    expect(await readAll(socket)).toBe('ECONNRESET')
    expect(gateway.counters.programResets).toBe(1)
    expect(port.of('reset')).toEqual([])
  })

  test('that the program resets does not wait for bytes that the client leaves unread', async () => {
    const { gateway, port } = open(silent)
    const { bound } = await listening(port)
    const socket = await client(bound.port)
    socket.pause()
    await vi.waitUntil(() => port.of('open').length === 1)
    port.release(dataFrame(1, patterned(20_000_000)), { frame: 'reset', stream: 1 })
    await vi.waitUntil(() => gateway.streams === 0)
    expect((await readAll(socket)).length).toBeLessThan(20_000_000)
  })

  test('that the client resets is reset for the program, once', async () => {
    const { gateway, port } = open(silent)
    const { bound } = await listening(port)
    const socket = await client(bound.port)
    await vi.waitUntil(() => port.of('open').length === 1)
    socket.resetAndDestroy()
    await vi.waitUntil(() => gateway.streams === 0)
    port.release(dataFrame(1, 'to nobody'), { frame: 'close', stream: 1 })
    expect(port.of('reset')).toEqual([{ frame: 'reset', stream: 1 }])
    expect(gateway.counters.clientResets).toBe(1)
  })
})

describe('pressure', () => {
  test('clients are not read while the connection is congested, and lose nothing', async () => {
    const { port } = open(silent)
    const { bound } = await listening(port)
    const [socket, second] = [await client(bound.port), await client(bound.port)]
    port.congested = true
    socket.write('a')
    await vi.waitUntil(() => port.of('data').length === 1)
    socket.write('b')
    second.write('c')
    const third = await client(bound.port)
    third.write('d')
    await sleep(50)
    expect(port.of('data').length).toBe(1)
    port.relieve()
    await vi.waitUntil(() => port.of('data').length === 4)
    expect(
      port
        .of('data')
        .map(({ stream, bytes }) => `${stream}${Buffer.from(bytes).toString()}`)
        .toSorted(),
    ).toEqual(['1a', '1b', '2c', '3d'])
  })

  test('a client that does not read costs its window; the program gets credit as the client takes', async () => {
    const { port } = open(silent)
    const { bound } = await listening(port)
    const slow = await client(bound.port)
    slow.pause()
    await vi.waitUntil(() => port.of('open').length === 1)
    const credit = (): number => port.of('credit').reduce((sum, { taken }) => sum + taken, 0)
    let sent = 0
    const sendAllowed = (): void => {
      while (sent - credit() <= STREAM_WINDOW_BYTES - DATA_FRAME_BYTES_MAX) {
        port.release(dataFrame(1, new Uint8Array(DATA_FRAME_BYTES_MAX)))
        sent += DATA_FRAME_BYTES_MAX
      }
    }
    // The kernels between the two take a few megabytes at most.
    let before = -1
    while (before < sent) {
      before = sent
      sendAllowed()
      await sleep(100)
    }
    expect(sent - credit()).toBeGreaterThan(STREAM_WINDOW_BYTES / 2)
    let received = 0
    slow.on('data', (bytes: Uint8Array) => (received += bytes.length)).resume()
    await vi.waitUntil(() => received === sent)
    await vi.waitUntil(() => sent - credit() < STREAM_WINDOW_BYTES / 2)
  })

  test('a client is not read beyond what the program has taken; the others are', async () => {
    const { port } = open(silent)
    const { bound } = await listening(port)
    const [flood, other] = [await client(bound.port), await client(bound.port)]
    flood.write(patterned(8_000_000))
    const bytesOf = (id: number): number =>
      port.of('data').reduce((sum, { stream, bytes }) => sum + (stream === id ? bytes.length : 0), 0)
    await vi.waitUntil(() => bytesOf(1) >= STREAM_WINDOW_BYTES)
    await sleep(100)
    const held = bytesOf(1)
    expect(held).toBeLessThan(STREAM_WINDOW_BYTES + 65_537)
    other.write('served')
    await vi.waitUntil(() => bytesOf(2) === 6)
    port.release({ frame: 'credit', stream: 1, taken: STREAM_WINDOW_BYTES })
    await vi.waitUntil(() => bytesOf(1) > held)
    expect(bytesOf(1)).toBeLessThan(2 * STREAM_WINDOW_BYTES + 65_537)
  })

  test('at the stop clients still get what was released to them, and new ones are refused', async () => {
    const { gateway, port } = open(silent)
    const { bound } = await listening(port)
    const socket = await client(bound.port)
    await vi.waitUntil(() => port.of('open').length === 1)
    const bytes = patterned(5_000_000)
    port.release(dataFrame(1, bytes))
    const stopped = gateway.stop()
    expect(Buffer.compare((await readAll(socket)) as Buffer, bytes)).toBe(0)
    await stopped
    expect(port.closed).toBe(true)
    await expect(client(bound.port)).rejects.toThrow('ECONNREFUSED')
  })

  test('the stop waits for nobody for ever', async () => {
    const { gateway, port } = open(silent)
    const { bound } = await listening(port)
    const stuck = await client(bound.port)
    stuck.pause()
    await vi.waitUntil(() => port.of('open').length === 1)
    port.release(dataFrame(1, patterned(30_000_000)))
    const before = performance.now()
    await gateway.stop()
    expect(performance.now() - before).toBeLessThan(3000)
    expect((await readAll(stuck)).length).toBeLessThan(30_000_000)
  })
})
