import { afterEach, describe, expect, test } from 'vitest'
import type { GroupStatus } from '../../../src/admin/index.js'
import { Hosts, hostsMissing } from '../harness/hosts.js'

const PROGRAM = `require('node:net').createServer(() => {}).listen(3000, process.argv[2], () => console.log('up'))`
const GATEWAY = 3

const missing = hostsMissing()
if (missing !== undefined) console.log(`hosts-multicast.test.ts is skipped: ${missing}`)

const readyOf = ({ replicas }: GroupStatus): number => replicas.filter(({ state }) => state === 'ready').length

describe.skipIf(missing !== undefined)('hosts that find each other by multicast', () => {
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
})
