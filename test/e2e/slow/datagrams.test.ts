import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Scene } from '../command-run.js'
import { startFaulty } from '../harness/crash-point.js'

const scenes: Scene[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close()
  for (const scene of scenes.splice(0)) await scene.close()
})

const KILLS = 5

/** Counts datagrams over UDP, and says every second one once more from a socket that is connected to who asked. */
const GUEST = `
const { createSocket } = require('node:dgram')
let count = 0
const server = createSocket('udp4', (bytes, { address, port }) => {
  const answer = ++count + ' ' + bytes
  server.send(answer, port, address, (error, sent) => {
    if (error !== null || sent !== answer.length || count % 2 === 1) return
    const other = createSocket('udp4')
    other.connect(port, address, () => {
      other.send('again ' + answer, () => other.close())
    })
  })
})
server.bind(Number(process.argv[2]), '127.0.0.1', () => {
  server.setTTL(30)
  console.log('up', server.address().port, server.getRecvBufferSize() > 0)
})
server.on('error', (error) => console.log(error.code))
`

async function openClient(port: number): Promise<{ socket: Socket; ask: (text: string) => void; heard: string[] }> {
  const socket = createSocket('udp4')
  sockets.push(socket)
  const heard: string[] = []
  socket.on('message', (bytes) => heard.push(bytes.toString()))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { socket, heard, ask: (text) => socket.send(text, port, '127.0.0.1') }
}

test('a UDP socket outlives five primaries: every datagram is counted once and answered once', async () => {
  const { scene, run, port } = await startFaulty(GUEST, {})
  scenes.push(scene)
  await run.printed(new RegExp(`^up ${port} true$`, 'm'))
  const { socket, heard, ask } = await openClient(port)
  let asked = 0
  const next = (): void => ask(`datagram ${++asked}`)
  socket.on('message', (bytes) => {
    if (!bytes.toString().startsWith('again')) next()
  })
  next()
  for (let kill = 1; kill <= KILLS; kill++) {
    const { replicas, primary } = await scene.statusWhen(
      (status) => status.replicas.filter(({ state }) => state === 'ready').length === 3,
    )
    await sleep(Math.random() * 50)
    process.kill(replicas.find(({ id }) => id === primary)?.pid as number, 'SIGKILL')
    await scene.statusWhen(({ failoverCount }) => failoverCount === kill)
  }
  const before = asked
  await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(before + 10)
  socket.removeAllListeners('message')
  const answers = heard.filter((text) => !text.startsWith('again'))
  expect(answers).toEqual(answers.map((_, at) => `${at + 1} datagram ${at + 1}`))
  const again = heard.filter((text) => text.startsWith('again'))
  expect(again).toEqual(again.map((_, at) => `again ${2 * at + 2} datagram ${2 * at + 2}`))
  expect(again.length).toBeGreaterThan(answers.length / 2 - 5)
})

test('a taken port, an address of another host, and too long a datagram: what plain Node says', async () => {
  const taken = createSocket('udp4')
  sockets.push(taken)
  taken.bind(0, '127.0.0.1')
  await once(taken, 'listening')
  const guest = `
    const { createSocket } = require('node:dgram')
    const told = []
    const tell = (text) => told.push(text) === 3 && console.log(told.sort().join(' '))
    for (const [port, address] of [[${taken.address().port}, '127.0.0.1'], [0, '192.0.2.1']]) {
      createSocket('udp4').on('error', ({ code, syscall }) => tell(syscall + code)).bind(port, address)
    }
    createSocket('udp4').send(Buffer.alloc(70000), 9, '127.0.0.1', ({ code }) => tell(code))
    require('node:net').createServer().listen(Number(process.argv[2]), '127.0.0.1')
  `
  const { scene, run } = await startFaulty(guest, {})
  scenes.push(scene)
  const told = /^EMSGSIZE bindEADDRINUSE bindEADDRNOTAVAIL$/m
  await run.printed(told)
  expect(run.stdout).toMatch(told)
})
