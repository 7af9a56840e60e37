import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { GroupStatus } from '../../src/admin/index.js'
import type { Run } from './command-run.js'
import { WITHOUT_NAMESPACES } from '../namespaces/lan.js'
import { Hosts } from './harness/hosts.js'

/** Numbers every line it gets, over all connections. */
const PROGRAM = `
let total = 0
require('node:net').createServer((socket) => {
  let rest = ''
  socket.on('error', () => {})
  socket.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\\n')
    rest = lines.pop()
    for (const line of lines) socket.write(line + ' ' + ++total + '\\n')
  })
}).listen(3000, process.argv[2], () => console.log('up'))
`

/** One connection that asks all the time and says what is wrong; prints how many were answered. */
const client = (address: string): string => `
const socket = require('node:net').connect(3000, ${JSON.stringify(address)})
let [asked, answered, rest] = [0, 0, '']
const ask = () => socket.write(++asked + '\\n')
socket.on('close', () => { console.log('closed'); process.exit(1) }).on('error', (error) => console.log(String(error)))
socket.setEncoding('utf8').on('data', (text) => {
  const lines = (rest + text).split('\\n')
  rest = lines.pop()
  for (const line of lines) {
    const number = String(++answered)
    if (line !== number + ' ' + number) console.log('wrong: ' + line + ' instead of ' + number)
    setTimeout(ask, 2)
  }
})
ask()
setInterval(() => console.log('answered ' + answered), 100)
`

const readyOf = ({ replicas }: GroupStatus): number => replicas.filter(({ state }) => state === 'ready').length

describe.skipIf(WITHOUT_NAMESPACES !== '')(`a group on several hosts${WITHOUT_NAMESPACES}`, () => {
  let hosts: Hosts | undefined
  afterEach(async () => {
    await hosts?.close()
    hosts = undefined
  })

  interface Group {
    readonly hosts: Hosts
    readonly gateway: Run
    readonly agents: readonly Run[]
    readonly client: Run
    /** Resolves when the client has got many more answers, all of them right. */
    readonly goesOn: () => Promise<void>
  }

  async function start(): Promise<Group> {
    const made = new Hosts(4, PROGRAM)
    hosts = made
    const agents = [1, 2, 3].map((host) => made.replica(host))
    // Far above what a busy machine keeps a process from running; what is measured here is not time.
    const gateway = made.gateway('--host-silence-ms', '3000')
    await gateway.printed(/^up$/m)
    await made.statusWhen((status) => readyOf(status) === 3 && status.gateway.listeners.length === 1)
    const asking = made.script(client(made.address(4)))
    const answered = (): number => Number(/answered (\d+)\n$/.exec(asking.stdout)?.[1] ?? 0)
    const goesOn = async (): Promise<void> => {
      const [before, deadline] = [answered(), performance.now() + 20_000]
      while (answered() < before + 50) {
        if (performance.now() > deadline)
          throw new Error(`${asking.stdout.slice(-300)}\n${gateway.stderr.slice(-3000)}`)
        await sleep(20)
      }
      expect(asking.stdout).not.toMatch(/wrong|closed|Error/)
    }
    await goesOn()
    return { hosts: made, gateway, agents, client: asking, goesOn }
  }

  test('the host of the primary is gone: another leads, clients go on; it comes back, and joins', async () => {
    const { hosts: net, gateway, goesOn } = await start()
    const before = await net.statusWhen(() => true)
    expect(before.detection.hostMs).toBe(3050)
    const lost = net.hostOf(before, before.primary)
    net.kill(lost)
    const status = await net.statusWhen(({ failoverCount }) => failoverCount === 1)
    await goesOn()
    expect(status.primary).not.toBe(before.primary)
    expect(status.failovers[0]?.cause).toContain(`its host ${net.address(lost)} say nothing any more`)
    expect(status.failovers[0]?.phases.silenceMs).toBeGreaterThanOrEqual(3000)
    net.replica(lost)
    const whole = await net.statusWhen((each) => readyOf(each) === 3)
    expect(whole.events.at(-1)).toMatchObject({ kind: 'caught-up', cause: `on ${net.address(lost)}` })
    await goesOn()
    expect(gateway.stdout).toBe('up\n')
  })

  test.each([
    ['the link of the primary', 'cut', 'heal'],
    ['one direction of it', 'mute', 'unmute'],
  ] as const)('%s is cut: another leads; healed, the old one ends and comes back as a backup', async (_, cut, heal) => {
    const { hosts: net, goesOn } = await start()
    const before = await net.statusWhen(() => true)
    const lost = net.hostOf(before, before.primary)
    net[cut](lost)
    await net.statusWhen(({ failoverCount }) => failoverCount === 1)
    await goesOn()
    // It still runs there, and knows nothing; unless it hears that it was given up.
    if (cut === 'cut') expect(net.hostOf(before, before.primary)).toBe(lost)
    net[heal](lost)
    const status = await net.statusWhen((each) => readyOf(each) === 3)
    await goesOn()
    expect(status.replicas.every(({ id }) => id !== before.primary)).toBe(true)
    expect(() => net.hostOf(before, before.primary)).toThrow('no host has')
    expect(status.failoverCount).toBe(1)
  })

  test('the link of a backup is cut: clients notice nothing; what an operator wants reaches other hosts', async () => {
    const { hosts: net, goesOn } = await start()
    const before = await net.statusWhen(() => true)
    const backup = before.replicas.find(({ role }) => role === 'backup')?.id as string
    const lost = net.hostOf(before, backup)
    net.cut(lost)
    await net.statusWhen((status) => readyOf(status) === 2)
    await goesOn()
    net.heal(lost)
    await net.statusWhen((status) => readyOf(status) === 3)
    expect((await net.llft('failover', '--json')).stdout).toContain(`"from":"${before.primary}"`)
    await goesOn()
    const switched = await net.statusWhen((status) => readyOf(status) === 3)
    expect(switched.failoverCount).toBe(1)
    await net.llft('kill', 'primary')
    const killed = await net.statusWhen((status) => readyOf(status) === 3 && status.failoverCount === 2)
    await goesOn()
    const leaving = killed.replicas.find(({ role }) => role === 'backup')?.id as string
    expect((await net.llft('remove', leaving)).stdout).toContain('2 replicas are wanted')
    await net.statusWhen(({ replicas }) => replicas.length === 2)
    await goesOn()
    expect((await net.llft('add')).stderr).toContain('LLFT_E_ADMIN_ELSEWHERE')
  })

  test('a second gateway rules nobody; the program ends everywhere', async () => {
    const { hosts: net, gateway, agents, goesOn } = await start()
    const second = net.second()
    await sleep(3000)
    await goesOn()
    expect(second.stdout).toBe('')
    second.child.kill('SIGTERM')
    expect(await second.code()).toBe(143)
    await goesOn()
    gateway.child.kill('SIGTERM')
    expect(await gateway.code()).toBe(143)
    for (const agent of agents) expect(await agent.code()).toBe(143)
  })
})
