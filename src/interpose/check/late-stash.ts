import { SeededRandom } from '../../base/index.js'
import type { Delays } from '../../driver/index.js'
import { type Completion, Stash } from '../completions.js'
import type { TimedCalls } from './timed-calls.js'

/** Most completions are late by a little, so that neighbours change places; some by what a busy disk takes. */
const SHORT_MS = 4
const LONG_MS = 40
const LONG_PER_MILLE = 200
/** A program that reads thousands of files one after the other is slowed down by so much, and no more. */
const DELAYS_MS_MAX = 5_000

/** What the native callbacks of `fs` are called with. */
const FILE_REQUEST = /^FSReq/

export interface LateTerms {
  readonly delays: Delays
  readonly calls: TimedCalls
  /** Something has arrived. */
  readonly arrived: () => void
  /** Counts what must keep the program alive although the event loop has nothing left to do. */
  readonly hold: (delta: 1 | -1) => void
}

/** Completions arrive later than they happened, and in another order. */
export class LateStash extends Stash {
  readonly #terms: LateTerms
  readonly #random: SeededRandom
  #leftMs = DELAYS_MS_MAX
  /** Those of one resource under way, in their order; bounded by what the program has under way. */
  readonly #late = new Map<number, Completion[]>()

  constructor(terms: LateTerms) {
    super()
    this.#terms = terms
    this.#random = new SeededRandom(terms.delays.seed)
  }

  /** Nothing passes by: what happens goes through `push`. */
  override get empty(): boolean {
    return false
  }

  override push(completion: Completion): void {
    const { asyncId } = completion
    // What a thread says comes at its own pace in any case, and none of it after its end.
    if (this.isScreened(completion)) return super.push(completion)
    const before = this.#late.get(asyncId)
    // What happens several times to one resource stays in order.
    if (before !== undefined) return void before.push(completion)
    const delayMs = this.#delayOf(completion)
    if (delayMs === 0) return super.push(completion)
    this.#late.set(asyncId, [completion])
    this.#terms.hold(1)
    this.#terms.calls.after(delayMs, () => this.#arrive(asyncId))
  }

  #arrive(asyncId: number): void {
    const late = this.#late.get(asyncId) ?? []
    this.#late.delete(asyncId)
    for (const completion of late) super.push(completion)
    this.#terms.hold(-1)
    this.#terms.arrived()
  }

  #delayOf({ resource }: Completion): number {
    const { of } = this.#terms.delays
    // A promise that C++ settles has no resource: mostly that of a file.
    if (of === 'files' && resource !== undefined && !FILE_REQUEST.test(resource.constructor.name)) return 0
    const boundMs = of === 'files' || this.#random.chance(LONG_PER_MILLE) ? LONG_MS : SHORT_MS
    const delayMs = Math.min(this.#leftMs, this.#random.below(boundMs + 1))
    this.#leftMs -= delayMs
    return delayMs
  }
}
