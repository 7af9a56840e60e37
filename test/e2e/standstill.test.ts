import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import type { GroupStatus } from '../../src/admin/index.js'
import { until } from '../supervisor/support.js'
import type { Run, Scene } from './command-run.js'
import { startFaulty } from './harness/crash-point.js'
import { SEQUENCE_GUEST, SequenceClient } from './harness/sequence.js'

const scenes: Scene[] = []
const sockets: Socket[] = []
const workers: Worker[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const worker of workers.splice(0)) await worker.terminate()
  for (const scene of scenes.splice(0)) await scene.close()
})

/** Counts as far as it is told, as every replica does, and says how often it has. */
const COMPUTING = `
let computed = 0
require('node:net').createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', (data) => {
    const enough = Number(data)
    let rounds = 0
    while (rounds < enough) rounds++
    socket.write(++computed + ' ' + rounds + '\\n')
  })
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('up'))
`

/** How far this machine counts in so many milliseconds of a processor. */
function roundsIn(ms: number): number {
  let rounds = 0
  const before = process.cpuUsage().user
  while (process.cpuUsage().user - before < 100_000) for (let each = 0; each < 1e6; each++) rounds++
  return Math.round((rounds / 100) * ms)
}

async function start(
  program: string,
  ...options: readonly string[]
): Promise<{ scene: Scene; run: Run; port: number }> {
  const started = await startFaulty(program, {}, ...options)
  scenes.push(started.scene)
  await started.run.printed(/^up$/m)
  await started.scene.statusWhen(({ gateway }) => gateway.listeners.length === 1)
  return started
}

async function ask(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  socket.write(text)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return answer.toString()
}

const pidOf = ({ replicas }: GroupStatus, wanted: 'primary' | 'backup'): number =>
  replicas.find(({ role }) => role === wanted)?.pid as number
const isWhole = ({ replicas }: GroupStatus): boolean => replicas.filter(({ state }) => state === 'ready').length === 3

test('a primary that stands still is ended before another takes over; clients go on', async () => {
  const { scene, run, port } = await start(SEQUENCE_GUEST)
  expect(run.stderr).toMatch(/^ {2}Detection {2}an exit within 4 ms, a stall within 1200 ms, a silent backup within/m)
  const client = new SequenceClient(port)
  await client.more(20)
  // It must have been seen to answer before it can be seen not to.
  await sleep(500)
  const pid = pidOf(await scene.status(), 'primary')
  process.kill(pid, 'SIGSTOP')
  const status = await scene.statusWhen(({ failovers }) => typeof failovers[0]?.phases.resumedMs === 'number')
  await client.more(20)
  await client.finish()
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  const [failover] = status.failovers
  expect(failover?.cause).toMatch(new RegExp(`^r1 \\(pid ${pid}\\) did not answer for \\d+ ms$`))
  expect(failover?.phases.silenceMs).toBeGreaterThanOrEqual(1000)
  expect(status.detection.stallMs).toBe(1200)
  expect(run.stderr).toMatch(/⧗ r1 \(pid \d+\) stands still: no answer for \d+ ms\n.*✖ r1 .*SIGKILL\n.*▲ r2 is primary/)
  await scene.statusWhen(isWhole)
})

test('a backup that stands still is ended and replaced', async () => {
  const { scene, run } = await start(SEQUENCE_GUEST)
  await sleep(500)
  process.kill(pidOf(await scene.status(), 'backup'), 'SIGSTOP')
  await run.printed(/stands still/)
  const status = await scene.statusWhen(
    (each) => isWhole(each) && each.replicas.every(({ id }) => id !== 'r2') && each.replicas.length === 3,
  )
  expect(status.failoverCount).toBe(0)
})

test('half a second of computation costs no replica, again and again', async () => {
  const { scene, run, port } = await start(COMPUTING)
  const half = String(roundsIn(500))
  expect(await ask(port, half)).toMatch(/^1 /)
  // Several at once are computed one after the other, in one turn of the event loop.
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(port, half)))
  expect(answers.map((answer) => Number.parseInt(answer, 10)).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6])
  // The backups are still at it.
  await scene.statusWhen(({ replicas }) => replicas.every(({ lagEntries }) => lagEntries === 0))
  const status = await scene.status()
  expect([status.failoverCount, status.replicas.map(({ id }) => id)]).toEqual([0, ['r1', 'r2', 'r3']])
  expect(run.stderr).not.toMatch(/LLFT_W|stands still/)
})

test('a computation that is too long at every replica ends one of them at most, and is answered', async () => {
  // Long enough on a fast machine, and bounded on a slow one.
  const { scene, run, port } = await start(COMPUTING, '--timing-window-ms', '400')
  await sleep(400)
  expect(await ask(port, String(roundsIn(1500)))).toMatch(/^1 /)
  const status = await scene.statusWhen(isWhole)
  expect(run.stderr.match(/stands still/g)?.length).toBe(1)
  expect(status.failoverCount).toBeLessThanOrEqual(1)
  expect(run.stderr.match(/LLFT_W_REPLICA_STALLED .* r1 /g)).toBeNull()
  expect(run.stderr).toContain('LLFT_W_REPLICA_STALLED')
  expect(await ask(port, '1')).toMatch(/^2 /)
})

test('the only replica is waited for, and that is said', async () => {
  const { scene, run, port } = await start(COMPUTING, '-r', '1', '--timing-window-ms', '200')
  await sleep(300)
  const pid = pidOf(await scene.status(), 'primary')
  process.kill(pid, 'SIGSTOP')
  await run.printed(/LLFT_W_REPLICA_STALLED[^]*nobody else answers/)
  process.kill(pid, 'SIGCONT')
  expect(await ask(port, '1')).toMatch(/^1 /)
  expect((await scene.status()).replicas.map((replica) => replica.pid)).toEqual([pid])
})

test('a program that takes longer than the window to start is left alone', async () => {
  const slow = `let rounds = 0; while (rounds < 6e8) rounds++;\nsetImmediate(() => {
    while (rounds < 12e8) rounds++;\n${COMPUTING}})`
  const { scene, port } = await start(slow, '--timing-window-ms', '250')
  expect(await ask(port, '1')).toMatch(/^1 /)
  const status = await scene.status()
  expect([status.failoverCount, status.replicas.map(({ id }) => id)]).toEqual([0, ['r1', 'r2', 'r3']])
})

test('both processors busy with something else: nobody is suspected', async () => {
  const { scene, run, port } = await start(SEQUENCE_GUEST)
  for (let count = 0; count < 4; count++) workers.push(new Worker('for (;;);', { eval: true }))
  const client = new SequenceClient(port)
  const end = performance.now() + 15_000
  while (performance.now() < end) await client.more(20)
  await client.finish()
  await until(() => client.answered > 100)
  expect(run.stderr).not.toMatch(/stands still/)
  expect((await scene.status()).failoverCount).toBe(0)
})
