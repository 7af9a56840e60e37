import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createSecureServer, createServer } from 'node:http2'
import type { ClientHttp2Session, Http2Server } from 'node:http2'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { freePort, Scene } from '../command-run.js'

const scenes: Scene[] = []
const servers: Http2Server[] = []
const sessions: ClientHttp2Session[] = []
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy()
  for (const scene of scenes.splice(0)) await scene.close()
  for (const server of servers.splice(0)) server.close()
})

const TLS = new URL('../../fixtures/tls/', import.meta.url)
const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(new URL(name, TLS), 'utf8')) as [string, string]

/** Larger than the windows of a stream and of a session, so that flow control stops what is sent. */
const UPLOAD_BYTES = 200_000
const STREAMS = 40
const ROUNDS = 3

/** Numbers its answers, which are as long as the uploads; says goodbye when it is to end. */
const SERVER = `
const http2 = require('node:http2')
const { readFileSync } = require('node:fs')
const [, , port, secure] = process.argv
const material = { key: readFileSync('key.pem'), cert: readFileSync('cert.pem'), allowHTTP1: true }
const server = secure === 'true' ? http2.createSecureServer(material) : http2.createServer()
const sessions = new Set()
let total = 0
server.on('session', (session) => sessions.add(session.on('close', () => sessions.delete(session))))
server.on('request', (request, response) => {
  const { alpnProtocol, encrypted } = request.stream?.session ?? {}
  const number = ++total
  let bytes = 0
  request.on('data', (chunk) => (bytes += chunk.length))
  request.on('end', () => setTimeout(() => {
    const seen = [alpnProtocol, encrypted, request.socket.remoteAddress].join(' ')
    response.writeHead(200, { 'x-number': number, 'x-seen': seen })
    response.end(Buffer.alloc(bytes, 'z'))
  }, number % 7))
})
process.on('SIGTERM', () => {
  server.close(() => console.log('closed after', total))
  for (const session of sessions) session.close()
})
server.listen(Number(port), '127.0.0.1', () => console.log('up'))
`

interface Answer {
  readonly number: number
  readonly seen: string
  readonly bytes: number
}

async function ask(session: ClientHttp2Session, bytes: number): Promise<Answer> {
  const stream = session.request({ ':method': 'POST', ':path': '/' })
  stream.end(Buffer.alloc(bytes, 'a'))
  const [headers] = (await once(stream, 'response')) as [Record<string, string>]
  let received = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) received += chunk.length
  return { number: Number(headers['x-number']), seen: String(headers['x-seen']), bytes: received }
}

async function killPrimary(scene: Scene): Promise<void> {
  const { primary, replicas } = await scene.statusWhen(
    ({ replicas }) => replicas.filter(({ state }) => state === 'ready').length === 3,
  )
  process.kill(replicas.find(({ id }) => id === primary)?.pid as number, 'SIGKILL')
}

describe('an HTTP/2 server', () => {
  test.each([false, true])('outlives kills of its primary with all its streams (TLS: %s)', async (secure) => {
    const scene = new Scene({ 'server.js': SERVER, 'key.pem': key, 'cert.pem': cert })
    scenes.push(scene)
    const port = await freePort()
    const run = scene.run('--', 'node', 'server.js', String(port), String(secure))
    await run.printed(/^up$/m)
    const session = connect(`${secure ? 'https' : 'http'}://localhost:${port}`, { ca: cert })
    sessions.push(session)
    const goaway = once(session, 'goaway')
    const numbers: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const answers = Array.from({ length: STREAMS }, async (_, at) => ask(session, at % 4 === 0 ? UPLOAD_BYTES : at))
      if (round < ROUNDS - 1) await killPrimary(scene)
      for (const [at, { number, seen, bytes }] of (await Promise.all(answers)).entries()) {
        expect(bytes).toBe(at % 4 === 0 ? UPLOAD_BYTES : at)
        expect(seen).toBe(secure ? 'h2 true 127.0.0.1' : 'h2c false 127.0.0.1')
        numbers.push(number)
      }
    }
    expect(numbers.toSorted((left, right) => left - right)).toEqual(numbers.map((_, at) => at + 1))
    if (secure) expect(await getOverHttp1(port)).toBe(String(STREAMS * ROUNDS + 1))
    run.child.kill('SIGTERM')
    await goaway
    await once(session, 'close')
    expect(await run.code()).toBe(0)
    expect(run.stdout).toContain(`closed after ${STREAMS * ROUNDS + Number(secure)}`)
  })
})

async function getOverHttp1(port: number): Promise<string> {
  const request = httpsRequest({ host: 'localhost', port, ca: cert, agent: false })
  const [response] = (await once(request.end(), 'response')) as [IncomingMessage]
  response.resume()
  return String(response.headers['x-number'])
}

/** Asks two other servers, over one session each, whatever it is asked. */
const CLIENT = `
const http = require('node:http')
const http2 = require('node:http2')
const { readFileSync } = require('node:fs')
const [, , port, clear, secure] = process.argv
const sessions = [
  http2.connect('http://127.0.0.1:' + clear),
  http2.connect('https://localhost:' + secure, { ca: readFileSync('cert.pem') }),
]
const connected = sessions.map((session) => new Promise((resolve) => session.once('connect', resolve)))
const ask = (session) => new Promise((resolve, reject) => {
  const stream = session.request({ ':method': 'POST' })
  let text = ''
  stream.on('error', reject).setEncoding('utf8').on('data', (part) => (text += part))
  const seen = () => [text.length, text.slice(-8), session.alpnProtocol, session.socket.remoteAddress].join(' ')
  stream.on('end', () => resolve(seen()))
  stream.end('a'.repeat(100000))
})
const ping = (session) => new Promise((resolve, reject) => {
  session.ping((error, ms) => error ? reject(error) : resolve(ms > 0))
})
const server = http.createServer(async (_, response) => {
  const pings = await Promise.all(sessions.map(ping))
  response.end(JSON.stringify([...await Promise.all(sessions.map(ask)), ...pings]))
})
void Promise.all(connected).then(() => server.listen(Number(port), '127.0.0.1', () => console.log('up')))
`

/** Counts what it is asked; each answer ends with the count. */
class Counting {
  sessions = 0
  asked = 0

  async listen(server: Http2Server): Promise<number> {
    servers.push(server)
    server.on('session', () => this.sessions++)
    server.on('stream', (stream) => {
      stream.on('error', () => {}).resume()
      stream.on('end', () => {
        stream.respond()
        stream.end(String(++this.asked).padStart(UPLOAD_BYTES))
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
}

async function get(port: number): Promise<unknown> {
  const [response] = (await once(httpRequest({ port, host: '127.0.0.1', agent: false }).end(), 'response')) as [
    IncomingMessage,
  ]
  let body = ''
  for await (const part of response) body += String(part)
  return JSON.parse(body)
}

test('sessions with other servers outlive kills of the primary, and each request reaches them once', async () => {
  const [clear, secure] = [new Counting(), new Counting()]
  const clearPort = await clear.listen(createServer())
  const securePort = await secure.listen(createSecureServer({ key, cert }))
  const scene = new Scene({ 'client.js': CLIENT, 'cert.pem': cert })
  scenes.push(scene)
  const port = await freePort()
  const run = scene.run('--', 'node', 'client.js', String(port), String(clearPort), String(securePort))
  await run.printed(/^up$/m)
  for (let asked = 1; asked <= 20; asked++) {
    const answer = get(port)
    if (asked % 10 === 5) await killPrimary(scene)
    const end = String(asked).padStart(8)
    expect(await answer.catch((error: unknown) => `${String(error)}, after: ${run.stdout}${run.stderr}`)).toEqual([
      `${UPLOAD_BYTES} ${end} h2c 127.0.0.1`,
      `${UPLOAD_BYTES} ${end} h2 127.0.0.1`,
      true,
      true,
    ])
  }
  expect([clear.sessions, secure.sessions, clear.asked, secure.asked]).toEqual([1, 1, 20, 20])
})
