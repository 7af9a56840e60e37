import { afterEach, describe, expect, test } from 'vitest'
import type { GroupStatus } from '../../../src/admin/index.js'
import { WITHOUT_NAMESPACES } from '../../namespaces/lan.js'
import { Hosts } from '../harness/hosts.js'

/** Counts the bytes that it gets, over all connections. */
const PROGRAM = `
let total = 0
require('node:net').createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', (bytes) => socket.write((total += bytes.length) + '\\n'))
}).listen(3000, process.argv[2], () => console.log('up'))
`
/** Prints `n right` when it has had n answers, each one more than the last. */
const client = (address: string): string => `
const socket = require('node:net').connect(3000, ${JSON.stringify(address)})
let answered = 0
socket.on('close', () => process.exit(1))
socket.setEncoding('utf8').on('data', (text) => {
  for (const line of text.trim().split('\\n')) if (Number(line) !== ++answered) console.log('wrong: ' + line)
  if (answered % 100 === 0) console.log(answered + ' right')
  setTimeout(() => socket.write('x'), 2)
})
socket.write('x')
`
/** Takes part in a multicast group and prints how much it has heard. */
const listener = (group: string, port: string, own: string): string => `
let heard = 0
const socket = require('node:dgram').createSocket({ type: 'udp4', reuseAddr: true })
socket.on('message', () => heard++)
socket.bind(${port}, '${group}', () => {
  socket.addMembership('${group}', '${own}')
  setInterval(() => console.log('heard ' + heard), 100)
})
`
const heardBy = (printed: string): string | undefined => /heard (\d+)\n$/.exec(printed)?.[1]
const GATEWAY = 3

const readyOf = ({ replicas }: GroupStatus): number => replicas.filter(({ state }) => state === 'ready').length

describe.skipIf(WITHOUT_NAMESPACES !== '')(`hosts that find each other by multicast${WITHOUT_NAMESPACES}`, () => {
  let hosts: Hosts | undefined
  afterEach(async () => {
    await hosts?.close()
    hosts = undefined
  })

  test('are a group without a list; one that was cut off is found again', async () => {
    const net = new Hosts(GATEWAY, PROGRAM, 'multicast:239.77.9.9:7799')
    hosts = net
    for (const host of [1, 2]) net.replica(host)
    const gateway = net.gateway('--host-silence-ms', '3000')
    await gateway.printed(/^up$/m)
    // Two, and no lease.
    expect(gateway.stderr).toContain('LLFT_W_NO_FENCING')
    const before = await net.statusWhen((status) => readyOf(status) === 2)
    expect(before.transport?.why).toContain('for Ethernet')
    const lost = net.hostOf(before, before.primary)
    net.cut(lost)
    await net.statusWhen(({ failoverCount }) => failoverCount === 1)
    net.heal(lost)
    const whole = await net.statusWhen((status) => readyOf(status) === 2)
    expect(whole.replicas.every(({ id }) => id !== before.primary)).toBe(true)
  })

  test('speak to several by multicast as well, and go on by one where the network drops it', async () => {
    const net = new Hosts(GATEWAY + 1, PROGRAM, 'multicast:239.77.9.9:7799')
    hosts = net
    for (const host of [1, 2, 3]) net.replica(host)
    await net.gateway('--host-silence-ms', '3000', '--transport', 'auto').printed(/^up$/m)
    const before = await net.statusWhen((status) => readyOf(status) === 3)
    expect(before.transport?.used).toBe('multicast')
    const [, group = '', port = ''] = /^([\d.]+):(\d+), several hosts/.exec(before.transport?.why ?? '') ?? []
    const ear = net.script(listener(group, port, net.address(1)), 1)
    const asking = net.script(client(net.address(GATEWAY + 1)))
    await asking.printed(/^100 right$/m)
    await ear.printed(/^heard [1-9]\d+$/m)
    net.dropMulticast()
    // Over once it prints the same twice: what the kernel had by then has come.
    await ear.printed(/^heard (\d+)\nheard \1\n$/m)
    const heard = heardBy(ear.stdout)
    await asking.printed(/^300 right$/m)
    net.kill(net.hostOf(before, before.primary))
    await net.statusWhen(({ failoverCount }) => failoverCount === 1)
    await asking.printed(/^600 right$/m)
    expect(asking.stdout).not.toContain('wrong')
    expect(heardBy(ear.stdout)).toBe(heard)
  })
})
