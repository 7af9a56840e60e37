import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ENTRY_CONTINUES } from '../../../src/message/index.js'
import { expectSame } from './expect-same.js'
import { type GuestOptions, type Run, runGuest } from './run-guest.js'

const name = { address: '127.0.0.1', family: 4, port: 3000 }
const HTTP_REQUESTS = 10
const MAJOR = Number.parseInt(process.versions.node, 10)
/** An older V8 warns if it is to have WebAssembly, too. */
const JITLESS = MAJOR < 24 ? ['--jitless', '--no-expose-wasm'] : ['--jitless']
const GATEWAY = 2

const httpScript: GuestOptions['script'] = [
  [20, GATEWAY, { frame: 'open', stream: 1, listener: 1, remote: { ...name, port: 5555 }, local: name }],
  ...Array.from({ length: HTTP_REQUESTS }, (_, at) => {
    const last = at === HTTP_REQUESTS - 1
    const bytes = `GET /${last ? 'last' : at} HTTP/1.1\r\nHost: t\r\n${last ? 'Connection: close\r\n' : ''}\r\n`
    return [4, GATEWAY, { frame: 'data', stream: 1, bytes }] as const
  }),
  [4, GATEWAY, { frame: 'end', stream: 1 }],
]

/** Dozens of guests, one after the other, on a machine that does other things too. */
const MANY_GUESTS_MS = 240_000

describe('a backup does what the primary did', () => {
  const guests = [
    { guest: 'mix.cjs', code: 3, says: 'exit 3' },
    { guest: 'esm.mjs', code: 0, says: 'part 3' },
    { guest: 'errors.cjs', code: 0, says: 'uncaught timer 12' },
    { guest: 'hooks.mjs', code: 0, says: 'Immediate' },
    { guest: 'facts.cjs', code: 0, says: '4711 4710 llft-test' },
    { guest: 'parts.cjs', code: 0, says: 'end' },
    { guest: 'crypto.cjs', code: 0, says: 'done' },
    { guest: 'contexts.cjs', code: 0, says: 'given' },
    { guest: 'newer.cjs', code: 0, says: 'from a file false\ndone' },
    { guest: 'timers.cjs', code: 0, says: 'immediate 39' },
  ]
  test.each(guests)('$guest', async ({ guest, code, says }) => {
    const live = await runGuest(guest)
    expect(live.output).toContain(says)
    expect(live.code).toBe(code)
    expectSame(await runGuest(guest, { follow: live }), live)
  })

  test('with other V8 settings', async () => {
    const live = await runGuest('mix.cjs')
    const flags = ['--no-opt', '--hash-seed=7', '--random-seed=5', '--max-semi-space-size=1']
    expectSame(await runGuest('mix.cjs', { follow: live, flags, env: { UV_THREADPOOL_SIZE: '1' } }), live)
    const errors = await runGuest('errors.cjs')
    expectSame(await runGuest('errors.cjs', { follow: errors, flags: JITLESS }), errors)
    expect(live.code).toBe(3)
  })

  test('over HTTP, at a cost of at most 20 bytes of history per request', async () => {
    const live = await runGuest('http.cjs', { script: httpScript })
    expect(live.output).toBe('listening 3000\n')
    expect(live.frames.filter((frame) => frame.includes('200 OK'))).toHaveLength(HTTP_REQUESTS)
    const requests = live.entries.filter((entry) => entry[0] === 17 && entry.length > 6)
    for (const entry of requests) expect(entry.length).toBeLessThanOrEqual(20)
    expectSame(await runGuest('http.cjs', { follow: live }), live)
  })
})

test('over HTTP, to clients that are too slow: their requests end at the same operation everywhere', async () => {
  const open = (stream: number) => ({
    frame: 'open',
    stream,
    listener: 1,
    remote: { ...name, port: 5555 },
    local: name,
  })
  const live = await runGuest('slow-http.cjs', {
    script: [
      [20, GATEWAY, open(1)],
      [2, GATEWAY, open(2)],
      [2, GATEWAY, { frame: 'data', stream: 1, bytes: 'GET /head HTTP/1.1\r\nHost' }],
      [2, GATEWAY, { frame: 'data', stream: 2, bytes: 'POST /body HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n.' }],
    ],
  })
  expect(live.output).toBe('ERR_HTTP_REQUEST_TIMEOUT\nERR_HTTP_REQUEST_TIMEOUT\n')
  expectSame(await runGuest('slow-http.cjs', { follow: live }), live)
})

test('what the collector finds does not show', async () => {
  const live = await runGuest('garbage.cjs')
  expectSame(await runGuest('garbage.cjs', { follow: live, flags: ['--expose-gc'] }), live)
})

test('what a program sees of the replaced functions is what plain Node shows', async () => {
  const guest = new URL('guests/transparent.cjs', import.meta.url).pathname
  const plain = execFileSync(process.execPath, [guest], { encoding: 'utf8' })
  expect((await runGuest('transparent.cjs')).output).toBe(plain)
})

describe('each hook that is left out makes the digests differ', () => {
  const hooks = [
    { hook: 'date', guest: 'mix.cjs' },
    { hook: 'utcDate', guest: 'http.cjs', script: httpScript },
    { hook: 'hrtime', guest: 'mix.cjs' },
    { hook: 'performance', guest: 'mix.cjs' },
    { hook: 'mathRandom', guest: 'mix.cjs' },
    { hook: 'cryptoRandom', guest: 'mix.cjs' },
    { hook: 'timers', guest: 'timers.cjs' },
    { hook: 'completions', guest: 'mix.cjs' },
    { hook: 'promises', guest: 'mix.cjs' },
    { hook: 'identity', guest: 'facts.cjs' },
    { hook: 'facts', guest: 'facts.cjs' },
    { hook: 'weakref', guest: 'garbage.cjs', flags: ['--expose-gc'] },
  ]
  test.each(hooks)('$hook', async ({ hook, guest, script, flags }) => {
    const hooksOff = [hook]
    const live = await runGuest(guest, { hooksOff, ...(script === undefined ? {} : { script }) })
    // The date header has seconds.
    if (hook === 'utcDate') await sleep(1100)
    const env = { UV_THREADPOOL_SIZE: '1' }
    const only = flags === undefined ? {} : { flags }
    const replayed = await runGuest(guest, { hooksOff, follow: live, boundMs: 4000, env, ...only })
    const shared = [...live.digests].filter(([index]) => replayed.digests.has(index))
    const differ = shared.some(([index, digest]) => replayed.digests.get(index) !== digest)
    // A follower that waits for ever for something it was told of has noticed it too.
    const stalled = shared.length < live.digests.size
    expect(differ || stalled || replayed.errors.includes('diverged')).toBe(true)
  })
})

describe('a history that ends is gone on with', () => {
  async function takeOver(guest: string, live: Run, cut: number): Promise<Run> {
    const successor = await runGuest(guest, { follow: live, cut })
    expect(successor.errors).toBe('')
    expect(successor.promoted).toBe(cut)
    expect(successor.entries.slice(0, cut)).toEqual(live.entries.slice(0, cut))
    for (const [index, digest] of successor.digests) {
      if (index <= cut) expect(digest).toBe(live.digests.get(index))
    }
    return successor
  }

  test('inside an operation: recording starts exactly there, and a third replica follows both', async () => {
    const live = await runGuest('parts.cjs')
    const unfinished = live.entries.flatMap((entry, at) => ((entry[0] as number) & ENTRY_CONTINUES ? [at + 1] : []))
    expect(unfinished.length).toBeGreaterThan(2)
    for (const cut of unfinished) {
      const successor = await takeOver('parts.cjs', live, cut)
      expect(successor.code).toBe(0)
      expect(successor.entries[cut]?.[0]).toBeDefined()
      expectSame(await runGuest('parts.cjs', { follow: successor }), { ...successor })
    }
  })

  test(
    'while keys are being made: a successor makes those that are not recorded',
    async () => {
      const live = await runGuest('crypto.cjs')
      const last = live.entries.length
      for (let cut = 0; cut < last; cut += Math.ceil(last / 12)) {
        const successor = await takeOver('crypto.cjs', live, cut)
        expect(successor.code).toBe(0)
        expect(successor.output).toContain('done')
        expectSame(await runGuest('crypto.cjs', { follow: successor }), { ...successor })
      }
    },
    MANY_GUESTS_MS,
  )

  test('between operations: waiting completions and timers go on', async () => {
    const live = await runGuest('mix.cjs')
    for (const cut of [0, 1, 2, 5, 9, 14, 20, 31, 47]) {
      const successor = await takeOver('mix.cjs', live, cut)
      expect(successor.code).toBe(3)
      expect(successor.output).toContain('exit 3')
      const times = [...successor.output.matchAll(/tick (\d+)/g)].map(([, ms]) => Number(ms))
      expect(times).toEqual(times.toSorted((left, right) => left - right))
    }
  })
})
