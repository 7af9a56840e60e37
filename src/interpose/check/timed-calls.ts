import type { Clock } from '../../driver/index.js'
import type { Instant } from '../../message/index.js'

interface Call {
  readonly at: number
  readonly run: () => void
}

/** A clock whose one timer serves calls at other times, too. */
export class TimedCalls implements Clock {
  readonly #clock: Clock
  /** Bounded by the completions that are under way. */
  #calls: Call[] = []
  #deadline: Instant | undefined
  #wake: () => void = () => undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): Instant {
    return this.#clock.now()
  }

  pause(microseconds: number): void {
    this.#clock.pause(microseconds)
  }

  arm(deadline: Instant | undefined, wake: () => void): void {
    this.#deadline = deadline
    this.#wake = wake
    this.#arrange()
  }

  /** Runs it when the event loop next comes by after so many milliseconds. */
  after(delayMs: number, run: () => void): void {
    this.#calls.push({ at: this.now() + delayMs * 1000, run })
    this.#arrange()
  }

  #arrange(): void {
    const next = this.#calls.reduce((earliest, { at }) => Math.min(earliest, at), this.#deadline ?? Infinity)
    this.#clock.arm(next === Infinity ? undefined : (next as Instant), () => this.#fired())
  }

  #fired(): void {
    const now = this.now()
    const due = this.#calls.filter(({ at }) => at <= now).toSorted((one, other) => one.at - other.at)
    this.#calls = this.#calls.filter(({ at }) => at > now)
    for (const { run } of due) run()
    if (this.#deadline !== undefined && this.#deadline <= now) {
      this.#deadline = undefined
      this.#wake()
    }
    this.#arrange()
  }
}
