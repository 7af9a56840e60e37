import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { OUTBOUND_FROM, STREAM_WINDOW_BYTES } from '../../src/message/index.js'
import type { Frame, StreamId, TlsFactsFields, TlsTermsFields } from '../../src/message/index.js'
import { listening, patterned, readAll } from './fixture.js'
import { asked, FIRST, generations, heard, outcome, SECOND, THIRD } from './generations.js'
import { dataFrame, listenFrame } from './in-process-port.js'
import type { InProcessPort } from './in-process-port.js'

const { run, two, client } = generations()

/** Long enough for whatever is to be read to be read. */
const A_WHILE_MS = 50

async function textFrom(socket: Socket): Promise<string> {
  return String((await once(socket, 'data'))[0])
}

describe('clients that are moved', () => {
  test('go on with the successor, which alone hears what they said during the switch', async () => {
    const { both, old, young, port } = await two()
    const [one, other] = [await client(port), await client(port)]
    one.write('before')
    await vi.waitUntil(() => heard(old).length === 3)
    old.release(dataFrame(1, 'early'))
    expect(await textFrom(one)).toBe('early')
    await both.restore(old, young)
    one.write('during')
    await sleep(A_WHILE_MS)
    both.say({ type: 'move' })
    expect(await both.told('moved')).toMatchObject({ type: 'moved', streams: 2 })
    await vi.waitUntil(() => heard(young).length === 3)
    expect(heard(young)).toEqual(['open 1', 'open 2', 'data 1 during'])
    expect(heard(old)).toEqual(['open 1', 'open 2', 'data 1 before'])
    expect(young.of('open').map(({ listener, remote }) => ({ listener, remote }))).toEqual(
      old.of('open').map(({ remote }) => ({ listener: 7, remote })),
    )
    expect(young.of('open')[1]).toMatchObject({ remote: { port: other.localPort }, local: { port } })
    expect(old.closed).toBe(true)
    young.release(dataFrame(1, 'late'))
    expect(await textFrom(one)).toBe('late')
    other.end('after')
    await vi.waitUntil(() => heard(young).includes('end 2'))
    young.release({ frame: 'close', stream: 2 })
    expect(await readAll(other)).toEqual(Buffer.alloc(0))
    await vi.waitUntil(async () => (await both.statistics()).streams === 1)
    expect(await both.statistics()).toMatchObject({ opened: 2, clientResets: 0, bytesIn: 17, bytesOut: 9 })
  })

  test('lose nothing of what is on its way, in either direction', async () => {
    const { both, old, young, port } = await two()
    const socket = await client(port)
    socket.pause()
    const [up, down] = [patterned(3_000_000), patterned(1_000_000)]
    socket.write(up)
    await vi.waitUntil(() => old.of('data').length > 2)
    old.release(dataFrame(1, down))
    await both.move(old, young)
    young.release(dataFrame(1, 'and more'), { frame: 'end', stream: 1 })
    const bytesOf = (port: InProcessPort): Buffer => Buffer.concat(port.of('data').map(({ bytes }) => bytes))
    const taken = bytesOf(old)
    expect(taken.length).toBeGreaterThanOrEqual(STREAM_WINDOW_BYTES)
    // What the old program has not taken does not count here.
    await vi.waitUntil(() => bytesOf(young).length >= STREAM_WINDOW_BYTES)
    let credited = 0
    await vi.waitUntil(() => {
      const got = bytesOf(young).length
      young.release({ frame: 'credit', stream: 1, taken: got - credited })
      credited = got
      return got === up.length - taken.length
    })
    expect(Buffer.compare(Buffer.concat([taken, bytesOf(young)]), up)).toBe(0)
    expect(Buffer.compare((await readAll(socket)) as Buffer, Buffer.concat([down, Buffer.from('and more')]))).toBe(0)
  })

  test('and have ended their side, before or during the switch, are told so once', async () => {
    const { both, old, young, port } = await two()
    const [early, late] = [await client(port), await client(port)]
    early.end('x')
    await vi.waitUntil(() => heard(old).includes('end 1'))
    await both.restore(old, young)
    late.end()
    await sleep(A_WHILE_MS)
    both.say({ type: 'move' })
    await both.told('moved')
    await vi.waitUntil(() => heard(young).length === 4)
    expect(heard(young)).toEqual(['open 1', 'end 1', 'open 2', 'end 2'])
    for (const stream of [1, 2]) young.release(dataFrame(stream, 'bye'), { frame: 'end', stream })
    expect((await Promise.all([early, late].map(readAll))).map(String)).toEqual(['bye', 'bye'])
    await sleep(A_WHILE_MS)
    expect(heard(young).length).toBe(4)
  })

  test('with whom the old program was done are not opened again, and get what was sent', async () => {
    const { both, old, young, port } = await two()
    const [ended, closed, gone] = [await client(port), await client(port), await client(port)]
    await vi.waitUntil(() => old.of('open').length === 3)
    const bytes = patterned(5_000_000)
    for (const stream of [1, 2]) old.release(dataFrame(stream, bytes))
    old.release({ frame: 'end', stream: 1 }, { frame: 'close', stream: 2 })
    await both.restore(old, young)
    gone.resetAndDestroy()
    await sleep(A_WHILE_MS)
    both.say({ type: 'move' })
    expect((await both.told('moved')).streams).toBe(0)
    for (const socket of [ended, closed]) {
      expect(Buffer.compare((await readAll(socket)) as Buffer, bytes)).toBe(0)
      socket.end()
    }
    expect(heard(young)).toEqual([])
    await vi.waitUntil(async () => (await both.statistics()).streams === 0)
  })

  test('wait, if they come during the switch, and are served by the successor', async () => {
    const { both, old, young, port } = await two()
    both.say({ type: 'switch' })
    await asked(old, 'save')
    const socket = await client(port)
    socket.write('a')
    old.release(outcome('saved'))
    await asked(young, 'restore')
    young.release(outcome('restored'))
    await both.told('restored')
    both.say({ type: 'move' })
    expect((await both.told('moved')).streams).toBe(1)
    await vi.waitUntil(() => heard(young).length === 2)
    expect([heard(old), heard(young)]).toEqual([[], ['open 1', 'data 1 a']])
    const next = await client(port)
    next.write('b')
    await vi.waitUntil(() => heard(young).includes('data 2 b'))
  })

  test('do not stay where nobody listens for them, and what the old program connected to ends with it', async () => {
    const { both, old, young, port } = await two()
    const { bound } = await listening(old, listenFrame(2))
    const [stays, goes] = [await client(port), await client(bound.port)]
    const reached: Socket[] = []
    const server = createServer((socket) => reached.push(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const remote = { address: '127.0.0.1', family: 4, port: (server.address() as AddressInfo).port } as const
    old.release({ frame: 'connect', stream: OUTBOUND_FROM, remote, local: undefined })
    await vi.waitUntil(() => old.of('connected').length + old.of('open').length === 3)
    old.release({ frame: 'unlisten', listener: 2 })
    expect(await both.move(old, young)).toBe(1)
    expect(await readAll(goes)).toEqual(Buffer.alloc(0))
    expect(await readAll(reached[0] as Socket)).toEqual(Buffer.alloc(0))
    stays.write('a')
    await vi.waitUntil(() => heard(young).includes('data 1 a'))
    server.close()
  })

  test('are moved again with the next snapshot', async () => {
    const { both, old, young, port } = await two()
    const socket = await client(port)
    expect(await both.move(old, young)).toBe(1)
    const third = await both.start(THIRD)
    await listening(third, listenFrame(4))
    expect(await both.move(young, third)).toBe(1)
    socket.write('a')
    await vi.waitUntil(() => heard(third).length === 2)
    expect(third.of('open')).toMatchObject([{ stream: 1, listener: 4, remote: { port: socket.localPort } }])
    expect(both.of('ready').map(({ epoch }) => epoch)).toEqual([FIRST, SECOND, THIRD])
  })
})

describe('listeners', () => {
  test('with port 0 are matched in order, and stay where they are', async () => {
    const both = run()
    const old = await both.start(FIRST)
    const [a, b] = [await listening(old, listenFrame(1)), await listening(old, listenFrame(2))]
    const young = await both.start(SECOND)
    const [c, d] = [await listening(young, listenFrame(5)), await listening(young, listenFrame(6))]
    expect([c.bound, d.bound]).toEqual([a.bound, b.bound])
    // A new primary asks again; and what is given back can be had again.
    expect(await listening(young, listenFrame(5))).toEqual(c)
    young.release({ frame: 'unlisten', listener: 5 })
    expect((await listening(young, listenFrame(7))).bound).toEqual(a.bound)
    await both.move(old, young)
    for (const { bound } of [b, a]) (await client(bound.port)).write('x')
    await vi.waitUntil(() => heard(young).length === 4)
    expect(young.of('open').map(({ listener }) => listener)).toEqual([6, 7])
  })

  test('that the old program closes are the successor’s at once', async () => {
    const { both, old, young, port } = await two()
    old.release({ frame: 'unlisten', listener: 1 })
    expect(await both.told('unlistening')).toMatchObject({ epoch: FIRST, bound: { port } })
    expect(await both.told('listening', 1)).toMatchObject({ epoch: SECOND, bound: { port } })
    const socket = await client(port)
    socket.write('a')
    await sleep(A_WHILE_MS)
    expect([heard(old), heard(young)]).toEqual([[], []])
    await both.move(old, young)
    await vi.waitUntil(() => heard(young).length === 2)
  })

  test('that the old program has alone are closed', async () => {
    const { both, old, young } = await two()
    await both.restore(old, young)
    const { bound } = await listening(old, listenFrame(2))
    both.say({ type: 'move' })
    await both.told('moved')
    await expect(client(bound.port)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('TLS', () => {
  const folder = new URL('../fixtures/tls/', import.meta.url)
  const ca = readFileSync(new URL('cert.pem', folder))
  const base64 = (name: string): { base64: string } => ({
    base64: readFileSync(new URL(name, folder)).toString('base64'),
  })
  const tlsListen = (listener: number, fields: TlsTermsFields): Extract<Frame, { frame: 'listen' }> => {
    const whole = { key: [base64('key.pem')], cert: [base64('cert.pem')], ...fields }
    return { ...listenFrame(listener), tls: { json: JSON.stringify(whole) } }
  }
  const factsOf = (port: InProcessPort, at: number): TlsFactsFields =>
    JSON.parse(port.of('open')[at]?.tls?.json ?? '{}') as TlsFactsFields

  async function secureClient(port: number): Promise<TLSSocket> {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca, ALPNProtocols: ['old', 'new'] })
    await once(socket, 'secureConnect')
    return socket
  }

  test('a client keeps its session, and the next one gets the terms of the successor', async () => {
    const both = run()
    const old = await both.start(FIRST)
    const { bound } = await listening(old, tlsListen(1, { alpnProtocols: ['old'], maxVersion: 'TLSv1.2' }))
    const young = await both.start(SECOND)
    expect((await listening(young, tlsListen(1, { key: [{ base64: 'eA==' }] }))).errno).toBeLessThan(0)
    expect((await listening(young, listenFrame(3))).bound.port).not.toBe(bound.port)
    expect((await listening(young, tlsListen(2, { alpnProtocols: ['new'] }))).bound).toEqual(bound)
    const socket = await secureClient(bound.port)
    await vi.waitUntil(() => old.of('open').length === 1)
    await both.restore(old, young)
    socket.write('during')
    await sleep(A_WHILE_MS)
    both.say({ type: 'move' })
    await both.told('moved')
    await vi.waitUntil(() => heard(young).length === 2)
    expect(heard(young)).toEqual(['open 1', 'data 1 during'])
    expect(factsOf(young, 0)).toEqual(factsOf(old, 0))
    young.release(dataFrame(1, 'late'))
    expect(await textFrom(socket)).toBe('late')
    const next = await secureClient(bound.port)
    expect([socket.alpnProtocol, next.alpnProtocol]).toEqual(['old', 'new'])
    expect([socket.getProtocol(), next.getProtocol()]).toEqual(['TLSv1.2', 'TLSv1.3'])
    for (const one of [socket, next]) one.destroy()
  })
})

describe('a stream that has left HTTP', () => {
  const HEAD = 'GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n'
  const ANSWER = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'
  const upgraded = (stream: StreamId): Frame => ({ frame: 'upgraded', stream, bytes: Buffer.from(HEAD) })

  test.each([
    ['alone', [ANSWER, 'hello']],
    ['with what follows', [`${ANSWER}h`, 'ello']],
    ['in pieces', [...ANSWER.split(''), 'hello']],
    ['cut in its end, with what follows', [ANSWER.slice(0, -2), `\r\nhel`, 'lo']],
  ])('begins with its request, and the client does not see the head of the answer: %s', async (_name, parts) => {
    const { both, old, young, port } = await two()
    const socket = await client(port)
    await client(port)
    await vi.waitUntil(() => old.of('open').length === 2)
    await both.restore(old, young, upgraded(1))
    socket.write('during')
    await sleep(A_WHILE_MS)
    both.say({ type: 'move' })
    await both.told('moved')
    await vi.waitUntil(() => heard(young).length === 4)
    expect(heard(young)).toEqual(['open 1', `data 1 ${HEAD}`, 'open 2', 'data 1 during'])
    for (const part of parts) young.release(dataFrame(1, part))
    young.release({ frame: 'end', stream: 1 })
    expect(String(await readAll(socket))).toBe('hello')
  })

  test.each([
    ['refuses it', 'HTTP/1.1 404 Not Found\r\n\r\nno such chat'],
    ['answers without an end', 'HTTP/1.1 101 '.padEnd(100_000, 'x')],
  ])('is broken off when the new program %s', async (_name, answer) => {
    const { both, old, young, port } = await two()
    const socket = await client(port)
    await vi.waitUntil(() => old.of('open').length === 1)
    await both.move(old, young, upgraded(1))
    young.release(dataFrame(1, answer), dataFrame(1, 'more'))
    expect(await readAll(socket)).toBe('ECONNRESET')
    await vi.waitUntil(() => heard(young).includes('reset 1'))
  })

  test('is as any other when the snapshot was not taken', async () => {
    const { both, old, young, port } = await two()
    const socket = await client(port)
    await vi.waitUntil(() => old.of('open').length === 1)
    both.say({ type: 'switch' })
    await asked(old, 'save')
    old.release(upgraded(1), outcome('declined'))
    await both.told('kept')
    old.release(dataFrame(1, 'a'))
    expect(await textFrom(socket)).toBe('a')
    await both.move(old, young)
    await vi.waitUntil(() => heard(young).length > 0)
    expect(heard(young)).toEqual(['open 1'])
    young.release(dataFrame(1, 'b'))
    expect(await textFrom(socket)).toBe('b')
  })
})
