import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { GroupStatus, SnapshotResult } from '../../../src/admin/index.js'
import { WITHOUT_NAMESPACES } from '../../namespaces/lan.js'
import type { Run } from '../command-run.js'
import { Hosts } from '../harness/hosts.js'
import { RisingClient } from '../harness/rising-client.js'

/** Counts what it is asked, and keeps the count over snapshots. */
const PROGRAM = `
const { snapshot } = require(${JSON.stringify(createRequire(import.meta.url).resolve('llft/app'))})
let total = 0
let declines = false
snapshot({ save: () => (declines ? undefined : total), restore: (saved) => { total = saved } })
require('node:net').createServer((socket) => {
  socket.on('error', () => {})
  socket.setEncoding('utf8').on('data', (text) => {
    if (text === 'x') socket.write(++total + '\\n')
    else declines = text === 'not now'
  })
}).listen(3000, () => console.log('up'))
`
const [STANDBY, GATEWAY] = [4, 5]
const HOSTS = [1, 2, 3]

const readyOf = ({ replicas }: GroupStatus): number => replicas.filter(({ state }) => state === 'ready').length
const isWhole = (status: GroupStatus): boolean => readyOf(status) === HOSTS.length

describe.skipIf(WITHOUT_NAMESPACES !== '')(`a snapshot of a group on several hosts${WITHOUT_NAMESPACES}`, () => {
  let hosts: Hosts | undefined
  afterEach(async () => {
    await hosts?.close()
    hosts = undefined
  })

  interface Group {
    readonly net: Hosts
    readonly agents: readonly Run[]
    readonly asking: Run
    /** Resolves when the client has got more answers, all of them right. */
    readonly goesOn: () => Promise<void>
  }

  async function start(...options: readonly string[]): Promise<Group> {
    const net = new Hosts(GATEWAY, PROGRAM)
    hosts = net
    const agents = HOSTS.map((host) => net.replica(host))
    const gateway = net.gateway('-r', '3', '--host-silence-ms', '2000', ...options)
    await gateway.printed(/^up$/m)
    await net.statusWhen((status) => isWhole(status) && status.gateway.listeners.length === 1)
    const addresses = [GATEWAY, STANDBY].map((host) => net.address(host))
    const client = new RisingClient(net, STANDBY, addresses)
    const { asking } = client
    const goesOn = (): Promise<void> => client.goesOn()
    await goesOn()
    return { net, agents, asking, goesOn }
  }

  async function take(net: Hosts): Promise<SnapshotResult> {
    const run = await net.llft('snapshot', '--json')
    expect([run.stderr, await run.code()]).toEqual(['', 0])
    return JSON.parse(run.stdout) as SnapshotResult
  }

  /** Replicas of generations that are over have ended: each host has one. */
  async function oneOnEach(net: Hosts): Promise<void> {
    const deadline = performance.now() + 20_000
    const count = (host: number): number => replicasOn(net, [host]).length
    while (HOSTS.some((host) => count(host) !== 1) && performance.now() < deadline) await sleep(50)
    expect(HOSTS.map(count)).toEqual([1, 1, 1])
  }

  test('connections go on; who dies after it is replaced; a host that was away comes into the present', async () => {
    const { net, asking, goesOn } = await start()
    const first = await take(net)
    expect(first).toMatchObject({ generation: 2, streams: 1, replicas: ['r4', 'r5', 'r6'] })
    await goesOn()
    await oneOnEach(net)
    await net.llft('kill', 'primary')
    await net.statusWhen((status) => status.failoverCount === 1 && isWhole(status))
    await goesOn()
    // Away while the program moves on: what it still runs is of the past.
    const status = await net.statusWhen(isWhole)
    const away = net.hostOf(status, status.replicas.find(({ role }) => role === 'backup')?.id ?? '')
    net.cut(away)
    await net.statusWhen((each) => readyOf(each) === 2)
    const second = await take(net)
    expect(second).toMatchObject({ generation: 3, streams: 1 })
    expect(second.replicas).toHaveLength(2)
    net.heal(away)
    const after = await net.statusWhen(isWhole)
    expect(after).toMatchObject({ generation: 3, wanted: 3 })
    await oneOnEach(net)
    await goesOn()
    // It has never had to connect again.
    expect(asking.stdout).not.toContain('closed')
  })

  test('one that is declined leaves nothing behind, though its replicas die; the next can be taken', async () => {
    const { net, goesOn } = await start()
    const say = (text: string): string => `require('node:net').connect(3000, '${net.address(GATEWAY)}').end('${text}')`
    expect(await net.script(say('not now')).code()).toBe(0)
    const old = new Set(replicasOn(net))
    const taking = net.llft('snapshot')
    const fresh = await newOn(net, old)
    process.kill(fresh, 'SIGKILL')
    const run = await taking
    expect(run.stderr).toContain('save() said not now')
    await oneOnEach(net)
    expect(new Set(replicasOn(net))).toEqual(old)
    expect(await net.statusWhen(isWhole)).toMatchObject({ generation: 1, failoverCount: 0 })
    await goesOn()
    expect(await net.script(say('again')).code()).toBe(0)
    expect(await take(net)).toMatchObject({ generation: 2 })
    await oneOnEach(net)
    await goesOn()
  })

  test.each([
    ['starts', /founded/, 0],
    ['is about to take over', /founded[^]*founded/, 30],
    ['has taken over', /founded[^]*founded/, 500],
  ])('the gateway’s host is lost when the next generation %s: clients have one story', async (_, said, afterMs) => {
    const { net, agents, goesOn } = await start()
    const standby = net.standby(STANDBY, '-r', '3', '--host-silence-ms', '2000')
    await standby.printed(/LLFT_W_NET_STANDBY/)
    const old = new Set(replicasOn(net))
    const taking = net.llft('snapshot')
    await newOn(net, old)
    await agents[0]?.printed(said)
    await sleep(afterMs)
    net.kill(GATEWAY)
    await taking
    const { generation } = await net.statusWhen(isWhole, STANDBY)
    await goesOn()
    await oneOnEach(net)
    // The next one counts from the generation that was adopted.
    const run = await net.llftAt(STANDBY, 'snapshot', '--json')
    expect(JSON.parse(run.stdout), run.stderr).toMatchObject({ generation: generation + 1 })
    await goesOn()
    await oneOnEach(net)
  })
})

/** The processes of the program; not those of the hosts that run it. */
function replicasOn(net: Hosts, hosts: readonly number[] = HOSTS): readonly number[] {
  return hosts.flatMap((host) => net.pids(host)).filter((pid) => isProgram(commandOf(pid)))
}

const isProgram = (command: string): boolean => command.includes('server.cjs') && !command.includes('\0replica\0')

/** One that was not there before. */
async function newOn(net: Hosts, old: ReadonlySet<number>): Promise<number> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; await sleep(5)) {
    const fresh = replicasOn(net).find((pid) => !old.has(pid))
    if (fresh !== undefined) return fresh
  }
  throw new Error('no replica has started')
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // It has ended.
    return ''
  }
}
