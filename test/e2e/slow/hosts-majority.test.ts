import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { GroupStatus } from '../../../src/admin/index.js'
import { WITHOUT_NAMESPACES as WITHOUT } from '../../namespaces/lan.js'
import type { Run } from '../command-run.js'
import { Hosts } from '../harness/hosts.js'

const PROGRAM = `
let total = 0
require('node:net').createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', () => socket.write(++total + '\\n'))
}).listen(3000, () => console.log('up'))
`

/**
 * Asks one thing after the other of one address; the numbers that it gets only rise, by one, and one more for each
 * connection with which an answer may be lost.
 */
const client = (address: string): string => `
const net = require('node:net')
let [answered, last, doubtful] = [0, 0, 0]
const connect = () => {
  const socket = net.connect(3000, ${JSON.stringify(address)})
  let text = ''
  socket.on('error', () => {})
  socket.on('connect', () => socket.write('x'))
  socket.on('close', () => { doubtful++; setTimeout(connect, 100) })
  socket.setEncoding('utf8').on('data', (more) => {
    for (const line of (text += more).split('\\n').slice(0, -1)) {
      const number = Number(line)
      if (last > 0 && (number <= last || number > last + 1 + doubtful)) console.log('wrong: ' + line)
      last = number
      doubtful = 0
      answered++
      setTimeout(() => socket.write('x'), 2)
    }
    text = text.slice(text.lastIndexOf('\\n') + 1)
  })
}
connect()
setInterval(() => console.log('answered ' + answered), 50)
`

const [STANDBY, GATEWAY] = [4, 5]
const TTL_MS = 1000
const FENCING = ['--fencing', 'majority', '--lease-ttl-ms', String(TTL_MS)]
const readyOf = ({ replicas }: GroupStatus): number => replicas.filter(({ state }) => state === 'ready').length

describe.skipIf(WITHOUT !== '')(`a lease that a majority of five parts grants${WITHOUT}`, () => {
  let hosts: Hosts | undefined
  afterEach(async () => {
    await hosts?.close()
    hosts = undefined
  })

  interface Asking {
    readonly answered: () => number
    readonly goesOn: () => Promise<void>
  }

  function ask(net: Hosts, from: number, of: number): Asking {
    const asking = net.script(client(net.address(of)), from)
    const answered = (): number => Number(/answered (\d+)\n$/.exec(asking.stdout)?.[1] ?? 0)
    const goesOn = async (): Promise<void> => {
      const [before, deadline] = [answered(), performance.now() + 20_000]
      while (answered() < before + 50 && performance.now() < deadline) await sleep(20)
      expect(answered(), said(net)).toBeGreaterThanOrEqual(before + 50)
      expect(asking.stdout).not.toContain('wrong')
    }
    return { answered, goesOn }
  }

  const said = (net: Hosts): string => net.runs.map(({ stdout, stderr }) => `${stdout.slice(-200)}${stderr}`).join('\n')

  interface Group {
    readonly net: Hosts
    readonly gateway: Run
    readonly standby: Run
    readonly asking: Asking
  }

  async function start(hostSilenceMs: number): Promise<Group> {
    const options = ['-r', '3', '--host-silence-ms', String(hostSilenceMs), ...FENCING]
    const net = new Hosts(GATEWAY, PROGRAM)
    hosts = net
    for (const host of [1, 2, 3]) net.replica(host)
    const gateway = net.gateway(...options)
    await gateway.printed(/^up$/m)
    await net.statusWhen((status) => readyOf(status) === 3 && status.gateway.listeners.length === 1)
    const standby = net.standby(STANDBY, ...options)
    const asking = ask(net, GATEWAY, GATEWAY)
    await asking.goesOn()
    await standby.printed(/LLFT_W_NET_STANDBY/)
    return { net, gateway, standby, asking }
  }

  test('goes on without one part, lets nothing out without a majority, and goes on when it is back', async () => {
    const { net, gateway, standby, asking } = await start(1500)
    const whole = await net.statusWhen(({ fencing }) => fencing?.voters?.answered === 5)
    expect(whole.fencing).toMatchObject({ kind: 'majority', store: 'a majority of 5 parts', state: 'held' })
    const backups = [1, 2, 3].filter((host) => host !== net.hostOf(whole, whole.primary))

    const [first = 0, second = 0] = backups
    net.cut(first)
    await net.statusWhen(({ fencing }) => fencing?.voters?.answered === 4)
    await sleep(2 * TTL_MS)
    await asking.goesOn()

    net.cut(second)
    net.cut(STANDBY)
    const ended = await net.statusWhen(({ fencing }) => fencing?.state === 'ended')
    expect(ended.fencing?.voters?.answered).toBe(2)
    await sleep(200)
    const stood = asking.answered()
    await sleep(TTL_MS)
    expect(asking.answered()).toBe(stood)
    expect(gateway.stderr).toContain('LLFT_W_FENCED')

    for (const host of [first, second, STANDBY]) net.heal(host)
    await net.statusWhen(({ fencing }) => fencing?.state === 'held')
    await asking.goesOn()
    expect(standby.stdout).toBe('')
    expect(gateway.child.exitCode).toBe(null)
  })

  test('passes to a standby when the gateway is cut off, which lets nothing more out, and ends in time', async () => {
    const { net, gateway, standby, asking } = await start(30_000)
    const next = ask(net, STANDBY, STANDBY)
    net.cut(GATEWAY)
    // Its own clients reach it, and get nothing once its lease has ended.
    await net.statusWhen(({ fencing }) => fencing?.state === 'ended')
    await sleep(200)
    const stood = asking.answered()
    await net.statusWhen((status) => readyOf(status) === 3 && status.fencing?.state === 'held', STANDBY)
    await next.goesOn()
    expect(asking.answered()).toBe(stood)
    expect(standby.stderr).toMatch(/LLFT_W_NET_ADOPTED {2}/)
    net.heal(GATEWAY)
    expect(await gateway.code()).toBe(5)
    expect(gateway.stderr).toMatch(/LLFT_E_NET_SUPERSEDED|LLFT_E_FENCING_LOST/)
    await next.goesOn()
  })
})
