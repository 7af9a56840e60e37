import type { Internals } from './internals.js'
import { type LastValues, isStep } from './values.js'
import { VALUE_SOURCE } from './operations.js'

const NS_PER_MS = 1e6

/** What the founding primary read when operation 0 began; recorded, so equal at every replica. */
export interface ClockOrigin {
  readonly dateMs: number
  readonly elapsedNs: number
  readonly loopMs: number
}

/**
 * The clocks that a primary reads. A new primary goes on where the history ends: its own clocks are moved by an offset,
 * so that nothing the program can see ever runs backwards because of a takeover.
 */
export class Clocks {
  readonly #wall: () => number = Date.now
  readonly #steady: () => number
  readonly #loop: () => number
  readonly #last: Float64Array
  #dateOffsetMs = 0
  #elapsedOffsetNs = 0
  #loopOffsetMs = 0
  #origin: ClockOrigin | undefined
  /** Loop time of the running, or else the last, operation. */
  loopMs = 0

  constructor(internals: Internals, last: LastValues) {
    this.#steady = internals.performance.now
    const { timers } = internals
    this.#loop = timers.getLibuvNow.bind(timers)
    this.#last = last.numbers
  }

  readonly dateMs = (): number => this.#wall() + this.#dateOffsetMs

  /** Nanoseconds since the program's process began, for `performance` and `hrtime`; whole, so that steps stay exact. */
  readonly elapsedNs = (): number => Math.round(this.#steady() * NS_PER_MS) + this.#elapsedOffsetNs

  /** This replica's own clock, in milliseconds, for what no program sees. */
  ownMs(): number {
    return this.#steady()
  }

  /** The value of this replica's own clock that an event of Node's carries, as the program must see it. */
  fromOwnElapsed(ownMs: number): number {
    return Math.round(ownMs * NS_PER_MS) + this.#elapsedOffsetNs
  }

  /** Now, in loop time. */
  nowLoopMs(): number {
    return Math.max(this.loopMs, this.#loop() + this.#loopOffsetMs)
  }

  /** From the program's loop time to this process's own. */
  toOwnLoopMs(loopMs: number): number {
    return loopMs - this.#loopOffsetMs
  }

  set origin(origin: ClockOrigin) {
    this.#origin = origin
  }

  /** When the group was founded. */
  get foundedMs(): number {
    return this.#origin?.dateMs ?? 0
  }

  /** When the running operation began, in the time of its loop: equal at every replica, without being recorded. */
  get operationMs(): number {
    return this.#origin === undefined ? 0 : this.#origin.dateMs + this.loopMs - this.#origin.loopMs
  }

  /** `performance.timeOrigin` of the program. */
  get timeOriginMs(): number {
    return this.#origin === undefined ? 0 : this.#origin.dateMs - this.#origin.elapsedNs / NS_PER_MS
  }

  /** This replica decides from here on. */
  takeOver(): void {
    const dateMs = this.#wall()
    const lastDateMs = this.#last[VALUE_SOURCE.date] as number
    if (isStep(lastDateMs, dateMs)) this.#dateOffsetMs = Math.max(0, lastDateMs - dateMs)
    const origin = this.#origin
    if (origin === undefined) return
    const sinceMs = Math.max(0, dateMs + this.#dateOffsetMs - origin.dateMs)
    const lastNs = Math.max(this.#last[VALUE_SOURCE.hrtime] as number, this.#last[VALUE_SOURCE.performance] as number)
    const ownNs = Math.round(this.#steady() * NS_PER_MS)
    this.#elapsedOffsetNs = Math.max(lastNs, origin.elapsedNs + sinceMs * NS_PER_MS) - ownNs
    this.#loopOffsetMs = Math.max(this.loopMs, origin.loopMs + sinceMs) - this.#loop()
  }
}
