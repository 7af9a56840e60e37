import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { GroupStatus } from '../../../src/admin/index.js'
import { etcdOn, WITHOUT_ETCD } from '../harness/etcd.js'
import { WITHOUT_NAMESPACES } from '../../namespaces/lan.js'
import { Hosts } from '../harness/hosts.js'

const PROGRAM = `
let total = 0
require('node:net').createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', () => socket.write(++total + '\\n'))
}).listen(3000, process.argv[2], () => console.log('up'))
`

/** Asks one thing after the other on one connection; each answer is the number of the question. */
const client = (address: string): string => `
const socket = require('node:net').connect(3000, ${JSON.stringify(address)})
let answered = 0
socket.on('close', () => { console.log('closed'); process.exit(1) }).on('error', (error) => console.log(String(error)))
socket.setEncoding('utf8').on('data', (text) => {
  if (text !== ++answered + '\\n') console.log('wrong: ' + text)
  setTimeout(() => socket.write('x'), 2)
})
socket.write('x')
setInterval(() => console.log('answered ' + answered), 50)
`

const WITHOUT = `${WITHOUT_NAMESPACES}${WITHOUT_ETCD}`

const [STORE, GATEWAY] = [4, 5]
const readyOf = ({ replicas }: GroupStatus): number => replicas.filter(({ state }) => state === 'ready').length

describe.skipIf(WITHOUT !== '')(`a gateway on both sides of a partition, and a lease over etcd${WITHOUT}`, () => {
  let hosts: Hosts | undefined
  afterEach(async () => {
    await hosts?.close()
    hosts = undefined
  })

  test('one side lets something out, or none; healed, who was cut off comes back as a backup', async () => {
    const net = new Hosts(GATEWAY, PROGRAM)
    hosts = net
    for (const host of [1, 2, 3]) net.replica(host)
    const options = [
      '--fencing',
      'lease',
      '--etcd',
      await etcdOn(net, STORE),
      '--lease-ttl-ms',
      '1000',
      '--host-silence-ms',
      '3000',
    ]
    const gateway = net.gateway('-r', '3', ...options)
    await gateway.printed(/^up$/m)
    await net.statusWhen((status) => readyOf(status) === 3 && status.gateway.listeners.length === 1)
    // Beside etcd, so that it could have the lease when the other one is cut off from there.
    const standby = net.standby(STORE, ...options)
    const asking = net.script(client(net.address(GATEWAY)))
    const answered = (): number => Number(/answered (\d+)\n$/.exec(asking.stdout)?.[1] ?? 0)
    const goesOn = async (): Promise<void> => {
      const [before, deadline] = [answered(), performance.now() + 20_000]
      while (answered() < before + 50 && performance.now() < deadline) await sleep(20)
      expect(answered()).toBeGreaterThanOrEqual(before + 50)
      expect(asking.stdout).not.toMatch(/wrong|closed|Error/)
    }
    await goesOn()

    // The store and the other gateway on one side, everything else on the other: nobody lets anything out.
    net.cut(STORE)
    await net.statusWhen(({ fencing }) => fencing?.state === 'ended')
    await sleep(200)
    const stood = answered()
    await sleep(1500)
    expect(answered()).toBe(stood)
    expect(standby.stdout).toBe('')
    net.heal(STORE)
    await goesOn()
    const held = await net.statusWhen(({ fencing }) => fencing?.state === 'held')
    expect(held.failoverCount).toBe(0)

    // The primary and the other gateway on one side: this one goes on with another primary, and alone.
    const lost = net.hostOf(held, held.primary)
    net.cut(lost)
    await net.statusWhen(({ failoverCount }) => failoverCount === 1)
    await goesOn()
    net.heal(lost)
    const whole = await net.statusWhen((status) => readyOf(status) === 3)
    expect(whole.replicas.every(({ id }) => id !== held.primary)).toBe(true)
    expect(whole.events.at(-1)).toMatchObject({ kind: 'caught-up', cause: `on ${net.address(lost)}` })
    await goesOn()
    expect(standby.stdout).toBe('')
  })
})
