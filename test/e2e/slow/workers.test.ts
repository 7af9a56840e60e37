import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { until } from '../../supervisor/support.js'
import type { Scene } from '../command-run.js'
import { startFaulty } from '../harness/crash-point.js'
import { HttpConnection } from '../harness/http-connection.js'
import { survive } from '../harness/survival.js'

const KILLS = 4

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

/** Three workers number what they do; the order in which they are done is the answer. */
const PROGRAM = `
const { createServer } = require('node:net')
const { Worker } = require('node:worker_threads')
const source = \`
  const { parentPort, workerData } = require('node:worker_threads')
  let done = 0
  const ours = Object.keys(process.env).filter((name) => /LLFT/.test(name))
  console.log('worker', workerData, process.execArgv.length, ours.length)
  parentPort.on('message', ({ id, work }) => {
    let sum = 0
    for (let step = 0; step < work; step++) sum = (sum * 31 + step) | 0
    if (id === -1) throw new Error('told to fail')
    parentPort.postMessage({ id, answer: [id, workerData, ++done, sum, Math.random(), Date.now()].join(' ') })
  })\`
const waiting = new Map()
const start = (number) => new Worker(source, { eval: true, workerData: number, execArgv: [] })
  .on('message', ({ id, answer }) => {
    waiting.get(id)(answer + '\\n')
    waiting.delete(id)
  })
  .on('error', ({ message }) => console.log('worker', number, 'failed:', message))
  .on('exit', (code) => console.log('worker', number, 'ended with', code))
const workers = [0, 1, 2].map(start)
let count = 0
createServer((socket) => {
  socket.on('error', () => {}).on('data', (data) => {
    for (const _ of String(data)) {
      const id = ++count
      waiting.set(id, (answer) => socket.write(answer))
      workers[id % 3].postMessage({ id, work: (id * 7919) % 400_000 })
    }
  })
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('up'))
process.on('SIGTERM', async () => {
  workers[0].postMessage({ id: -1, work: 0 })
  await new Promise((resolve) => workers[0].on('exit', resolve))
  console.log('stopped', await Promise.all(workers.slice(1).map((worker) => worker.terminate())))
  process.exit(4)
})`

test('workers go on while primaries are killed: each answer once, in one order, from one memory', async () => {
  const { scene, run, port } = await startFaulty(PROGRAM, {})
  scenes.push(scene)
  await run.printed(/^up$/m)
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let [text, asked, over] = ['', 0, false]
  const ask = (questions: number): void => {
    asked += questions
    socket.write('?'.repeat(questions))
  }
  socket.on('data', (part: string) => {
    const before = text.split('\n').length
    text += part
    if (!over) ask(text.split('\n').length - before)
  })
  ask(9)
  for (let kill = 1; kill <= KILLS; kill++) {
    const { replicas, primary } = await scene.statusWhen(
      (status) => status.replicas.filter(({ state }) => state === 'ready').length === 3,
    )
    await sleep(Math.random() * 50)
    process.kill(replicas.find(({ id }) => id === primary)?.pid as number, 'SIGKILL')
    await scene.statusWhen(({ failoverCount }) => failoverCount === kill)
  }
  over = true
  await until(() => text.trim().split('\n').length === asked, 60_000)
  const answers = text
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number))
  expect(answers.length).toBeGreaterThan(50)
  for (const worker of [0, 1, 2]) {
    const own = answers.filter(([id]) => (id as number) % 3 === worker)
    // In the order of its questions, by a memory that has lost nothing.
    expect(own.map(([id]) => id)).toEqual(own.map((_, at) => (worker === 0 ? 3 : worker) + at * 3))
    expect(own.map(([, , done]) => done)).toEqual(own.map((_, at) => at + 1))
    expect(own.every(([, number]) => number === worker)).toBe(true)
    expect(new Set(own.map(([, , , , chance]) => chance)).size).toBe(own.length)
  }
  expect(run.stderr).not.toContain('LLFT_W_REPLICA_DIVERGED')
  run.child.kill('SIGTERM')
  expect(await run.code()).toBe(4)
  const lines = run.stdout
    .trim()
    .split('\n')
    .filter((line) => /^worker|^stopped/.test(line))
  expect(lines.toSorted()).toEqual([
    'stopped [ 1, 1 ]',
    'worker 0 0 0',
    'worker 0 ended with 1',
    'worker 0 failed: told to fail',
    'worker 1 0 0',
    'worker 1 ended with 1',
    'worker 2 0 0',
    'worker 2 ended with 1',
  ])
})

test('a pool of workers (workerpool) under clients that never notice', async () => {
  await survive({ guest: 'workerpool.cjs', open: (port) => HttpConnection.open(port), kills: KILLS, sharedMin: 300 })
})
