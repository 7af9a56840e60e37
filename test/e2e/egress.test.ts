import { once } from 'node:events'
import { createServer as createHttpServer, request } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { freePort, Scene } from './command-run.js'

const scenes: Scene[] = []
const servers: Server[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
  for (const server of servers.splice(0)) server.close()
})

/** Answers each request with what three other servers say: over one connection, over `fetch`, and about a name. */
const PROGRAM = `
const { createServer } = require('node:http')
const { connect } = require('node:net')
const { lookup } = require('node:dns')
const [, , port, counter, web] = process.argv.map(Number)
const waiting = []
let text = ''
connect(counter, '127.0.0.1').setEncoding('utf8').on('data', (data) => {
  const lines = (text + data).split('\\n')
  text = lines.pop()
  for (const line of lines) waiting.shift()(line)
}).on('connect', function () {
  this.on('error', (error) => console.log(error.code))
  const count = () => new Promise((resolve) => (waiting.push(resolve), this.write('more\\n')))
  const refused = () => new Promise((resolve) => connect(1, '127.0.0.1').on('error', (error) => resolve(error.code)))
  const nowhere = () => new Promise((resolve) => lookup('nosuch.invalid', (error) => resolve(error.syscall)))
  createServer(async (_, response) => {
    const fetched = await (await fetch('http://127.0.0.1:' + web)).text()
    response.end([await count(), fetched, await refused(), await nowhere()].join(' '))
  }).listen(port, '127.0.0.1', () => console.log('up'))
})
`

async function listening(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function get(port: number): Promise<string> {
  const [response] = await once(request({ port, host: '127.0.0.1', agent: false }).end(), 'response')
  let body = ''
  for await (const part of response) body += part
  return body
}

test('connections to other servers outlive kills of the primary, and each request reaches them once', async () => {
  let connections = 0
  let count = 0
  const counter = await listening(
    createServer((socket) => {
      connections++
      socket.on('error', () => {})
      socket.setEncoding('utf8').on('data', (text: string) => {
        for (const _ of text.matchAll(/\n/g)) socket.write(`${++count}\n`)
      })
    }),
  )
  let fetched = 0
  const web = await listening(createHttpServer((_, response) => response.end(`f${++fetched}`)))
  const scene = new Scene({ 'server.js': PROGRAM })
  scenes.push(scene)
  const port = await freePort()
  const run = scene.run('--', 'node', 'server.js', String(port), String(counter), String(web))
  await run.printed(/^up$/m)
  let asked = 0
  for (let round = 0; round < 4; round++) {
    for (let request = 0; request < 10; request++) {
      asked++
      expect(await get(port)).toBe(`${asked} f${asked} ECONNREFUSED getaddrinfo`)
      // In the middle of the next request, which goes on at the successor.
      if (request === 4 && round < 3) {
        asked++
        const answer = get(port)
        await scene.llft('kill', 'primary')
        expect(await answer).toBe(`${asked} f${asked} ECONNREFUSED getaddrinfo`)
      }
    }
    if (round < 3) {
      await scene.statusWhen(({ replicas }) => replicas.filter(({ state }) => state === 'ready').length === 3)
    }
  }
  expect(connections).toBe(1)
  expect(count).toBe(asked)
  expect(fetched).toBe(asked)
})

test('a server that goes, and a gateway that dies, are seen as they would be on plain Node', async () => {
  const sockets: { destroy(): void }[] = []
  const gone = await listening(createServer((socket) => void sockets.push(socket.on('error', () => {}))))
  const program = `
    const { connect } = require('node:net')
    const again = () => connect(Number(process.argv[2]), '127.0.0.1')
      .on('connect', () => console.log('connected'))
      .on('error', (error) => console.log(error.code))
      .on('close', () => (console.log('closed'), setTimeout(again, 200)))
    again()`
  const scene = new Scene({ 'client.js': program })
  scenes.push(scene)
  const run = scene.run('--', 'node', 'client.js', String(gone))
  await run.printed(/^connected$/m)
  sockets[0]?.destroy()
  await run.printed(/connected\nclosed\nconnected$/m)
  const { gateway } = await scene.status()
  process.kill(gateway.pid as number, 'SIGKILL')
  await run.printed(/ECONNRESET\nclosed\n(?:ECONNREFUSED\nclosed\n)*connected$/m)
  expect(run.stdout.match(/^connected$/gm)?.length).toBeGreaterThanOrEqual(3)
})
