import { expect } from 'vitest'
import type { Run } from './run-guest.js'

/** A backup has done what the primary did. */
export function expectSame(replayed: Run, live: Run): void {
  expect(replayed.errors).toBe('')
  expect(replayed.output).toBe(live.output)
  expect(replayed.frames).toEqual(live.frames)
  expect(replayed.entries).toEqual(live.entries)
  expect(replayed.digests).toEqual(live.digests)
  expect(replayed.code).toBe(live.code)
}
