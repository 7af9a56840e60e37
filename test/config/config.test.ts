import { describe, expect, test } from 'vitest'
import {
  formatAddress,
  formatListen,
  NUMBER_BOUNDS,
  OPTIONS,
  parseAddress,
  parseListen,
  resolveAdminAddress,
  resolveRunOptions,
  type RunInput,
} from '../../src/config/index.js'
import { LlftError } from '../../src/errors/index.js'

function input(overrides: Partial<RunInput> = {}): RunInput {
  return { command: ['node', 'server.js'], flags: {}, env: {}, directoryName: 'my app', ...overrides }
}

/** The error that `attempt` raises. */
function refusal(attempt: () => unknown): LlftError {
  try {
    attempt()
  } catch (error) {
    if (error instanceof LlftError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('the transport is one of three, unicast unless asked for', () => {
  expect(resolveRunOptions(input()).transport).toBe('unicast')
  expect(resolveRunOptions(input({ flags: { commit: ['acknowledged'] } })).commit).toBe('acknowledged')
  expect(resolveRunOptions(input({ env: { LLFT_TRANSPORT: 'auto' } })).transport).toBe('auto')
  const error = refusal(() => resolveRunOptions(input({ flags: { transport: ['multcast'] } })))
  expect([error.code, error.fix]).toEqual(['LLFT_E_USAGE_TRANSPORT', '--transport multicast'])
})

describe('addresses', () => {
  test.each([
    ['127.0.0.1:7700', { host: '127.0.0.1', port: 7700 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
  ])('%s', (text, address) => {
    expect(parseAddress(text, '--admin')).toEqual(address)
    expect(formatAddress(address)).toBe(text)
  })

  test.each(['', '7700', ':7700', '127.0.0.1', '127.0.0.1:', '::1:80', 'a b:80', '127.0.0.1:65536', '127.0.0.1:-1'])(
    'refuses %j',
    (text) => {
      const error = refusal(() => parseAddress(text, '--admin'))
      expect(error.code).toBe('LLFT_E_USAGE_ADDRESS')
      expect(error.exitCode).toBe(2)
      expect(error.what).toContain('--admin')
    },
  )

  test('a mapping names the port of the program, or keeps its number', () => {
    expect(parseListen('0.0.0.0:8080=3000', '--listen')).toEqual({
      appPort: 3000,
      public: { host: '0.0.0.0', port: 8080 },
    })
    expect(parseListen('[::]:3000', '--listen')).toEqual({ appPort: 3000, public: { host: '::', port: 3000 } })
    expect(formatListen(parseListen('127.0.0.1:0=3000', '--listen'))).toBe('127.0.0.1:0=3000')
  })

  test.each(['127.0.0.1:0', '127.0.0.1:80=', '127.0.0.1:80=x', '127.0.0.1:80=0', '=3000'])('refuses %j', (text) => {
    expect(refusal(() => parseListen(text, '--listen')).code).toBe('LLFT_E_USAGE_ADDRESS')
  })
})

describe('the options of a run', () => {
  test('have defaults within their bounds', () => {
    for (const { min, max, fallback } of Object.values(NUMBER_BOUNDS)) {
      expect(fallback).toBeGreaterThanOrEqual(min)
      expect(fallback).toBeLessThanOrEqual(max)
    }
    const options = resolveRunOptions(input())
    expect(options).toMatchObject({ name: 'my-app', replicas: 3, listen: [], adminFixed: false })
    expect(Object.isFrozen(options) && Object.isFrozen(options.listen) && Object.isFrozen(options.command)).toBe(true)
  })

  test('come from flags, then variables', () => {
    const env = { LLFT_REPLICAS: '5', LLFT_STOP_GRACE_MS: '50', LLFT_ADMIN: '127.0.0.1:7800', LLFT_NAME: '' }
    const options = resolveRunOptions(input({ flags: { replicas: ['2', '4'] }, env }))
    expect(options).toMatchObject({ replicas: 4, stopGraceMs: 50, admin: { port: 7800 }, adminFixed: true })
    expect(resolveAdminAddress({ flags: {}, env })).toEqual({ host: '127.0.0.1', port: 7800 })
    expect(resolveAdminAddress({ flags: {}, env: {} })).toBeUndefined()
  })

  test('map several ports', () => {
    const env = { LLFT_LISTEN: '127.0.0.1:80=3000, 127.0.0.1:81=3001' }
    expect(resolveRunOptions(input({ env })).listen.map(formatListen)).toEqual([
      '127.0.0.1:80=3000',
      '127.0.0.1:81=3001',
    ])
  })

  test('keep the command byte for byte', () => {
    const command = ['node', '--x', 'a b', '', '-r', '9']
    expect(resolveRunOptions(input({ command })).command).toEqual(command)
  })

  test.each(['0', '17', '-1', '1.5', 'three', '', ' 3', '1e1'])('refuse %j replicas', (value) => {
    const error = refusal(() => resolveRunOptions(input({ flags: { replicas: [value] } })))
    expect(error.code).toBe('LLFT_E_USAGE_REPLICAS')
    expect(error.exitCode).toBe(2)
    expect(error.what).toContain('--replicas')
  })

  test.each<[string, Partial<RunInput>, string]>([
    ['no command', { command: [] }, 'LLFT_E_USAGE_MISSING_COMMAND'],
    ['a number out of bounds', { env: { LLFT_GUEST_START_MS: '1' } }, 'LLFT_E_USAGE_NUMBER'],
    ['a name that is a path', { flags: { name: ['../x'] } }, 'LLFT_E_USAGE_NAME'],
    ['a mistyped variable', { env: { LLFT_REPLICA: '5' } }, 'LLFT_E_USAGE_UNKNOWN_VARIABLE'],
    ['one port twice', { flags: { listen: ['a:1=3', 'a:2=3'] } }, 'LLFT_E_CONFIG_LISTEN_TWICE'],
    ['one address twice', { flags: { listen: ['a:1=3', 'a:1=4'] } }, 'LLFT_E_CONFIG_LISTEN_TWICE'],
  ])('refuse %s', (_, overrides, code) => {
    expect(refusal(() => resolveRunOptions(input(overrides))).code).toBe(code)
  })

  test("leave a replica's own variables and those of others alone", () => {
    const env = { LLFT_ATTACH: 'x', LLFT_SLOT: '1', LLFT_TOKEN: 't', LLFT_PATH: '/bin', LLFT_TEST_FAULTS: '{}' }
    expect(resolveRunOptions(input({ env })).replicas).toBe(3)
  })

  test('have distinct spellings', () => {
    const flags = Object.values(OPTIONS).map(({ flag }) => flag)
    expect(new Set(flags).size).toBe(flags.length)
    expect(OPTIONS.historyBytesMax.variable).toBe('LLFT_HISTORY_BYTES_MAX')
  })
})

describe('fencing', () => {
  const lease = { fencing: ['lease'], etcd: ['http://10.0.0.8:2379,https://store:2379/'] }

  test('is none unless a lease is asked for, with the etcd that keeps it', () => {
    expect(resolveRunOptions(input()).fencing).toBe(undefined)
    const etcd = ['http://10.0.0.8:2379', 'https://store:2379']
    expect(resolveRunOptions(input({ flags: lease })).fencing).toEqual({
      kind: 'lease',
      etcd,
      ttlMs: 3000,
      clockDriftMs: 100,
    })
    const env = { LLFT_FENCING: 'lease', LLFT_ETCD: etcd.join(','), LLFT_LEASE_TTL_MS: '800', LLFT_CLOCK_DRIFT_MS: '5' }
    expect(resolveRunOptions(input({ env })).fencing).toEqual({
      kind: 'lease',
      etcd,
      ttlMs: 800,
      clockDriftMs: 5,
    })
  })

  test.each([
    ['an unknown kind', { fencing: ['laese'] }, 'LLFT_E_USAGE_FENCING'],
    ['a lease without a store', { fencing: ['lease'] }, 'LLFT_E_CONFIG_FENCING'],
    ['a store without a lease', { etcd: lease.etcd }, 'LLFT_E_CONFIG_FENCING'],
    ['an address that is none', { ...lease, etcd: ['10.0.0.8:2379'] }, 'LLFT_E_USAGE_ADDRESS'],
    ['a password in the address', { ...lease, etcd: ['http://me:secret@10.0.0.8:2379'] }, 'LLFT_E_USAGE_ADDRESS'],
    ['a drift that leaves no lease', { ...lease, clockDriftMs: ['751'] }, 'LLFT_E_CONFIG_FENCING'],
    ['a majority of one host', { fencing: ['majority'] }, 'LLFT_E_CONFIG_FENCING'],
    ['a majority and a store', { ...lease, fencing: ['majority'] }, 'LLFT_E_CONFIG_FENCING'],
    ['a lease that is too short', { ...lease, leaseTtlMs: ['10'] }, 'LLFT_E_USAGE_NUMBER'],
  ])('is refused: %s', (_, flags, code) => {
    expect(refusal(() => resolveRunOptions(input({ flags }))).code).toBe(code)
  })
})
