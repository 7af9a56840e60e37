import { expect, test } from 'vitest'
import { Gap } from '../../../src/core/messaging/gap.js'
import type { Instant } from '../../../src/message/index.js'

const at = (time: number): Instant => time as Instant
const make = (): Gap => new Gap({ nackDelay: 1_000, nackCount: 3, repeatDelay: 10_000 })

test('a gap may be reordering: it is asked for after a while', () => {
  const gap = make()
  expect(gap.seen(at(0), false)).toBe(false)
  expect(gap.deadline).toBe(1_000)
  expect(gap.due(at(999))).toBe(false)
  expect(gap.due(at(1_000))).toBe(true)
})

test('it is asked for at once when several datagrams have come since', () => {
  const gap = make()
  expect([gap.seen(at(0), false), gap.seen(at(10), false), gap.seen(at(20), false)]).toEqual([false, false, true])
})

test('who has asked keeps quiet until the answer should have come, however much comes meanwhile', () => {
  const gap = make()
  gap.seen(at(0), false)
  gap.asked(at(100))
  for (let time = 101; time < 200; time++) expect(gap.seen(at(time), false)).toBe(false)
  expect(gap.deadline).toBe(10_100)
  expect(gap.seen(at(10_100), false)).toBe(true)
})

test('who got part of an answer asks on soon', () => {
  const gap = make()
  gap.seen(at(0), false)
  gap.asked(at(100))
  expect(gap.seen(at(300), true)).toBe(false)
  expect(gap.deadline).toBe(1_300)
})

test('a gap that is closed is forgotten', () => {
  const gap = make()
  gap.seen(at(0), false)
  gap.seen(at(1), false)
  gap.close()
  expect(gap.deadline).toBeUndefined()
  expect(gap.seen(at(2), false)).toBe(false)
})
