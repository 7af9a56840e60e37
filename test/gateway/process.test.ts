import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { endpointOf } from '../../src/adapters/index.js'
import { lineOf, LineReader } from '../../src/gateway/index.js'
import type { GatewayCommand, GatewayReport, GatewayStart } from '../../src/gateway/index.js'
import { GROUP } from '../../src/message/index.js'
import type { Epoch, MemberId } from '../../src/message/index.js'

const main = join(import.meta.dirname, '../../dist/gateway/main.js')
const start: GatewayStart = {
  type: 'start',
  address: '127.0.0.1',
  identity: { group: GROUP.gateway, epoch: 11 as Epoch, memberId: 12 as MemberId },
  application: { group: GROUP.application, epoch: 13 as Epoch },
  contacts: [],
  settings: { commit: 'reflected', historyBytesMax: 1 << 30, journal: undefined, multicast: undefined },
  listen: [],
  faults: {},
}

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function run(): { child: ChildProcess; reports: GatewayReport[]; say(command: GatewayCommand): void } {
  const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const reports: GatewayReport[] = []
  const reader = new LineReader((report) => reports.push(report as GatewayReport))
  child.stdout?.setEncoding('utf8').on('data', (text: string) => reader.push(text))
  return { child, reports, say: (command) => child.stdin?.write(lineOf(command)) }
}

test('the process answers start and stats, ignores the signals of a terminal, and ends when told to', async () => {
  const { child, reports, say } = run()
  say(start)
  await vi.waitUntil(() => reports.length === 1, { timeout: 10_000 })
  const [ready] = reports
  expect(ready?.type === 'ready' && ready.epoch === 13 && endpointOf(ready.locator).address).toBe('127.0.0.1')
  child.kill('SIGINT')
  child.kill('SIGTERM')
  say({ type: 'stats' })
  await vi.waitUntil(() => reports.length === 2, { timeout: 10_000 })
  expect(reports[1]).toMatchObject({ type: 'stats', streams: 0, opened: 0, bytesIn: 0, datagramsIn: 0 })
  say({ type: 'stop' })
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('a second start opens the side of a successor, which can be dropped in the middle of a snapshot', async () => {
  const { child, reports, say } = run()
  const second: GatewayStart = {
    ...start,
    identity: { group: GROUP.gateway, epoch: 21 as Epoch, memberId: 22 as MemberId },
    application: { group: GROUP.application, epoch: 23 as Epoch },
  }
  say(start)
  say(second)
  say(second)
  say({ type: 'switch' })
  say({ type: 'drop', epoch: 13 as Epoch })
  say({ type: 'drop', epoch: 23 as Epoch })
  say({ type: 'switch' })
  say({ type: 'stop' })
  expect(await once(child, 'close')).toEqual([0, null])
  expect(reports).toMatchObject([
    { type: 'ready', epoch: 13 },
    { type: 'ready', epoch: 23 },
    { type: 'kept', reason: 'the new program is not to go on' },
    { type: 'kept', reason: 'there is no new program' },
  ])
  const [one, other] = reports.map((report) => report.type === 'ready' && endpointOf(report.locator).port)
  expect(one).not.toBe(other)
})

test('the process ends with its control pipe', async () => {
  const { child, reports, say } = run()
  say(start)
  await vi.waitUntil(() => reports.length === 1, { timeout: 10_000 })
  child.stdin?.end()
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('lines come whole, however the pipe cuts them, and not endless', () => {
  const taken: unknown[] = []
  const reader = new LineReader((value) => taken.push(value))
  for (const piece of ['{"a":', '1}\n{"a":2', '}\n\n{"a":3}\n{']) reader.push(piece)
  expect(taken).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }])
  expect(() => reader.push('x'.repeat(300_000))).toThrow(RangeError)
})
