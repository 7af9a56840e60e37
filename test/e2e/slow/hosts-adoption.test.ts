import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { GroupStatus } from '../../../src/admin/index.js'
import type { Run } from '../command-run.js'
import { Hosts, hostsMissing } from '../harness/hosts.js'

/** Counts what it is asked; says what becomes of the connections that it makes, of files, and of child processes. */
const PROGRAM = `
const fs = require('node:fs')
let total = 0
const said = []
const file = fs.openSync('log.txt', 'w')
const child = require('node:child_process').spawn('sleep', ['1000'])
child.on('exit', (code, signal) => said.push('child ' + (code ?? signal)))
const socket = require('node:dgram').createSocket('udp4')
socket.on('error', (error) => said.push('udp ' + error.code))
socket.on('message', (_, from) => socket.send('pong ' + total, from.port, from.address))
socket.bind(3001)
require('node:net').createServer((socket) => {
  socket.on('error', (error) => said.push('client ' + error.code))
  socket.on('data', () => socket.write(++total + '\\n'))
}).listen(3000, () => console.log('up'))
require('node:http').createServer((_, response) => {
  try {
    fs.writeSync(file, 'x')
    said.push('file written')
  } catch (error) {
    said.push('file ' + error.code)
  }
  fs.writeFile('log2.txt', 'y', (error) => response.end(JSON.stringify([...said, 'new file ' + (error?.code ?? 'written')])))
}).listen(3002)
`

const [STANDBY, GATEWAY] = [4, 5]

/**
 * Asks one thing after the other, of the first address that answers; the numbers that it gets only rise, by one, or by
 * two where an answer was lost with its connection.
 */
const client = (addresses: readonly string[]): string => `
let last = 0, at = 0, slack = 0
const addresses = ${JSON.stringify(addresses)}
function connect() {
  const socket = require('node:net').connect({ port: 3000, host: addresses[at++ % addresses.length], timeout: 500 })
  socket.on('connect', () => socket.write('x'))
  socket.on('timeout', () => socket.destroy())
  socket.on('error', () => {})
  socket.on('close', () => { slack = 1; setTimeout(connect, 50) })
  socket.setEncoding('utf8').on('data', (text) => {
    const number = Number(text)
    if (number <= last || number > last + 1 + slack) console.log('wrong: ' + number + ' after ' + last)
    last = number
    slack = 0
    setTimeout(() => socket.write('x'), 2)
  })
}
connect()
setInterval(() => console.log('answered ' + last), 50)
`

const readyOf = ({ replicas }: GroupStatus): number => replicas.filter(({ state }) => state === 'ready').length
const missing = hostsMissing()
if (missing !== undefined) console.log(`hosts-adoption.test.ts is skipped: ${missing}`)

describe.skipIf(missing !== undefined)('the gateway of a group on several hosts is lost', () => {
  let hosts: Hosts | undefined
  afterEach(async () => {
    await hosts?.close()
    hosts = undefined
  })

  interface Group {
    readonly net: Hosts
    readonly gateway: Run
    readonly agents: readonly Run[]
    readonly asking: Run
    readonly answered: () => number
    /** Resolves when the client has got more answers, all of them right. */
    readonly goesOn: () => Promise<void>
  }

  async function start(): Promise<Group> {
    const net = new Hosts(GATEWAY, PROGRAM)
    hosts = net
    const agents = [1, 2, 3].map((host) => net.replica(host))
    const gateway = net.gateway('-r', '3', '--host-silence-ms', '2000')
    await gateway.printed(/^up$/m)
    await net.statusWhen((status) => readyOf(status) === 3 && status.gateway.listeners.length === 2)
    const asking = net.script(client([GATEWAY, STANDBY, 1, 2].map((host) => net.address(host))), 1)
    const answered = (): number => Number(/answered (\d+)\n$/.exec(asking.stdout)?.[1] ?? 0)
    const goesOn = async (): Promise<void> => {
      const [before, deadline] = [answered(), performance.now() + 30_000]
      while (answered() < before + 50 && performance.now() < deadline) await sleep(20)
      expect(answered(), asking.stdout.slice(-200)).toBeGreaterThanOrEqual(before + 50)
      expect(asking.stdout).not.toContain('wrong')
    }
    await goesOn()
    return { net, gateway, agents, asking, answered, goesOn }
  }

  const standby = async (net: Hosts, host: number = STANDBY): Promise<Run> => {
    const run = net.standby(host, '-r', '3', '--host-silence-ms', '2000')
    await run.printed(/LLFT_W_NET_STANDBY/)
    return run
  }

  test('its whole host: a standby on another host adopts the replicas, and the program has its memory', async () => {
    const { net, agents, answered, goesOn } = await start()
    const next = await standby(net)
    await goesOn()
    expect(next.stdout).toBe('')
    const before = answered()
    net.kill(GATEWAY)
    const status = await net.statusWhen((each) => readyOf(each) === 3, STANDBY)
    await goesOn()
    expect(answered()).toBeGreaterThan(before)
    expect(next.stderr).toContain('LLFT_W_NET_ADOPTED_UNFENCED')
    expect(status.events.map(({ kind }) => kind)).toEqual(['gateway-lost', 'adopted'])
    for (const { child } of agents) expect([child.exitCode, child.signalCode]).toEqual([null, null])
  })
})
