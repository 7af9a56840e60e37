import { describe, expect, test } from 'vitest'
import { FlushPace } from '../../../src/interpose/flush-pace.js'

describe('the pace of flushes', () => {
  test('quick operations share, up to a number; then a new lot begins', () => {
    const pace = new FlushPace()
    pace.begin(10)
    const due = Array.from({ length: 400 }, (_, at) => (pace.due(10.5) ? at + 1 : 0)).filter((at) => at > 0)
    expect(due).toEqual([128, 256, 384])
  })

  test('slow operations: what the first brought waits for no other', () => {
    const pace = new FlushPace()
    pace.begin(0)
    expect([0.9, 1, 1.8, 2.1, 7, 7.5].map((nowMs) => pace.due(nowMs))).toEqual([false, true, false, true, true, false])
  })

  test('a turn begins with nothing that waits', () => {
    const pace = new FlushPace()
    pace.begin(0)
    for (let at = 0; at < 127; at++) pace.due(0)
    pace.begin(50)
    expect(pace.due(50)).toBe(false)
  })
})
