import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { freePort, Scene } from './command-run.js'
import { COUNTING } from './harness/counting.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

const MEBIBYTE = 1 << 20

test('status says how long a newcomer would need, once one has joined', async () => {
  const scene = new Scene({ 'server.js': COUNTING })
  scenes.push(scene)
  const port = await freePort()
  const run = scene.run('--', 'node', 'server.js', String(port))
  await run.printed(/^up$/m)
  expect((await scene.statusWhen(({ primary }) => primary !== null)).history.replayMs).toBeNull()
  await scene.llft('kill', 'primary')
  const { history } = await scene.statusWhen(({ history: { replayMs } }) => replayMs !== null)
  expect(history.replayMs).toBeGreaterThan(0)
  expect((await scene.llft('status')).stdout).toMatch(/^history: \d+ entries, .*a newcomer would need about \d+ ms$/m)
})

test('a history beyond its bound: a warning, no newcomers, and the group goes on with what it has', async () => {
  const scene = new Scene({ 'server.js': COUNTING })
  scenes.push(scene)
  const port = await freePort()
  const run = scene.run('--history-bytes-max', String(MEBIBYTE), '--', 'node', 'server.js', String(port))
  await run.printed(/^up$/m)
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let last = ''
  socket.on('data', (text: string) => (last = text.trim().split('\n').at(-1) ?? ''))
  let sent = 0
  const say = async (bytes: number): Promise<void> => {
    socket.write(Buffer.alloc(bytes, 'x'))
    sent += bytes
    while (last !== String(sent)) await sleep(5)
  }
  for (let round = 0; round < 24; round++) await say(100_000)
  const { history, replicas, primary } = await scene.statusWhen((status) => status.history.full)
  expect(history.replayMs).toBeNull()
  expect(history.bytes).toBeGreaterThanOrEqual(MEBIBYTE)
  const backup = replicas.find(({ id }) => id !== primary)
  process.kill(backup?.pid as number, 'SIGKILL')
  await run.printed(/LLFT_W_HISTORY_FULL/)
  await scene.llft('kill', 'primary')
  await say(1000)
  const after = await scene.statusWhen(({ failoverCount }) => failoverCount === 1)
  expect(after.replicas.filter(({ state }) => state === 'ready')).toHaveLength(1)
  socket.destroy()
})
