import { expect, test } from 'vitest'
import { SystemClock } from '../../src/adapters/index.js'
import type { Delays } from '../../src/driver/index.js'
import { LateStash } from '../../src/interpose/check/late-stash.js'
import { TimedCalls } from '../../src/interpose/check/timed-calls.js'
import type { Instant } from '../../src/message/index.js'
import { until } from '../supervisor/support.js'

/** What the natives are called: kinds of completions are told apart by it. */
function resourceOf(name: 'FSReqCallback' | 'Zlib'): object {
  return Object.create({ constructor: { name } }) as object
}

interface Late {
  readonly stash: LateStash
  readonly calls: TimedCalls
  /** Async ids, in the order of their arrival. */
  readonly arrived: number[]
  held: number
}

function late(delays: Delays): Late {
  const calls = new TimedCalls(new SystemClock())
  const takeAll = (): void => {
    for (let one = stash.takeOldest(); one !== undefined; one = stash.takeOldest()) result.arrived.push(one.asyncId)
  }
  const hold = (delta: 1 | -1): void => {
    result.held += delta
  }
  const stash = new LateStash({ delays, calls, arrived: takeAll, hold })
  const result: Late = { stash, calls, arrived: [], held: 0 }
  return result
}

function push({ stash }: Late, asyncId: number, resource: object | undefined = resourceOf('Zlib')): void {
  const none = { triggerAsyncId: 0, frame: undefined, self: undefined, args: [] }
  stash.push({ asyncId, resource, callback: () => undefined, ...none })
}

test('all completions arrive, in another order, and keep the program alive until then', async () => {
  const one = late({ seed: 5, of: 'all' })
  const ids = Array.from({ length: 30 }, (_, index) => 2000 + index)
  for (const id of ids) push(one, id)
  expect(one.held).toBeGreaterThan(20)
  expect(one.stash.empty).toBe(false)
  await until(() => one.held === 0)
  // What was not put off at all is taken with the next that arrives.
  expect(one.arrived.toSorted((left, right) => left - right)).toEqual(ids)
  expect(one.arrived).not.toEqual(ids)
})

test('those of one resource stay in order', async () => {
  const order: string[] = []
  const calls = new TimedCalls(new SystemClock())
  const stash: LateStash = new LateStash({
    delays: { seed: 1, of: 'files' },
    calls,
    arrived: () => {
      while (stash.has(2000)) stash.take(2000).callback()
    },
    hold: () => undefined,
  })
  const none = { triggerAsyncId: 0, frame: undefined, self: undefined, args: [] }
  const names = ['first', 'second', 'third']
  for (const name of names) {
    stash.push({ asyncId: 2000, resource: resourceOf('FSReqCallback'), callback: () => order.push(name), ...none })
  }
  expect(order).toEqual([])
  await until(() => order.length === 3)
  expect(order).toEqual(names)
})

test('a slow disk is no matter to what is not of files', () => {
  const one = late({ seed: 3, of: 'files' })
  push(one, 2000)
  expect(one.stash.has(2000)).toBe(true)
  for (let id = 2001; id < 2011; id++) push(one, id, resourceOf('FSReqCallback'))
  expect(one.held).toBeGreaterThan(5)
})

test('a program with thousands of completions is not slowed down for ever', () => {
  const one = late({ seed: 9, of: 'files' })
  for (let id = 2000; id < 4000; id++) push(one, id, resourceOf('FSReqCallback'))
  expect(one.held).toBeLessThan(1000)
})

test("the driver's deadline comes as well, and so do calls of the same clock", async () => {
  const { calls } = late({ seed: 1, of: 'all' })
  const came: string[] = []
  calls.arm((calls.now() + 20_000) as Instant, () => came.push('deadline'))
  calls.after(40, () => came.push('late'))
  calls.after(5, () => came.push('early'))
  await until(() => came.length === 3)
  expect(came.filter((name) => name !== 'deadline')).toEqual(['early', 'late'])
  expect(came).toContain('deadline')
})
