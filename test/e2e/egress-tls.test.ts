import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { TLSSocket } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { freePort, Scene } from './command-run.js'

const scenes: Scene[] = []
const servers: Server[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
  for (const server of servers.splice(0)) server.close()
})

const TLS = new URL('../fixtures/tls/', import.meta.url)
const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(new URL(name, TLS), 'utf8')) as [string, string]

/** Asks another server by HTTPS in every way in which its certificate can be judged, and a third one by STARTTLS. */
const PROGRAM = `
const { createServer } = require('node:http')
const { readFileSync } = require('node:fs')
const https = require('node:https')
const { connect } = require('node:net')
const tls = require('node:tls')
const [, , port, web, line] = process.argv.map(Number)
const ca = readFileSync('cert.pem')
const agent = new https.Agent({ keepAlive: true, ca })
const get = (options) => new Promise((resolve) => {
  https.get({ host: 'localhost', port: web, ...options }, (response) => {
    const { socket } = response
    const seen = [socket.authorized, socket.getPeerCertificate().subject.CN, socket.getProtocol()]
    let body = ''
    response.setEncoding('utf8').on('data', (text) => (body += text))
    response.on('end', () => resolve([body, ...seen].join(' ')))
  }).on('error', (error) => resolve(error.code + ': ' + error.message))
})
const prepared = () => new Promise((resolve) => {
  const secureContext = tls.createSecureContext({ ca })
  tls.connect({ host: 'localhost', port: web, secureContext }).on('error', (error) => resolve(error.code))
})
const fetched = () => fetch('https://localhost:' + web).then(() => 'trusted', ({ cause }) => cause.code)
let upgraded
const raw = connect(line, '127.0.0.1').setEncoding('utf8')
raw.write('STARTTLS')
raw.once('data', () => {
  upgraded = tls.connect({ socket: raw, ca, servername: 'localhost' }).setEncoding('utf8')
  upgraded.once('secureConnect', () => {
    createServer(async (_, response) => {
      const waits = new Promise((resolve) => upgraded.once('data', resolve))
      upgraded.write('more')
      response.end(JSON.stringify([
        await get({ agent }),
        await get({ agent: false }),
        await get({ agent: false, rejectUnauthorized: false }),
        await get({ agent: false, ca, servername: 'other.test' }),
        await fetched(),
        await prepared(),
        await waits,
      ]))
    }).listen(port, '127.0.0.1', () => console.log('up'))
  })
})
`

async function listening(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function get(port: number): Promise<string[]> {
  const [response] = await once(request({ port, host: '127.0.0.1', agent: false }).end(), 'response')
  let body = ''
  for await (const part of response) body += part
  return JSON.parse(body) as string[]
}

test('TLS to other servers is judged as on plain Node, and outlives kills of the primary', async () => {
  let requests = 0
  const secure = createHttpsServer({ key, cert }, (_, response) => response.end(`answer ${++requests}`))
  const web = await listening(secure)
  let lines = 0
  let upgrades = 0
  const line = await listening(
    createServer((raw) => {
      raw
        .on('error', () => {})
        .once('data', () => {
          raw.write('go on')
          upgrades++
          const upgraded = new TLSSocket(raw, { isServer: true, key, cert })
          upgraded.on('error', () => {}).on('data', () => upgraded.write(`line ${++lines}`))
        })
    }),
  )
  const port = await freePort()
  const scene = new Scene({ 'server.js': PROGRAM, 'cert.pem': cert })
  scenes.push(scene)
  const run = scene.run('--', 'node', 'server.js', String(port), String(web), String(line))
  await run.printed(/^up$/m)
  for (let round = 0; round < 3; round++) {
    expect(await get(port)).toEqual([
      `answer ${1 + 2 * round} true localhost TLSv1.3`,
      'DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate',
      `answer ${2 + 2 * round} false localhost TLSv1.3`,
      expect.stringMatching(/^ERR_TLS_CERT_ALTNAME_INVALID: Hostname\/IP does not match .*other\.test/),
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'LLFT_E_REFUSED_OUTBOUND',
      `line ${1 + round}`,
    ])
    await scene.llft('kill', 'primary')
    await scene.statusWhen(({ replicas }) => replicas.filter(({ state }) => state === 'ready').length === 3)
  }
  expect(requests).toBe(6)
  expect(upgrades).toBe(1)
})
