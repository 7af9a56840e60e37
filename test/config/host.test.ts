import { describe, expect, test } from 'vitest'
import type { RunInput } from '../../src/config/index.js'
import { resolveGatewayOptions, resolveReplicaOptions } from '../../src/config/index.js'

const flags = { group: ['far'], advertise: ['10.0.0.1:7702'], peers: ['10.0.0.2:7702,10.0.0.3:7702', 'more:7702'] }

function input(more: Partial<RunInput> = {}): RunInput {
  return { command: ['node', 'server.js'], flags, env: {}, directoryName: 'folder', ...more }
}

describe('a part of a group on several hosts', () => {
  test('has its group, its own address and the others', () => {
    const options = resolveReplicaOptions(input())
    const peers = ['10.0.0.2', '10.0.0.3', 'more'].map((host) => ({ host, port: 7702 }))
    expect(options).toMatchObject({ advertise: { host: '10.0.0.1', port: 7702 }, peers, hostSilenceMs: 200 })
    expect(options.run).toMatchObject({ name: 'far', command: ['node', 'server.js'] })
  })

  test('a gateway wants a replica on each peer, or as many as it is told', () => {
    expect(resolveGatewayOptions(input({ command: [] })).run.replicas).toBe(3)
    const told = { ...flags, replicas: ['5'], hostSilenceMs: ['1000'] }
    expect(resolveGatewayOptions(input({ flags: told }))).toMatchObject({ hostSilenceMs: 1000, run: { replicas: 5 } })
  })

  test('the environment says the same', () => {
    const env = { LLFT_GROUP: 'far', LLFT_ADVERTISE: '10.0.0.1:7702', LLFT_PEERS: '10.0.0.2:7702, 10.0.0.3:7702' }
    expect(resolveReplicaOptions(input({ flags: {}, env })).peers).toHaveLength(2)
  })

  test.each([
    ['no group', { group: [] }, 'LLFT_E_USAGE_MISSING_OPTION'],
    ['no address of its own', { advertise: [] }, 'LLFT_E_USAGE_MISSING_OPTION'],
    ['nobody else', { peers: [] }, 'LLFT_E_USAGE_MISSING_OPTION'],
    ['a name for its own address', { advertise: ['host1:7702'] }, 'LLFT_E_USAGE_ADDRESS'],
    ['no port of its own', { advertise: ['10.0.0.1:0'] }, 'LLFT_E_USAGE_ADDRESS'],
    ['a peer without a port', { peers: ['10.0.0.2'] }, 'LLFT_E_USAGE_ADDRESS'],
    ['a silence that is none', { hostSilenceMs: ['1'] }, 'LLFT_E_USAGE_NUMBER'],
  ])('%s is an error', (_, wrong, code) => {
    expect(() => resolveReplicaOptions(input({ flags: { ...flags, ...wrong } }))).toThrow(
      expect.objectContaining({ code }),
    )
  })
})

describe('parts that find each other by multicast', () => {
  const flags = (peers: string): RunInput['flags'] => ({
    group: ['shop'],
    advertise: ['10.0.0.4:7702'],
    peers: [peers],
  })

  test('need no list, and may have one too', () => {
    const own = { host: '239.77.0.1', port: 7703 }
    expect(resolveGatewayOptions(input({ flags: flags('multicast') }))).toMatchObject({ multicast: own, peers: [] })
    const both = resolveGatewayOptions(input({ flags: flags('multicast:239.1.2.3:99,10.0.0.5:7702') }))
    expect(both.multicast).toEqual({ host: '239.1.2.3', port: 99 })
    expect(both.peers).toEqual([{ host: '10.0.0.5', port: 7702 }])
    expect(both.run.replicas).toBe(3)
  })

  test.each(['multicast:10.0.0.5:7703', 'multicast:239.1.2.3:0', 'multicast:239.1.2.999:7703', 'multicast:'])(
    'are refused with %s',
    (peers) => {
      expect(() => resolveGatewayOptions(input({ flags: flags(peers) }))).toThrow('is not an address')
    },
  )
})

describe('a lease that a majority of the parts grants', () => {
  const parts = (...peers: readonly string[]): RunInput => {
    const own = { group: ['shop'], advertise: ['10.0.0.4:7702'], fencing: ['majority'] }
    return input({ flags: { ...own, peers: [peers.join(',')] } })
  }

  test('has all that are listed as voters, and this one, each once', () => {
    const options = resolveGatewayOptions(parts('10.0.0.1:7702', '10.0.0.2:7702', '10.0.0.4:7702', '10.0.0.1:7702'))
    const voters = [1, 2, 4].map((host) => ({ host: `10.0.0.${host}`, port: 7702 }))
    expect(options.run.fencing).toEqual({ kind: 'majority', voters, ttlMs: 3000, clockDriftMs: 100 })
    expect(resolveGatewayOptions(parts('10.0.0.1:7702', '10.0.0.2:7702')).run.fencing).toMatchObject({
      voters: expect.objectContaining({ length: 3 }) as unknown,
    })
  })

  test('is no matter of the hosts of replicas: they vote for whoever asks', () => {
    expect(resolveReplicaOptions(parts('10.0.0.1:7702')).run.fencing).toBe(undefined)
  })

  test.each([
    ['two parts', ['10.0.0.1:7702']],
    ['a name', ['10.0.0.1:7702', 'replicas:7702']],
    ['an address that can be written in two ways', ['10.0.0.1:7702', '10.0.0.02:7702']],
    ['more parts than a datagram can name', Array.from({ length: 64 }, (_, at) => `10.0.1.${at}:7702`)],
    ['parts that find each other', ['10.0.0.1:7702', '10.0.0.2:7702', 'multicast']],
  ])('cannot be of %s', (_, peers) => {
    expect(() => resolveGatewayOptions(parts(...peers))).toThrow(
      expect.objectContaining({ code: 'LLFT_E_CONFIG_FENCING' }),
    )
  })
})
