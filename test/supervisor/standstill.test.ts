import { describe, expect, test } from 'vitest'
import { detectionOf, probeIntervalMs } from '../../src/supervisor/detection.js'
import type { Stall } from '../../src/supervisor/progress-watch.js'
import { ProgressWatch } from '../../src/supervisor/progress-watch.js'
import type { Replica } from '../../src/supervisor/replicas.js'
import { StallPolicy } from '../../src/supervisor/stall-policy.js'

const WINDOW = { timingWindowMs: 1000 }

test('the worst case is computed from the configuration', () => {
  const alone = { exitMs: 4, hostMs: null, stallMs: 1200, silentBackupMs: 7500 }
  expect(detectionOf(WINDOW, undefined)).toEqual(alone)
  expect(detectionOf(WINDOW, 200)).toEqual({ ...alone, hostMs: 250 })
  expect(detectionOf({ timingWindowMs: 55 }, undefined).stallMs).toBe(55 + 2 * 6)
})

/** Two replicas, looked at as a timer does. */
class Scene {
  at = 0
  ranMs = 0
  waitedMs = 0
  /** How much of each millisecond main threads run, or wait for a processor. */
  share = { ran: 0, waited: 0 }
  readonly stalled: string[] = []
  readonly probed: string[] = []
  living = ['r1', 'r2']
  readonly watch: ProgressWatch = new ProgressWatch({
    windowMs: WINDOW.timingWindowMs,
    intervalMs: probeIntervalMs(WINDOW),
    now: () => this.at,
    replicas: () => this.living.map((slot) => ({ slot, pid: undefined })),
    probe: (slot) => this.probed.push(slot),
    processorTime: () => ({ ranMs: this.ranMs, waitedMs: this.waitedMs }),
    stalled: (slot, { sinceMs, computing }) => {
      this.stalled.push(`${slot} since ${sinceMs} at ${this.at}${computing ? ' computing' : ''}`)
    },
  })

  /** So much time passes; these answer each probe. */
  pass(ms: number, answering: readonly string[]): void {
    for (const until = this.at + ms; this.at < until;) {
      this.at += probeIntervalMs(WINDOW)
      this.ranMs += this.share.ran * probeIntervalMs(WINDOW)
      this.waitedMs += this.share.waited * probeIntervalMs(WINDOW)
      this.watch.look()
      for (const slot of answering) this.watch.alive(slot, true)
    }
  }
}

describe('ProgressWatch', () => {
  test('who answers nothing for the window is told of, within the worst case', () => {
    const scene = new Scene()
    scene.pass(300, ['r1', 'r2'])
    const silent = scene.at
    scene.pass(2000, ['r2'])
    expect(scene.stalled[0]).toBe('r1 since 400 at 1400')
    expect(1400 - silent).toBeLessThanOrEqual(detectionOf(WINDOW, undefined).stallMs)
    expect(scene.stalled.every((text) => text.startsWith('r1'))).toBe(true)
    expect([scene.watch.answers('r1'), scene.watch.answers('r2')]).toEqual([false, true])
    expect(scene.probed.slice(0, 2)).toEqual(['r1', 'r2'])
  })

  test('half a window is nothing, again and again', () => {
    const scene = new Scene()
    scene.pass(100, ['r1', 'r2'])
    for (let round = 0; round < 10; round++) {
      scene.pass(500, ['r2'])
      scene.pass(100, ['r1', 'r2'])
    }
    expect(scene.stalled).toEqual([])
  })

  test('nobody is watched before its event loop turns', () => {
    const scene = new Scene()
    scene.watch.alive('r1', false)
    scene.pass(5000, ['r2'])
    expect(scene.stalled).toEqual([])
    scene.watch.alive('r1', true)
    scene.watch.alive('r1', false)
    scene.pass(1500, ['r2'])
    expect(scene.stalled[0]).toMatch(/^r1 /)
  })

  test('a supervisor that was stopped itself accuses nobody', () => {
    const scene = new Scene()
    scene.pass(300, ['r1', 'r2'])
    scene.pass(500, [])
    scene.at += 60_000
    scene.pass(900, [])
    expect(scene.stalled).toEqual([])
    scene.pass(500, [])
    expect(scene.stalled).not.toEqual([])
  })

  test('who waits for a processor is waited for, up to a bound; who runs is computing', () => {
    const busy = new Scene()
    busy.share = { ran: 0.1, waited: 0.9 }
    busy.pass(100, ['r1', 'r2'])
    busy.pass(4900, ['r2'])
    expect(busy.stalled).toEqual([])
    busy.pass(300, ['r2'])
    expect(busy.stalled[0]).toBe('r1 since 200 at 5200 computing')
    const computing = new Scene()
    computing.share = { ran: 0.9, waited: 0.1 }
    computing.pass(100, ['r1', 'r2'])
    computing.pass(1500, ['r2'])
    expect(computing.stalled[0]).toMatch(/^r1 since 200 at 1[34]00 computing$/)
  })

  test('who has ended is forgotten', () => {
    const scene = new Scene()
    scene.pass(300, ['r1', 'r2'])
    scene.living = ['r2']
    scene.pass(5000, ['r2'])
    expect(scene.stalled).toEqual([])
  })
})

const still = (nowMs: number): Stall => ({ sinceMs: 0, nowMs, computing: false })

describe('StallPolicy', () => {
  function make(...able: readonly string[]): {
    policy: StallPolicy
    seen: string[]
    replica: (slot: string) => Replica
  } {
    const seen: string[] = []
    const of = (slot: string): Replica => ({ slot, ready: true, gone: false }) as unknown as Replica
    const all = ['r1', 'r2', 'r3'].map(of)
    const policy = new StallPolicy({
      windowMs: 1000,
      answers: ({ slot }) => able.includes(slot),
      living: () => all,
      end: ({ slot }) => seen.push(`end ${slot}`),
      warn: ({ code, why }) => seen.push(`${code} ${why}`),
    })
    return { policy, seen, replica: (slot) => all.find((each) => each.slot === slot) ?? of(slot) }
  }

  test('a stalled replica is ended when another answers and could take over', () => {
    const { policy, seen, replica } = make('r2')
    policy.stalled(replica('r1'), still(1000))
    policy.stalled(replica('r1'), still(20_000))
    expect(seen).toEqual(['end r1'])
  })

  test('when nobody answers it may be the program: nobody is ended, and that is said once', () => {
    const { policy, seen, replica } = make()
    for (let at = 1000; at < 2000; at += 100) policy.stalled(replica('r1'), still(at))
    expect(seen).toEqual(['LLFT_W_REPLICA_STALLED nobody else answers and could take over'])
    policy.moved('r1')
    policy.stalled(replica('r1'), still(3000))
    expect(seen).toHaveLength(2)
  })

  test('one at a time: who stands still just after another is waited for, but not for ever', () => {
    const { policy, seen, replica } = make('r3')
    policy.stalled(replica('r1'), still(1000))
    for (let at = 2000; at <= 11_000; at += 100) policy.stalled(replica('r2'), still(at))
    expect(seen).toEqual(['end r1', expect.stringMatching(/^LLFT_W_REPLICA_STALLED another one was ended/), 'end r2'])
  })

  test('after one that computed, others that compute are waited for as long as it takes', () => {
    const { policy, seen, replica } = make('r3')
    const computing = (nowMs: number): Stall => ({ ...still(nowMs), computing: true })
    policy.stalled(replica('r1'), computing(1000))
    for (let at = 2000; at <= 60_000; at += 100) policy.stalled(replica('r2'), computing(at))
    expect(seen).toEqual(['end r1', expect.stringMatching(/^LLFT_W_REPLICA_STALLED another one computed/)])
    policy.stalled(replica('r2'), still(60_100))
    expect(seen.at(-1)).toBe('end r2')
    policy.gone('r1')
    policy.stalled(replica('r1'), computing(100_000))
    expect(seen.at(-1)).toBe('end r1')
  })

  test('who has not caught up, or is to go, is not its matter', () => {
    const { policy, seen, replica } = make('r2', 'r3')
    policy.stalled({ ...replica('r1'), ready: false }, still(1000))
    policy.stalled({ ...replica('r1'), gone: true }, still(1000))
    policy.stalled({ ...replica('r1'), retired: 'switched' }, still(1000))
    expect(seen).toEqual([])
  })
})
