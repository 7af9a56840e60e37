import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { GroupStatus } from '../../../src/admin/index.js'
import type { Run } from '../command-run.js'
import { etcdOn, WITHOUT_ETCD } from '../harness/etcd.js'
import { WITHOUT_NAMESPACES as WITHOUT } from '../../namespaces/lan.js'
import { Hosts } from '../harness/hosts.js'
import { RisingClient } from '../harness/rising-client.js'

/** Counts what it is asked; says what becomes of the connections that it makes, of files, and of child processes. */
const program = (udp: boolean): string => `
const UDP = ${udp}
const fs = require('node:fs')
let total = 0
const said = []
const file = fs.openSync('log.txt', 'w')
const child = require('node:child_process').spawn('sleep', ['1000'])
child.on('exit', (code, signal) => said.push('child ' + (code ?? signal)))
if (UDP) {
  const socket = require('node:dgram').createSocket('udp4')
  socket.on('error', (error) => said.push('udp ' + error.code))
  socket.on('message', (_, from) => socket.send('pong ' + total, from.port, from.address))
  socket.bind(3001)
}
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
  fs.writeFile('log2.txt', 'y', (error) => {
    said.push('new file ' + (error?.code ?? 'written'))
    response.end(JSON.stringify(said))
  })
}).listen(3002)
`

const [STANDBY, OTHER, GATEWAY] = [4, 5, 6]
const ETCD = `10.77.0.${OTHER}`

/** What the program says that it has heard, and whether its UDP socket answers. */
const ASKING = (address: string): string => `
const socket = require('node:dgram').createSocket('udp4')
require('node:http').get({ host: ${JSON.stringify(address)}, port: 3002 }, (response) => {
  let text = ''
  response.on('data', (bytes) => (text += bytes)).on('end', () => {
    const again = setInterval(() => socket.send('ping', 3001, ${JSON.stringify(address)}), 100)
    socket.on('message', (bytes) => {
      clearInterval(again)
      socket.close()
      console.log(JSON.stringify([...new Set(JSON.parse(text)), String(bytes).split(' ')[0]]))
    })
  })
})
`

const readyOf = ({ replicas }: GroupStatus): number => replicas.filter(({ state }) => state === 'ready').length
describe.skipIf(WITHOUT !== '')(`the gateway of a group on several hosts is lost${WITHOUT}`, () => {
  let hosts: Hosts | undefined
  afterEach(async () => {
    await hosts?.close()
    hosts = undefined
  })

  interface Group {
    readonly net: Hosts
    readonly gateway: Run
    readonly agents: readonly Run[]
    readonly answered: () => number
    /** Resolves when the client has got more answers, all of them right. */
    readonly goesOn: () => Promise<void>
  }

  async function start(hostSilenceMs = 2000, ...options: readonly string[]): Promise<Group> {
    const net = new Hosts(GATEWAY, program(!options.includes('acknowledged')))
    hosts = net
    if (options.includes('lease')) await etcdOn(net, OTHER)
    const agents = [1, 2, 3].map((host) => net.replica(host))
    const gateway = net.gateway('-r', '3', '--host-silence-ms', String(hostSilenceMs), ...options)
    await gateway.printed(/^up$/m)
    await net.statusWhen((status) => readyOf(status) === 3 && status.gateway.listeners.length === 2)
    const client = new RisingClient(
      net,
      STANDBY,
      [GATEWAY, STANDBY, OTHER].map((host) => net.address(host)),
    )
    const goesOn = (): Promise<void> => client.goesOn()
    await goesOn()
    return { net, gateway, agents, answered: () => client.answered, goesOn }
  }

  const standby = async (net: Hosts, host: number = STANDBY, ...options: readonly string[]): Promise<Run> => {
    const run = net.standby(host, '-r', '3', '--host-silence-ms', '2000', ...options)
    await run.printed(/LLFT_W_NET_STANDBY/)
    return run
  }

  test('its whole host: a standby adopts the replicas, and the program hears what was lost', async () => {
    const { net, agents, answered, goesOn } = await start()
    const next = await standby(net)
    await goesOn()
    expect(next.stdout).toBe('')
    const before = answered()
    net.kill(GATEWAY)
    await net.statusWhen((each) => readyOf(each) === 3, STANDBY)
    await goesOn()
    expect(answered()).toBeGreaterThan(before)
    expect(next.stderr).toContain('LLFT_W_NET_ADOPTED_UNFENCED')
    const heard = net.script(ASKING(net.address(STANDBY)), STANDBY)
    expect(await heard.code()).toBe(0)
    const said = JSON.parse(heard.stdout) as readonly string[]
    expect(said.toSorted()).toEqual(['child SIGKILL', 'client ECONNRESET', 'file EIO', 'new file written', 'pong'])
    // Its gateway may not have been up yet when the replicas were ready.
    const { events } = await net.statusWhen(() => true, STANDBY)
    expect(events.map(({ kind }) => kind)).toEqual(['gateway-lost', 'adopted', 'gateway-started'])
    for (const { child } of agents) expect([child.exitCode, child.signalCode]).toEqual([null, null])
  })

  test('its process, by SIGKILL: started again on the same host, it adopts the replicas', async () => {
    const { net, gateway, goesOn } = await start()
    gateway.child.kill('SIGKILL')
    const next = net.gateway('-r', '3', '--host-silence-ms', '2000')
    const status = await net.statusWhen((each) => readyOf(each) === 3)
    await goesOn()
    expect(next.stderr).toContain(`The gateway at ${net.address(GATEWAY)}:7702 is not heard`)
    // The group is whole: it survives what it survived before.
    net.kill(net.hostOf(status, status.primary))
    await net.statusWhen(({ failoverCount }) => failoverCount === 1)
    await goesOn()
  })

  test('its host together with the one of the primary, under `acknowledged`', async () => {
    const { net, goesOn } = await start(2000, '--commit', 'acknowledged')
    const before = await net.statusWhen(() => true)
    const next = await standby(net)
    const lost = net.hostOf(before, before.primary)
    net.kill(GATEWAY)
    net.kill(lost)
    await net.statusWhen((each) => readyOf(each) === 2, STANDBY)
    await goesOn()
    expect(next.stderr).toContain('adopted 2 replicas')
    net.replica(lost)
    await net.statusWhen((each) => readyOf(each) === 3, STANDBY)
    await goesOn()
  })

  test('two standbys: one adopts the replicas, the other stands by for it', async () => {
    const { net, goesOn } = await start()
    const nexts = [await standby(net), await standby(net, OTHER)]
    net.kill(GATEWAY)
    await goesOn()
    await sleep(2000)
    const adopted = nexts.map(({ stderr }) => stderr.includes('LLFT_W_NET_ADOPTED_UNFENCED'))
    expect(adopted.filter(Boolean)).toHaveLength(1)
    const [first, other] = adopted[0] ? [STANDBY, nexts[1]] : [OTHER, nexts[0]]
    await net.statusWhen((each) => readyOf(each) === 3, first)
    expect(other?.child.exitCode).toBe(null)
    expect(other?.stdout).toBe('')
  })

  test('it is cut off, and lives: when its link is back it learns that another one rules, and ends', async () => {
    // It does not give up its hosts meanwhile.
    const { net, gateway, agents, goesOn } = await start(60_000)
    await standby(net)
    net.cut(GATEWAY)
    await net.statusWhen((each) => readyOf(each) === 3, STANDBY)
    await goesOn()
    net.heal(GATEWAY)
    expect(await gateway.code()).toBe(5)
    expect(gateway.stderr).toContain(`LLFT_E_NET_SUPERSEDED  The gateway at ${net.address(STANDBY)}:7702 has adopted`)
    await goesOn()
    for (const { child } of agents) expect([child.exitCode, child.signalCode]).toEqual([null, null])
  })

  test('it is cut off from all hosts for long: it ends, and they keep their replicas', async () => {
    const { net, gateway, agents, goesOn } = await start(500)
    net.cut(GATEWAY)
    expect(await gateway.code()).toBe(5)
    expect(gateway.stderr).toContain('LLFT_E_NET_CUT_OFF')
    net.heal(GATEWAY)
    net.gateway('-r', '3', '--host-silence-ms', '2000')
    await net.statusWhen((each) => readyOf(each) === 3)
    await goesOn()
    for (const { child } of agents) expect([child.exitCode, child.signalCode]).toEqual([null, null])
  })

  test.skipIf(WITHOUT_ETCD !== '')(
    'under a lease the standby adopts once it has it; who had it learns so',
    async () => {
      const lease = ['--fencing', 'lease', '--etcd', `http://${ETCD}:2379`, '--lease-ttl-ms', '2000']
      const { net, gateway, agents, goesOn } = await start(60_000, ...lease)
      const next = await standby(net, STANDBY, ...lease)
      net.cut(GATEWAY)
      const status = await net.statusWhen((each) => readyOf(each) === 3, STANDBY)
      await goesOn()
      expect(status.fencing?.state).toBe('held')
      expect(next.stderr).toMatch(/LLFT_W_NET_ADOPTED {2}The gateway/)
      net.heal(GATEWAY)
      expect(await gateway.code()).toBe(5)
      expect(gateway.stderr).toMatch(/LLFT_E_NET_SUPERSEDED|LLFT_E_FENCING_LOST/)
      await goesOn()
      for (const { child } of agents) expect([child.exitCode, child.signalCode]).toEqual([null, null])
    },
  )
})
