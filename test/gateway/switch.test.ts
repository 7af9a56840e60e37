import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { LISTEN_MS, RESTORE_MS, SAVE_MS } from '../../src/gateway/limits.js'
import { OUTBOUND_FROM } from '../../src/message/index.js'
import { listening, readAll } from './fixture.js'
import { asked, FIRST, generations, heard, outcome, SECOND, THIRD } from './generations.js'
import type { Generations } from './generations.js'
import { dataFrame, listenFrame } from './in-process-port.js'
import type { InProcessPort } from './in-process-port.js'

const { run, two, client } = generations()

/** Long enough for whatever is to be read to be read. */
const A_WHILE_MS = 50

describe('a snapshot that does not come about', () => {
  test('declined: what clients did meanwhile is told afterwards, in order', async () => {
    const { both, old, young, port } = await two()
    const [socket, breaker] = [await client(port), await client(port)]
    socket.write('a')
    await vi.waitUntil(() => heard(old).length === 3)
    both.say({ type: 'switch' })
    await asked(old, 'save')
    socket.end('b')
    breaker.resetAndDestroy()
    const late = await client(port)
    late.write('c')
    // It was not read for another reason, too, and nobody has been asked to decide.
    old.congested = true
    old.relieve()
    both.say({ type: 'move' })
    await sleep(A_WHILE_MS)
    expect(heard(old)).toEqual(['open 1', 'open 2', 'data 1 a'])
    old.release(outcome('declined', 'a response is not written'))
    expect(await both.told('kept')).toEqual({
      type: 'kept',
      reason: 'the program declined: a response is not written',
      again: true,
    })
    await vi.waitUntil(() => heard(old).length === 8)
    expect(heard(old)).toEqual(expect.arrayContaining(['reset 2', 'open 3', 'data 3 c', 'end 1']))
    const [b, end] = [heard(old).indexOf('data 1 b'), heard(old).indexOf('end 1')]
    expect(b).toBeGreaterThan(2)
    expect(end).toBeGreaterThan(b)
    expect(heard(young)).toEqual([])
    expect(both.of('moved')).toEqual([])
    expect(old.of('snapshot').map(({ ask }) => ask)).toEqual(['save'])
  })

  test('not restored: the program is thawed and goes on, and this successor is asked no more', async () => {
    const { both, old, young, port } = await two()
    const socket = await client(port)
    both.say({ type: 'switch' })
    await asked(old, 'save')
    socket.write('a')
    await client(port)
    old.release(outcome('saved', 'the value'))
    await asked(young, 'restore')
    expect(String(Buffer.from(young.of('snapshot')[0]?.bytes ?? []))).toBe('the value')
    young.release(outcome('failed', 'an older format'))
    expect((await both.told('kept')).reason).toBe('the new program did not restore: an older format')
    await asked(old, 'thaw')
    await vi.waitUntil(() => heard(old).includes('data 1 a'))
    // It hears of nobody while it stands still.
    const kinds = old.frames.map(({ frame }) => frame).slice(-4)
    expect(kinds).toEqual(['snapshot', 'snapshot', 'open', 'data'])
    both.say({ type: 'switch' })
    expect((await both.told('kept', 1)).reason).toMatch('told to restore before')
    expect(old.of('snapshot').map(({ ask }) => ask)).toEqual(['save', 'thaw'])
  })

  test('without a successor', async () => {
    const both = run()
    const old = await both.start(FIRST)
    both.say({ type: 'switch' })
    expect((await both.told('kept')).reason).toBe('there is no new program')
    expect(old.of('snapshot')).toEqual([])
  })

  test('a value that comes too late is answered by a thaw, and until then none is asked for', async () => {
    const { both, old, young } = await two()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    both.say({ type: 'switch' })
    await asked(old, 'save')
    vi.advanceTimersByTime(SAVE_MS)
    vi.useRealTimers()
    expect((await both.told('kept')).reason).toBe('the program did not save within 10 s')
    await asked(old, 'thaw')
    both.say({ type: 'switch' })
    expect((await both.told('kept', 1)).reason).toMatch('has not answered')
    old.release(outcome('saved', 'late'))
    await asked(old, 'thaw', 2)
    expect(young.of('snapshot')).toEqual([])
    both.say({ type: 'switch' })
    await asked(old, 'save', 2)
  })

  test('a program that does not restore in time, or never: the old one goes on with its clients', async () => {
    const { both, old, young, port } = await two()
    const socket = await client(port)
    await vi.waitUntil(() => old.of('open').length === 1)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    both.say({ type: 'switch' })
    await asked(old, 'save')
    old.release(outcome('saved'))
    await asked(young, 'restore')
    socket.write('a')
    vi.advanceTimersByTime(RESTORE_MS / 2)
    await turn()
    expect([both.of('kept'), heard(old)]).toEqual([[], ['open 1']])
    vi.advanceTimersByTime(RESTORE_MS / 2)
    vi.useRealTimers()
    expect(await both.told('kept')).toEqual({
      type: 'kept',
      reason: 'the new program did not restore within 30 s',
      again: false,
    })
    await asked(old, 'thaw')
    await vi.waitUntil(() => heard(old).includes('data 1 a'))
    old.release(dataFrame(1, 'b'))
    expect(String((await once(socket, 'data'))[0])).toBe('b')
    young.release(outcome('restored'))
    await sleep(A_WHILE_MS)
    expect([both.of('restored'), heard(young)]).toEqual([[], []])
  })

  test('a program that does not listen where the old one does', async () => {
    const { both, old, young } = await two()
    const other = await listening(old, listenFrame(2))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    both.say({ type: 'switch' })
    await asked(old, 'save')
    old.release(outcome('saved'))
    await asked(young, 'restore')
    young.release(outcome('restored'))
    await turn()
    vi.advanceTimersByTime(LISTEN_MS)
    vi.useRealTimers()
    const reason = `the new program does not listen on 127.0.0.1:${other.bound.port}`
    expect(await both.told('kept')).toEqual({ type: 'kept', reason, again: false })
    await asked(old, 'thaw')
    expect(both.of('restored')).toEqual([])
  })

  test('a program that listens a little later, or whose predecessor does no more, is waited for', async () => {
    const { both, old, young } = await two()
    await listening(old, listenFrame(2))
    await listening(old, listenFrame(3))
    both.say({ type: 'switch' })
    await asked(old, 'save')
    old.release(outcome('saved'))
    await asked(young, 'restore')
    young.release(outcome('restored'))
    await sleep(A_WHILE_MS)
    await listening(young, listenFrame(8))
    await sleep(A_WHILE_MS)
    expect(both.of('restored')).toEqual([])
    old.release({ frame: 'unlisten', listener: 3 })
    await both.told('restored')
  })
})

describe('in each phase', () => {
  type Phase = readonly [name: string, reach: (both: Generations, old: InProcessPort, young: InProcessPort) => unknown]
  const saves: Phase = [
    'before the value',
    async (both, old) => {
      both.say({ type: 'switch' })
      await asked(old, 'save')
    },
  ]
  const restores: Phase = [
    'before it is restored',
    async (both, old, young) => {
      await saves[1](both, old, young)
      old.release(outcome('saved'))
      await asked(young, 'restore')
    },
  ]
  const listens: Phase = [
    'before it listens',
    async (both, old, young) => {
      young.release({ frame: 'unlisten', listener: 7 })
      await restores[1](both, old, young)
      young.release(outcome('restored'))
      await sleep(A_WHILE_MS)
    },
  ]
  const restored: Phase = ['before the decision', (both, old, young) => both.restore(old, young)]
  const phases = [saves, restores, listens, restored]

  test.each(phases)('%s the successor can be dropped, and the program goes on', async (name, reach) => {
    const { both, old, young, port } = await two()
    const socket = await client(port)
    await reach(both, old, young)
    socket.write('a')
    both.say({ type: 'drop', epoch: THIRD })
    await sleep(A_WHILE_MS)
    expect([young.closed, heard(old)]).toEqual([false, ['open 1']])
    both.say({ type: 'drop', epoch: SECOND })
    await asked(old, 'thaw')
    await vi.waitUntil(() => heard(old).includes('data 1 a'))
    expect(young.closed).toBe(true)
    old.release(dataFrame(1, 'b'))
    expect(String((await once(socket, 'data'))[0])).toBe('b')
    // Who has been told that it is restored has decided this himself.
    expect(both.of('kept').length).toBe(name === 'before the decision' ? 0 : 1)
    both.say({ type: 'move' })
    await sleep(A_WHILE_MS)
    expect(both.of('moved')).toEqual([])
  })

  test.each(phases)('%s the gateway can be told to stop', async (_name, reach) => {
    const { both, old, young, port } = await two()
    const sockets = [await client(port)]
    await vi.waitUntil(() => old.of('open').length === 1)
    old.release(dataFrame(1, 'all of this'))
    await reach(both, old, young)
    sockets.push(await client(port))
    const read = sockets.map((socket) => readAll(socket).finally(() => socket.end()))
    both.say({ type: 'stop' })
    await both.ended
    expect([old.closed, young.closed]).toEqual([true, true])
    expect((await Promise.all(read)).map(String)).toEqual(['all of this', ''])
    await expect(client(port)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('the successor before the move', () => {
  test('a second one takes the place of the first', async () => {
    const { both, old, young, port } = await two()
    const third = await both.start(THIRD)
    expect(young.closed).toBe(true)
    expect((await listening(third, listenFrame(1))).bound.port).toBe(port)
    expect(await both.move(old, third)).toBe(0)
  })

  test('has an exit side of its own, which a snapshot does not stop', async () => {
    const { both, old, young } = await two()
    const server = createServer((socket) => socket.on('data', (bytes) => socket.write(bytes))).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const remote = { address: '127.0.0.1', family: 4, port: (server.address() as AddressInfo).port } as const
    for (const port of [old, young]) {
      port.release({ frame: 'connect', stream: OUTBOUND_FROM, remote, local: undefined })
      await vi.waitUntil(() => port.of('connected').length === 1)
      port.release(dataFrame(OUTBOUND_FROM, 'x'))
      await vi.waitUntil(() => port.of('data').length === 1)
    }
    both.say({ type: 'switch' })
    await asked(old, 'save')
    for (const port of [old, young]) port.release(dataFrame(OUTBOUND_FROM, 'y'))
    await vi.waitUntil(() => young.of('data').length === 2)
    await sleep(A_WHILE_MS)
    expect(old.of('data').length).toBe(1)
    old.release(outcome('declined'))
    await vi.waitUntil(() => old.of('data').length === 2)
    server.close()
  })

  test('opens what the old program has not, and is told what it cannot have', async () => {
    const { both, old, young, port } = await two()
    const own = await listening(young, listenFrame(8))
    expect(own.bound.port).not.toBe(port)
    expect((await listening(young, { ...listenFrame(9), tls: { json: '{"minVersion":"x"}' } })).errno).toBeLessThan(0)
    const waiting = await client(own.bound.port)
    waiting.write('a')
    await sleep(A_WHILE_MS)
    expect(heard(young)).toEqual([])
    await both.move(old, young)
    await vi.waitUntil(() => heard(young).length === 2)
    expect(heard(young)).toEqual(['open 1', 'data 1 a'])
  })

  test('each side is told apart in what is reported', async () => {
    const { both, old, young } = await two()
    young.release(outcome('offered'))
    expect(await both.told('offers')).toEqual({ type: 'offers', epoch: SECOND })
    expect(both.of('ready').map(({ epoch }) => epoch)).toEqual([FIRST, SECOND])
    expect(both.of('listening').map(({ epoch }) => epoch)).toEqual([FIRST])
    await both.move(old, young)
    expect(both.of('listening').map(({ epoch }) => epoch)).toEqual([FIRST, SECOND])
  })
})
