import type { Clock } from '../driver/index.js'
import type { Instant } from '../message/index.js'

/** The clock of gateway and console. It never keeps the process alive. A replica's is determinizer.md A14. */
export class SystemClock implements Clock {
  readonly #pauseCell = new Int32Array(new SharedArrayBuffer(4))
  #deadline: Instant | undefined
  #wake: () => void = () => {}
  #timer: NodeJS.Timeout | undefined
  /** When the timer will fire; a deadline that moves back needs no new timer. */
  #firesAt = 0

  now(): Instant {
    return Math.floor(performance.now() * 1000) as Instant
  }

  arm(deadline: Instant | undefined, wake: () => void): void {
    this.#deadline = deadline
    this.#wake = wake
    if (deadline !== undefined && (this.#timer === undefined || deadline < this.#firesAt)) this.#start(deadline)
  }

  pause(microseconds: number): void {
    Atomics.wait(this.#pauseCell, 0, 0, microseconds / 1000)
  }

  #start(deadline: Instant): void {
    clearTimeout(this.#timer)
    this.#firesAt = deadline
    const delayMs = Math.max(1, Math.ceil((deadline - this.now()) / 1000))
    this.#timer = setTimeout(() => this.#fire(), delayMs)
    this.#timer.unref()
  }

  #fire(): void {
    this.#timer = undefined
    const deadline = this.#deadline
    if (deadline === undefined) return
    // Node's timers may fire a little early, and the deadline may have moved back meanwhile.
    if (deadline > this.now()) return this.#start(deadline)
    this.#deadline = undefined
    this.#wake()
  }
}
