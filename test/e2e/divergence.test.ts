import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { until } from '../supervisor/support.js'
import type { Scene } from './command-run.js'
import { startFaulty } from './harness/crash-point.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

/** Answers each line with what no two replicas would answer alike if it were not for one hook. */
const PROGRAM = `const { randomUUID } = require('node:crypto')
const server = require('node:net').createServer((socket) => {
  socket.on('data', () => {
    socket.write(randomUUID() + '\\n')
  })
})
server.listen(Number(process.argv[2]), () => console.log('up'))`

test('a backup that differs is reported with its line and replaced; client and primary notice nothing', async () => {
  const { scene, run, port } = await startFaulty(PROGRAM, { r2: { hooksOff: ['cryptoRandom'] } })
  scenes.push(scene)
  await run.printed(/^up$/m)
  const client = connect(port, '127.0.0.1')
  let answers = ''
  client.setEncoding('utf8').on('data', (text: string) => (answers += text))
  const ask = async (count: number): Promise<void> => {
    client.write('?')
    await until(() => answers.split('\n').length > count, 20_000)
  }
  for (let count = 1; count <= 5; count++) await ask(count)
  const status = await scene.statusWhen(({ replicas }) =>
    ['r1', 'r3', 'r4'].every((id) => replicas.some((replica) => replica.id === id && replica.state !== 'joining')),
  )
  expect(status.failoverCount).toBe(0)
  expect(status.replicas.map(({ id }) => id).toSorted()).toEqual(['r1', 'r3', 'r4'])
  for (let count = 6; count <= 10; count++) await ask(count)
  client.end()
  expect(run.stderr.match(/LLFT_W_REPLICA_DIVERGED/g)).toHaveLength(1)
  const said = run.stderr.replaceAll(/\s+/g, ' ')
  expect(said).toMatch(
    /Replica r2 stopped, because it differs from the primary at entry \d+: `data` of stream \d+ to the/,
  )
  expect(said).toMatch(/server\.js:4/)
})
