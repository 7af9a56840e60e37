import { assert } from '../base/index.js'

/** Values below this have a bucket each; from there on each doubling has half as many. */
const FINE = 256
const HALF = FINE / 2
/** Doublings above `FINE` up to 2^53. */
const DOUBLINGS = 45
const BUCKETS = FINE + DOUBLINGS * HALF

/** One bucket: the lowest value that falls into it, and how many did. */
export type Bucket = readonly [lowest: number, count: number]

/**
 * How often each whole number occurred, to within 1 part in 128, in bounded memory whatever is recorded. Smallest,
 * largest and sum are exact. A percentile is never below the true one, and above it by less than a bucket's width.
 */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS)
  #count = 0
  #sum = 0
  #min = Infinity
  #max = 0

  get count(): number {
    return this.#count
  }

  /** 0 when nothing was recorded, like `max` and `mean`. */
  get min(): number {
    return this.#count === 0 ? 0 : this.#min
  }

  get max(): number {
    return this.#max
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count
  }

  record(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, `${value} cannot be counted`)
    const bucket = bucketOf(value)
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#count++
    this.#sum += value
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
  }

  merge(other: Histogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.#counts[bucket] = (this.#counts[bucket] as number) + (other.#counts[bucket] as number)
    }
    this.#count += other.#count
    this.#sum += other.#sum
    this.#min = Math.min(this.#min, other.#min)
    this.#max = Math.max(this.#max, other.#max)
  }

  /** The value that `fraction` of all recorded ones do not exceed; 0 when nothing was recorded. */
  percentile(fraction: number): number {
    const wanted = Math.max(1, Math.ceil(this.#count * fraction))
    let passed = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      passed += this.#counts[bucket] as number
      if (passed >= wanted) return Math.min(this.#max, lowestOf(bucket + 1) - 1)
    }
    return 0
  }

  /** The buckets that are not empty, rising. */
  buckets(): readonly Bucket[] {
    const found: Bucket[] = []
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = this.#counts[bucket] as number
      if (count > 0) found.push([lowestOf(bucket), count])
    }
    return found
  }
}

function bucketOf(value: number): number {
  const doublings = value < FINE ? 0 : bitsOf(value) - 8
  return doublings * HALF + Math.floor(value / 2 ** doublings)
}

function lowestOf(bucket: number): number {
  const doublings = bucket < FINE ? 0 : Math.floor(bucket / HALF) - 1
  return (bucket - doublings * HALF) * 2 ** doublings
}

/** How many binary digits; `Math.log2` would round up just below a power of two. */
function bitsOf(value: number): number {
  return value < 2 ** 32 ? 32 - Math.clz32(value) : 56 - Math.clz32(Math.floor(value / 2 ** 24))
}
