import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { SeededRandom } from '../../src/base/index.js'
import { closedLoop, Crowd, isRight, openLoop, PROTOCOLS, wrongsIn } from '../../src/load/index.js'
import type { LoopOutcome, Protocol, Verdict } from '../../src/load/index.js'
import { FaultyServer, honest } from './faulty-server.js'
import type { Conduct } from './faulty-server.js'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0).toReversed()) close()
})

const { signal } = new AbortController()
const GRACE_MS = 200

interface Terms {
  readonly protocol?: Protocol
  readonly connections?: number
  readonly bodyBytes?: number
}

async function crowdAt(server: FaultyServer, terms: Terms = {}): Promise<Crowd> {
  const { protocol = 'tcp', connections = 2, bodyBytes = 64 } = terms
  const crowd = await Crowd.open({ port: server.port, protocol, connections, bodyBytes, calls: 0, signal })
  closing.push(() => crowd.close())
  return crowd
}

async function start(conduct: Conduct, protocol: Protocol = 'tcp'): Promise<FaultyServer> {
  const server = await FaultyServer.start(protocol, conduct)
  closing.push(() => server.close())
  return server
}

/** 200 requests at equal distances. */
function open(
  crowd: Crowd,
  more: { ratePerSecond?: number; durationMs?: number; graceMs?: number } = {},
): Promise<LoopOutcome> {
  const random = new SeededRandom(1)
  const usual = { ratePerSecond: 500, durationMs: 400, graceMs: GRACE_MS, arrivals: 'even' as const, precise: false }
  return openLoop({ crowd, signal, random, ...usual, ...more })
}

async function judged(conduct: Conduct, terms: Terms = {}): Promise<Verdict> {
  const crowd = await crowdAt(await start(conduct, terms.protocol), terms)
  await open(crowd)
  return crowd.verdict
}

describe.each(PROTOCOLS)('%s', (protocol) => {
  test('an honest server: every answer right, in open and closed loop, small and large', async () => {
    for (const bodyBytes of [16, 64, 300_000]) {
      const crowd = await crowdAt(await start(honest, protocol), { protocol, bodyBytes })
      const closed = await closedLoop({ crowd, durationMs: 200, graceMs: 5000, signal })
      const opened = await open(crowd, { graceMs: 5000 })
      expect(wrongsIn(crowd.verdict)).toBe('nothing')
      expect(crowd.verdict.answered).toBe(closed.answered + opened.answered)
      expect([closed.answered > 0, opened.sent, crowd.skipped]).toEqual([true, opened.answered, 0])
      expect(opened.latencyNs.count).toBe(opened.answered)
    }
  })

  test('an answer that never comes is lost', async () => {
    const verdict = await judged((sequence, answer, reply) => sequence !== 5 && reply(answer), { protocol })
    // On a connection for one request at a time, the ones behind it wait for ever.
    expect(verdict).toMatchObject({ repeated: 0, reordered: 0, dropped: 0 })
    if (protocol === 'http') expect(verdict.lost).toBeGreaterThan(2)
    else expect(verdict.lost).toBe(2)
  })

  test('bytes that are not those of the request are corrupted', async () => {
    const verdict = await judged(
      (sequence, answer, reply) => {
        if (sequence === 7) answer[40] = (answer[40] as number) ^ 1
        reply(answer)
      },
      { protocol },
    )
    expect(verdict.corrupted).toBe(2)
    expect(isRight(verdict)).toBe(false)
  })

  test('a dropped connection: what was on its way is lost, and the user comes again', async () => {
    let dropped = false
    const crowd = await crowdAt(
      await start((sequence, answer, reply, misfit) => {
        if (sequence !== 9 || dropped) return reply(answer)
        dropped = true
        misfit.drop()
      }, protocol),
      { protocol },
    )
    await open(crowd)
    expect(crowd.verdict.dropped).toBe(1)
    expect(crowd.verdict.lost).toBeGreaterThanOrEqual(1)
    expect(crowd.verdict.answered + crowd.verdict.lost).toBe(199)
    expect(crowd.clients.every(({ isOpen }) => isOpen)).toBe(true)
  })

  test('a server that forgets gives numbers again that were known', async () => {
    const server = await start(honest, protocol)
    const crowd = await crowdAt(server, { protocol })
    await open(crowd)
    const before = crowd.verdict
    server.forget()
    await open(crowd)
    expect(isRight(before)).toBe(true)
    expect(crowd.verdict.forgotten).toBeGreaterThan(0)
  })
})

describe('tcp and websocket may answer out of turn', () => {
  test.each(['tcp', 'websocket'] as const)('%s: repeated and reordered', async (protocol) => {
    let held: Buffer | undefined
    const verdict = await judged(
      (sequence, answer, reply) => {
        if (sequence === 3) held = answer
        else if (sequence === 4 && held !== undefined) {
          reply(answer)
          reply(held)
          reply(held)
          held = undefined
        } else reply(answer)
      },
      { protocol, connections: 1 },
    )
    expect(verdict).toMatchObject({ lost: 0, repeated: 1, reordered: 1, corrupted: 0, dropped: 0 })
  })

  test('bytes that are no frame end the connection', async () => {
    const server = await start((_, __, reply) => reply(Buffer.from('no body')))
    const crowd = await crowdAt(server, { connections: 1 })
    await open(crowd, { durationMs: 100 })
    expect(crowd.verdict.dropped).toBeGreaterThan(0)
    expect(crowd.verdict.answered).toBe(0)
  })
})

describe('coordinated omission', () => {
  const PAUSE_MS = 300

  /** Stands still once, as a program does that collects garbage. */
  function pausing(): Conduct {
    let over: Promise<unknown> | undefined
    let done = false
    return (sequence, answer, reply) => {
      if (sequence === 20 && over === undefined) over = sleep(PAUSE_MS).then(() => (done = true))
      if (over === undefined || done) return reply(answer)
      void over.then(() => reply(answer))
    }
  }

  test('an open loop charges a pause to everybody who came meanwhile, a closed loop to one', async () => {
    const counting = (outcome: LoopOutcome): number => {
      return outcome.latencyNs.buckets().reduce((sum, [ns, count]) => sum + (ns >= (PAUSE_MS / 3) * 1e6 ? count : 0), 0)
    }
    const closed = await crowdAt(await start(pausing()), { connections: 1 })
    const seenClosed = counting(await closedLoop({ crowd: closed, durationMs: 800, graceMs: 2000, signal }))
    const opened = await crowdAt(await start(pausing()), { connections: 1 })
    const seenOpen = counting(await open(opened, { durationMs: 800, graceMs: 2000 }))
    // 500 requests per second came for two thirds of the pause.
    expect(seenClosed).toBeLessThanOrEqual(2)
    expect(seenOpen).toBeGreaterThan(50)
    expect(isRight(opened.verdict)).toBe(true)
  })

  test('requests of a busy connection wait from the moment they were meant to be sent', async () => {
    const server = await start((_, answer, reply) => void sleep(20).then(() => reply(answer)), 'http')
    const crowd = await crowdAt(server, { protocol: 'http', connections: 1 })
    const outcome = await open(crowd, { ratePerSecond: 200, durationMs: 500, graceMs: 10_000 })
    // 100 requests that come every 5 ms and take 20 ms each: the last one waits for about 1.5 s.
    expect(outcome.latencyNs.max / 1e6).toBeGreaterThan(800)
    expect(outcome.answered).toBe(outcome.sent)
  })

  test('a server that falls behind for seconds is called overloaded, and memory stays bounded', async () => {
    const server = await start(() => undefined)
    const crowd = await crowdAt(server)
    const outcome = await open(crowd, { ratePerSecond: 20_000, durationMs: 60_000, graceMs: 0 })
    expect(outcome.overloaded).toBe(true)
    expect(crowd.outstanding).toBeLessThan(70_000)
  })
})

test('arrivals follow their seed', async () => {
  const intended = async (seed: number): Promise<readonly number[]> => {
    const crowd = await crowdAt(await start(honest), { connections: 1 })
    const seen: number[] = []
    const terms = { ratePerSecond: 500, durationMs: 200, graceMs: 2000, arrivals: 'poisson' as const, precise: false }
    const random = new SeededRandom(seed)
    await openLoop({ crowd, signal, random, ...terms, onAnswer: (_, intendedMs) => seen.push(intendedMs) })
    const [first = 0] = seen
    return seen.slice(0, 20).map((ms) => Math.round((ms - first) * 1000))
  }
  expect(await intended(5)).toEqual(await intended(5))
  expect(await intended(5)).not.toEqual(await intended(6))
})

test('a server that nobody runs: the wait for it ends with the run', async () => {
  const given = AbortSignal.timeout(200)
  const opening = Crowd.open({ port: 1, protocol: 'tcp', connections: 1, bodyBytes: 64, calls: 0, signal: given })
  await expect(opening).rejects.toThrow('timeout')
})
