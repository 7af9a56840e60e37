import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { GroupStatus } from '../../src/admin/index.js'
import type { Scene } from './command-run.js'
import { startFaulty } from './harness/crash-point.js'
import { compareDigests } from './harness/digests.js'
import { datagramFolder } from './harness/datagrams.js'
import { SEQUENCE_GUEST, SequenceClient } from './harness/sequence.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

const REMEMBERING = `
const { createServer } = require('node:net')
let total = 0
createServer((socket) => {
  const me = ++total
  socket.on('data', () => socket.write(me + ' of ' + total + '\\n'))
  socket.on('error', (error) => console.log(me, error.code, error.syscall))
  socket.on('close', (hadError) => console.log(me, 'closed', hadError))
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('up'))
`

function isWhole({ replicas, gateway }: GroupStatus): boolean {
  return replicas.filter(({ state }) => state === 'ready').length === 3 && gateway.listeners.length > 0
}

async function ask(port: number): Promise<{ answer: string; ended: Promise<string>; end(): void }> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  const ended = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
    socket.on('close', () => resolve('closed'))
  })
  const answer = new Promise<string>((resolve) => socket.once('data', (text: string) => resolve(text.trim())))
  socket.write('x')
  return { answer: await Promise.race([answer, ended]), ended, end: () => socket.end() }
}

test('kill -9 of the gateway: streams end as resets in the program, state lives on, fail-overs go on', async () => {
  const digestFolder = datagramFolder()
  const { scene, run, port } = await startFaulty(REMEMBERING, { '*': { digestFolder } })
  scenes.push(scene)
  await run.printed(/^up$/m)
  const first = await ask(port)
  expect(first.answer).toBe('1 of 1')
  const { gateway } = await scene.status()
  process.kill(gateway.pid as number, 'SIGKILL')
  // The kernel closes the sockets of a process that dies: no byte was lost, and none is made up.
  expect(['ECONNRESET', 'closed']).toContain(await first.ended)
  await run.printed(/^1 closed true$/m)
  expect(run.stdout).toBe('up\n1 ECONNRESET read\n1 closed true\n')
  await scene.statusWhen((status) => isWhole(status) && status.gateway.pid !== gateway.pid)
  const second = await ask(port)
  expect(second.answer).toBe('2 of 2')

  await scene.llft('kill', 'primary')
  await scene.statusWhen((status) => status.failoverCount === 1 && isWhole(status))
  const third = await ask(port)
  expect(third.answer).toBe('3 of 3')
  second.end()
  third.end()
  await run.printed(/^3 closed false$/m)
  // Two of those who knew the first gateway are left; who knows it from the history only leads after them.
  await scene.llft('kill', 'primary')
  await scene.statusWhen((status) => status.failoverCount === 2 && isWhole(status))
  await scene.llft('kill', 'primary')
  await scene.statusWhen((status) => status.failoverCount === 3 && isWhole(status))
  expect((await ask(port)).answer).toBe('4 of 4')
  expect(compareDigests(digestFolder).difference).toBeUndefined()
})

const ROUNDS = 50

/** The UDP ports that a process has open. */
function udpPortsOf(pid: number): readonly number[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    }),
  )
  const rows = readFileSync(`/proc/${pid}/net/udp`, 'utf8').trim().split('\n').slice(1)
  return rows.flatMap((row) => {
    const cells = row.trim().split(/\s+/)
    return inodes.has(cells[9] as string) ? [Number.parseInt(cells[1]?.split(':')[1] as string, 16)] : []
  })
}

test('malformed datagrams to every member are counted and dropped, and clients notice nothing', async () => {
  const { scene, run, port } = await startFaulty(SEQUENCE_GUEST, {})
  scenes.push(scene)
  await run.printed(/^up$/m)
  const client = new SequenceClient(port)
  const { gateway, replicas } = await scene.status()
  const pids = [gateway.pid, run.child.pid, ...replicas.map(({ pid }) => pid)] as number[]
  const ports = pids.flatMap(udpPortsOf)
  expect(ports.length).toBeGreaterThanOrEqual(5)
  const socket = createSocket('udp4')
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = Buffer.alloc(1 + round * 7, round)
    // Past the magic number too.
    if (round % 2 === 0) bytes.set([0x4c, 0x4c, 1, round % 20].slice(0, bytes.length))
    for (const to of ports) socket.send(bytes, to, '127.0.0.1')
    await sleep(1)
  }
  await client.more(200)
  await client.finish()
  socket.close()
  const after = await scene.status()
  expect(after.failoverCount).toBe(0)
  expect(after.rejectedDatagrams).toBe(2 * ROUNDS)
  expect(after.replicas.map(({ pid }) => pid)).toEqual(replicas.map(({ pid }) => pid))
})
