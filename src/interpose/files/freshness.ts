import type { NativeFunction } from '../edge-internals.js'

/** A larger file that does not change is not written into the history, from which later replicas would have it. */
const FILE_WRITTEN_BYTES_MAX = 1 << 20
const TYPE_MASK = 0o170000
const REGULAR = 0o100000

/** Places in the array that the binding fills for a file. */
const FIELD = { mode: 1, size: 8, changedSeconds: 14 } as const

export interface FreshnessTerms {
  readonly stat: NativeFunction
  readonly fstat: NativeFunction
  /** When the group was founded, on the clock of this host. */
  readonly foundedMs: () => number
}

/** Whether what is read of a file is written into the history; if not, each replica reads it for itself. */
export type Written = 'always' | 'within bounds' | 'never'

/** How a file is to be written down, by what the primary sees of it. */
export class Freshness {
  readonly #terms: FreshnessTerms

  constructor(terms: FreshnessTerms) {
    this.#terms = terms
  }

  ofPath(path: unknown, isCode: boolean): Written {
    return this.#judge(this.#terms.stat(path, false, undefined, false), isCode)
  }

  ofDescriptor(real: number, isCode: boolean): Written {
    return this.#judge(this.#terms.fstat(real, false, undefined, true), isCode)
  }

  /**
   * What has changed since the group was founded may change again: each replica would read something else. So may what
   * is no regular file, or has no size, as under /proc.
   */
  #judge(stats: unknown, isCode: boolean): Written {
    if (!(stats instanceof Float64Array)) return 'always'
    const [mode, size, changed] = [FIELD.mode, FIELD.size, FIELD.changedSeconds].map((field) => stats[field] as number)
    const stays =
      ((mode as number) & TYPE_MASK) === REGULAR &&
      (size as number) > 0 &&
      (changed as number) * 1000 < this.#terms.foundedMs()
    if (!stays) return 'always'
    return isCode || (size as number) > FILE_WRITTEN_BYTES_MAX ? 'never' : 'within bounds'
  }
}
