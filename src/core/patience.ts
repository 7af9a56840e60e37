import type { Instant } from '../message/index.js'

/** A deadline that is met later than by this part of the wait was slept over. */
const LATE_PART = 4

/**
 * A wait for somebody else, after which he is given up. It counts only while this process runs itself: whoever was
 * stopped for a while, or whose machine was suspended, has not listened, and waits anew.
 */
export class Patience {
  readonly #span: number
  #until: Instant | undefined

  /** `span`: microseconds. */
  constructor(span: number) {
    this.#span = span
  }

  get deadline(): Instant | undefined {
    return this.#until
  }

  /** Begins, or begins anew. */
  start(now: Instant): void {
    this.#until = (now + this.#span) as Instant
  }

  stop(): void {
    this.#until = undefined
  }

  /** Waited long enough. Stays so until it is started again. */
  isOver(now: Instant): boolean {
    if (this.#until === undefined || now < this.#until) return false
    if (now - this.#until <= this.#span / LATE_PART) return true
    this.start(now)
    return false
  }
}
