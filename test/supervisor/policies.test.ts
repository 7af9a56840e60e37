import { constants } from 'node:os'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Backoff } from '../../src/supervisor/backoff.js'
import { CrashJudge } from '../../src/supervisor/crash-judge.js'
import { exitCodeOf, outcomeOf } from '../../src/supervisor/process-end.js'
import { ReplayEstimate } from '../../src/supervisor/replay-estimate.js'
import { StopPolicy } from '../../src/supervisor/stop-policy.js'

const { SIGINT, SIGKILL, SIGSEGV, SIGTERM } = constants.signals

describe('CrashJudge', () => {
  test('the third crash at one index is the program', () => {
    const judge = new CrashJudge(3)
    const crash = { code: 0, signal: SIGSEGV }
    expect([judge.crashed(crash, 7), judge.crashed(crash, 7), judge.crashed(crash, 7)]).toEqual([false, false, true])
  })

  test('another index starts anew; a kill from outside says nothing', () => {
    const judge = new CrashJudge(2)
    expect(judge.crashed({ code: 1, signal: 0 }, 7)).toBe(false)
    expect(judge.crashed({ code: 1, signal: 0 }, 8)).toBe(false)
    expect(judge.crashed({ code: 0, signal: SIGKILL }, 8)).toBe(false)
    expect(judge.count).toBe(1)
    expect(judge.crashed({ code: 1, signal: 0 }, 8)).toBe(true)
  })
})

describe('ReplayEstimate', () => {
  test('says nothing before anybody has joined, then what the last one took, in proportion', () => {
    const estimate = new ReplayEstimate()
    expect(estimate.of(5000)).toBeUndefined()
    estimate.joined(200, 1000)
    expect([estimate.of(1000), estimate.of(5000)]).toEqual([200, 1000])
    estimate.joined(100, 1000)
    expect(estimate.of(1000)).toBe(100)
  })

  test('a short history tells how long a process takes to start, and nothing is made of that', () => {
    const estimate = new ReplayEstimate()
    estimate.joined(100, 2)
    expect([estimate.of(2), estimate.of(1000)]).toEqual([100, 1000])
  })
})

describe('StopPolicy', () => {
  afterEach(() => void vi.useRealTimers())

  function make(): { policy: StopPolicy; seen: string[] } {
    vi.useFakeTimers()
    const seen: string[] = []
    const policy = new StopPolicy({
      graceMs: 1000,
      deliver: (signal) => seen.push(`deliver ${signal}`),
      force: (signal, late) => seen.push(`force ${signal}${late ? ' late' : ''}`),
    })
    return { policy, seen }
  }

  test('one key that arrives twice, through npm, is one signal', () => {
    const { policy, seen } = make()
    policy.signal(SIGINT)
    vi.advanceTimersByTime(20)
    policy.signal(SIGINT)
    expect(seen).toEqual([`deliver ${SIGINT}`])
  })

  test('a second Ctrl-C, or another signal, ends at once', () => {
    const { policy, seen } = make()
    policy.signal(SIGINT)
    vi.advanceTimersByTime(400)
    policy.signal(SIGINT)
    policy.signal(SIGTERM)
    expect(seen).toEqual([`deliver ${SIGINT}`, `force ${SIGINT}`, `force ${SIGTERM}`])
  })

  test('the grace ends; not after the program has', () => {
    const { policy, seen } = make()
    policy.signal(SIGTERM)
    vi.advanceTimersByTime(1000)
    expect(seen).toEqual([`deliver ${SIGTERM}`, `force ${SIGTERM} late`])
    const other = make()
    other.policy.signal(SIGTERM)
    other.policy.close()
    vi.advanceTimersByTime(2000)
    expect(other.seen).toEqual([`deliver ${SIGTERM}`])
  })
})

describe('small things', () => {
  test('a back-off doubles up to its bound and starts anew', () => {
    const backoff = new Backoff(100, 350)
    expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([100, 200, 350, 350])
    backoff.reset()
    expect(backoff.next()).toBe(100)
  })

  test('exit codes as a shell gives them', () => {
    expect([exitCodeOf({ code: 3, signal: 0 }), exitCodeOf({ code: 0, signal: SIGKILL })]).toEqual([3, 137])
    expect([outcomeOf({ code: 3, signal: 0 }), outcomeOf({ code: 0, signal: SIGKILL })]).toEqual(['code 3', 'SIGKILL'])
  })
})
