import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { GroupStatus } from '../../src/admin/index.js'
import type { Run, Scene } from './command-run.js'
import { startFaulty } from './harness/crash-point.js'

const scenes: Scene[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const scene of scenes.splice(0)) await scene.close()
})

const MEBIBYTE = 1 << 20
/** What the windows of a stream and of the group hold, in every process, with all copies; far below what is offered. */
const GROWTH_MAX = 160 * MEBIBYTE

/** `download` is answered as fast as the client takes it; other bytes are counted, slowly or at once. */
const SERVER = `
const { createServer } = require('node:net')
let waits = 0
createServer((socket) => {
  let counted = 0
  socket.on('error', () => {})
  socket.once('data', (first) => {
    const request = first.toString().slice(0, 8)
    if (request === 'download') {
      const piece = Buffer.alloc(65536, 'd')
      const pour = () => { while (socket.write(piece)); waits++; socket.once('drain', pour) }
      return pour()
    }
    if (request === 'waiting?') return socket.end(String(waits))
    socket.on('data', (bytes) => {
      counted += bytes.length
      if (request !== 'slowly..') return
      socket.pause()
      setTimeout(() => socket.resume(), 20)
    })
    if (request === 'counting') setInterval(() => socket.write(counted + '\\n'), 20)
  })
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('up'))
`

async function start(
  program: string,
  ...options: readonly string[]
): Promise<{ scene: Scene; run: Run; port: number }> {
  const started = await startFaulty(program, {}, ...options)
  scenes.push(started.scene)
  await started.run.printed(/^up$/m)
  return started
}

function open(port: number, first: string): Socket {
  const socket = connect(port, '127.0.0.1')
  // Before anything else, also where connecting takes its time.
  socket.write(first)
  socket.on('error', () => {})
  sockets.push(socket)
  return socket
}

async function ask(port: number, question: string): Promise<string> {
  let text = ''
  for await (const bytes of open(port, question)) text += String(bytes)
  return text
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}

function processesOf({ replicas, gateway }: GroupStatus): readonly number[] {
  return [...replicas.map(({ pid }) => pid), gateway.pid].filter((pid) => typeof pid === 'number')
}

/** Runs `offer` and demands that no process of the group grows by more than windows can hold. */
async function expectBounded(scene: Scene, offer: () => Promise<void>): Promise<void> {
  const pids = processesOf(await scene.status())
  const before = pids.map(residentBytes)
  await offer()
  for (const [at, pid] of pids.entries()) expect(residentBytes(pid) - (before[at] ?? 0)).toBeLessThan(GROWTH_MAX)
}

test('a client that never reads costs a window: the program waits for drain, and others are served', async () => {
  const { scene, port } = await start(SERVER)
  await expectBounded(scene, async () => {
    for (let count = 0; count < 10; count++) open(port, 'download').pause()
    // Ten clients that read would have got far more than the bound in this time.
    for (let waits = 0; waits < 10; await sleep(50)) waits = Number(await ask(port, 'waiting?'))
    await sleep(1000)
  })
  // Once the windows are full nothing moves any more; a busy machine takes its time to fill them.
  const waits = (): Promise<string> => ask(port, 'waiting?')
  let before = ''
  for (let now = await waits(); now !== before; now = await waits()) {
    before = now
    await sleep(500)
  }
  await sleep(300)
  expect(await waits()).toBe(before)
})

test('a client that floods a program which reads slowly is not read any further', async () => {
  const { scene, port } = await start(SERVER)
  const flood = open(port, 'slowly..')
  let accepted = 0
  await expectBounded(scene, async () => {
    const piece = Buffer.alloc(MEBIBYTE)
    const until = performance.now() + 3000
    while (performance.now() < until) {
      if (flood.writableLength < 4 * MEBIBYTE) {
        flood.write(piece)
        accepted += piece.length
      } else await sleep(10)
    }
  })
  // 64 KiB each 20 ms, and what lies in the kernels' buffers.
  expect(accepted).toBeLessThan(64 * MEBIBYTE)
  expect(await ask(port, 'waiting?')).toBe('0')
})

test('a backup that is stopped is removed and replaced; clients are served all the time', async () => {
  // Its supervisor would see it long before its primary does.
  const { scene, run, port } = await start(SERVER, '--timing-window-ms', '60000')
  const { replicas, primary } = await scene.status()
  const backup = replicas.find(({ id }) => id !== primary)
  const counting = open(port, 'counting').setEncoding('utf8')
  let answers = 0
  let longestGap = 0
  let last = performance.now()
  counting.on('data', () => {
    answers++
    longestGap = Math.max(longestGap, performance.now() - last)
    last = performance.now()
  })
  const load = setInterval(() => counting.write(Buffer.alloc(4096)), 2)
  process.kill(backup?.pid as number, 'SIGSTOP')
  await run.printed(/LLFT_W_REPLICA_REMOVED/)
  await scene.statusWhen((status) => {
    const ready = status.replicas.filter(({ state }) => state === 'ready')
    return ready.length === 3 && ready.every(({ id }) => id !== backup?.id)
  })
  clearInterval(load)
  expect(run.stderr).toContain(`Replica ${backup?.id} was removed`)
  expect(() => process.kill(backup?.pid as number, 0)).toThrow('ESRCH')
  expect(answers).toBeGreaterThan(50)
  expect(longestGap).toBeLessThan(2000)
})

test('output that nobody reads holds the program up, as a full pipe does, and none of it is lost', async () => {
  const lines = 400
  const { scene, run } = await start(`
    console.log('up')
    let line = 0
    const print = () => {
      console.log(++line, 'x'.repeat(262144))
      if (line < ${lines}) setImmediate(print)
      else process.exit(0)
    }
    setTimeout(print, 200)`)
  run.child.stdout?.pause()
  await expectBounded(scene, () => sleep(4000))
  run.child.stdout?.resume()
  expect(await run.code()).toBe(0)
  expect(run.stdout.length).toBe(
    3 + lines * 262_146 + [...Array(lines).keys()].join('').length + String(lines).length - 1,
  )
})
