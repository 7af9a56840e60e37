import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { SystemEntropy } from '../../src/adapters/index.js'
import { SNAPSHOT_BYTES_MAX } from '../../src/message/index.js'
import type { Epoch, Frame } from '../../src/message/index.js'
import { GatewayKeeper } from '../../src/supervisor/gateway-keeper.js'
import type { GatewayLoss } from '../../src/supervisor/gateway-keeper.js'
import type { GatewayProcess } from '../../src/supervisor/gateway-process.js'
import { Reaper } from '../../src/supervisor/reaper.js'
import { listenFrame } from '../gateway/in-process-port.js'
import { RealGroup } from '../gateway/real-group.js'
import { isAlive } from './support.js'

const entry = join(import.meta.dirname, '../../dist/gateway/main.js')

/** Several times as long as a gateway takes to be heard of by whom it knows. */
const A_WHILE_MS = 300

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface Generation {
  readonly keeper: GatewayKeeper
  readonly group: RealGroup
  readonly reaper: Reaper
  readonly losses: GatewayLoss[]
  readies: number
  /** Views that its gateways have followed. */
  follows: number
  offers: number
  /** What the program knows. */
  count: number
  /** It answers no question for a snapshot. */
  silent: boolean
  /** No replica is known to its next gateway. */
  unknown: boolean
}

/** A group whose program counts what its clients say, and its keeper, started. */
async function generation(epoch: number, shared?: () => GatewayProcess | undefined): Promise<Generation> {
  const reaper = new Reaper([])
  const losses: GatewayLoss[] = []
  const group = new RealGroup(epoch as Epoch, (frame, answer) => program(frame, answer))
  const keeper = new GatewayKeeper(
    {
      entry,
      epoch: () => group.epoch,
      address: '127.0.0.1',
      listen: [],
      faults: {},
      entropy: new SystemEntropy(),
      reaper,
      ...(shared === undefined ? {} : { shared }),
      contacts: () => (one.unknown ? [] : group.contacts),
      settings: () => ({ commit: 'reflected', historyBytesMax: 1 << 30, journal: undefined, multicast: undefined }),
    },
    {
      ready: (peer) => {
        one.readies++
        group.found(peer)
      },
      follows: () => one.follows++,
      askLease() {},
      offers: () => one.offers++,
      listening() {},
      warned() {},
      lost: (loss) => losses.push(loss),
    },
  )
  const counts = { readies: 0, follows: 0, offers: 0, count: 0 }
  const one: Generation = { keeper, group, reaper, losses, ...counts, silent: false, unknown: false }
  const program = (frame: Frame, answer: (frame: Frame) => void): void => {
    if (frame.frame === 'data') {
      const text = `${epoch}: ${++one.count} `
      answer({ frame: 'data', stream: frame.stream, bytes: Buffer.from(text) })
    }
    if (frame.frame !== 'snapshot' || one.silent) return
    if (frame.ask === 'restore') one.count = Number(Buffer.from(frame.bytes).toString())
    if (frame.ask === 'save') answer({ frame: 'snapshotted', outcome: 'saved', bytes: valueOf(one.count) })
    if (frame.ask === 'restore') answer({ frame: 'snapshotted', outcome: 'restored', bytes: Buffer.alloc(0) })
  }
  closing.push(async () => {
    keeper.kill()
    group.close()
    await reaper.close()
  })
  keeper.start()
  await vi.waitUntil(() => group.founded, { timeout: 10_000 })
  group.release({ frame: 'snapshotted', outcome: 'offered', bytes: Buffer.alloc(0) }, listenFrame(1))
  await vi.waitUntil(() => one.offers === 1)
  return one
}

/** As large as can be. */
function valueOf(count: number): Uint8Array {
  return Buffer.from(`${count}`.padEnd(SNAPSHOT_BYTES_MAX))
}

async function ask(socket: Socket): Promise<string> {
  socket.write('x')
  return String((await once(socket, 'data'))[0])
}

async function clientOf({ keeper }: Generation): Promise<Socket> {
  await vi.waitUntil(() => keeper.open.length > 0)
  const socket = connect({ port: keeper.open[0]?.bound.port ?? 0, host: '127.0.0.1' })
  closing.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

const pidOf = ({ keeper }: Generation): number => keeper.pid ?? 0

test('a snapshot moves the clients to a second group; the gateway stays, and is the second’s in the end', async () => {
  const old = await generation(1)
  const socket = await clientOf(old)
  expect([await ask(socket), await ask(socket)]).toEqual(['1: 1 ', '1: 2 '])
  const young = await generation(2, () => old.keeper.process)
  expect([pidOf(young), young.keeper.open]).toEqual([pidOf(old), []])
  const gateway = old.keeper.process as GatewayProcess
  expect(await gateway.takeSnapshot()).toMatchObject({ outcome: 'restored' })
  young.keeper.own()
  await gateway.move()
  expect(young.keeper.open).toMatchObject([{ bound: { port: socket.remotePort } }])
  old.keeper.leave()
  expect([old.keeper.pid, old.keeper.open, old.keeper.streams]).toEqual([undefined, [], 0])
  old.keeper.start()
  old.keeper.kill()
  await old.reaper.close()
  expect([await ask(socket), await ask(await clientOf(young))]).toEqual(['2: 3 ', '2: 4 '])
  await young.keeper.refresh()
  expect([young.keeper.streams, old.keeper.pid]).toEqual([2, undefined])
  // What a generation owns is started again.
  const before = pidOf(young)
  young.keeper.process?.kill()
  await vi.waitUntil(() => young.losses.length === 1 && young.keeper.pid !== undefined)
  expect(young.losses).toMatchObject([{ streams: 2, atStart: false }])
  expect(pidOf(young)).not.toBe(before)
  expect(old.losses).toEqual([])
})

test('who only shares a gateway ends it with nothing that it does', async () => {
  const old = await generation(1)
  const socket = await clientOf(old)
  for (const end of ['kill', 'stop', 'leave'] as const) {
    const young = await generation(2, () => old.keeper.process)
    await young.keeper[end]()
    expect(young.keeper.pid).toBeUndefined()
    await young.reaper.close()
  }
  expect(await ask(socket)).toBe('1: 1 ')
})

test('a snapshot that is not taken: a successor that is dropped before the answer', async () => {
  const old = await generation(1)
  const young = await generation(2, () => old.keeper.process)
  const gateway = old.keeper.process as GatewayProcess
  old.silent = true
  const taken = gateway.takeSnapshot()
  expect(await gateway.takeSnapshot()).toEqual({
    outcome: 'kept',
    reason: 'another snapshot is being taken',
    again: false,
  })
  gateway.drop(young.group.epoch)
  expect(await taken).toEqual({ outcome: 'kept', reason: 'the new program is not to go on', again: false })
})

test('the process ends: both generations hear it, and who only shared it starts one from `own` on', async () => {
  const old = await generation(1)
  const young = await generation(2, () => old.keeper.process)
  const gateway = old.keeper.process as GatewayProcess
  old.silent = true
  const taken = gateway.takeSnapshot()
  const before = pidOf(old)
  gateway.kill()
  expect(await taken).toEqual({ outcome: 'kept', reason: 'the gateway has ended', again: false })
  expect(await gateway.takeSnapshot()).toEqual({ outcome: 'kept', reason: 'the gateway has ended', again: false })
  await gateway.move()
  expect([old.losses.length, young.losses.length]).toEqual([1, 1])
  await vi.waitUntil(() => old.keeper.pid !== undefined)
  expect([young.keeper.pid, isAlive(before)]).toEqual([undefined, false])
  old.keeper.kill()
  await vi.waitUntil(() => old.keeper.pid === undefined)
  young.keeper.start()
  expect(young.keeper.pid).toBeUndefined()
  young.keeper.own()
  await vi.waitUntil(() => isAlive(pidOf(young)))
  await vi.waitUntil(() => young.losses.length === 1 && young.readies === 2, { timeout: 10_000 })
})

test('a gateway that knows no replica serves once it has been told of one', async () => {
  const one = await generation(1)
  const { keeper, group } = one
  expect(await ask(await clientOf(one))).toBe('1: 1 ')
  one.unknown = true
  keeper.process?.kill()
  await vi.waitUntil(() => one.readies === 2, { timeout: 10_000 })
  for (const { memberId } of one.losses) group.lost(memberId)
  await sleep(A_WHILE_MS)
  expect([one.follows, keeper.open]).toEqual([1, []])
  for (const locator of group.contacts) keeper.meet(locator)
  await vi.waitUntil(() => one.follows === 2, { timeout: 10_000 })
  group.release(listenFrame(1))
  expect(await ask(await clientOf(one))).toBe('1: 2 ')
})
