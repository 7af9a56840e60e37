import type { Internals } from '../internals.js'
import { furnishDate } from '../realm/date.js'
import { makeRealm } from '../realm/realm.js'

const MS_PER_SECOND = 1000
const NS_PER_MS = 1e6

/**
 * The clocks that JavaScript reads, as those of a host whose clock is wrong; what the determinizer puts in their place
 * is built upon them. Call it before `install`. Clocks that C++ reads are not moved.
 */
export function shiftClocks(internals: Internals, shiftMs: number): void {
  const now = Date.now
  furnishDate(makeRealm(), () => now() + shiftMs)
  const { performance, processMethods } = internals
  const steady = performance.now
  performance.now = () => steady() + shiftMs
  const utils = internals.module<{ now: () => number }>('internal/perf/utils')
  const own = utils.now
  utils.now = () => own() + shiftMs
  shiftHrtime(processMethods, shiftMs)
}

/** The shift in whole seconds: the fraction, and with it the carry, stays. */
function shiftHrtime(methods: Internals['processMethods'], shiftMs: number): void {
  const { hrtime, hrtimeBigInt, hrtimeBuffer } = methods
  const words = new Uint32Array(hrtimeBuffer.buffer, hrtimeBuffer.byteOffset, 3)
  const whole = new BigUint64Array(hrtimeBuffer.buffer, hrtimeBuffer.byteOffset, 1)
  const seconds = Math.trunc(shiftMs / MS_PER_SECOND)
  // The natives find their buffer by what they are called on.
  methods.hrtime = () => {
    Reflect.apply(hrtime, methods, [])
    words[1] = (words[1] as number) + seconds
  }
  methods.hrtimeBigInt = () => {
    Reflect.apply(hrtimeBigInt, methods, [])
    whole[0] = (whole[0] as bigint) + BigInt(seconds) * BigInt(MS_PER_SECOND * NS_PER_MS)
  }
}
