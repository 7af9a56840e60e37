import type { Instant } from '../message/index.js'
import type { Clock } from './ports.js'

/**
 * Keeps one timer armed for a deadline that moves at every step. Only an earlier deadline touches the timer: one that
 * moved away makes it fire once in vain, which costs less than arming it at every message.
 */
export class Wakeup {
  readonly #clock: Clock
  readonly #wake: () => void
  #armedFor: Instant | undefined
  #deadline: Instant | undefined

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock
    this.#wake = wake
  }

  arm(deadline: Instant | undefined): void {
    this.#deadline = deadline
    if (deadline === undefined || (this.#armedFor !== undefined && this.#armedFor <= deadline)) return
    this.#armedFor = deadline
    this.#clock.arm(deadline, () => this.#fired())
  }

  #fired(): void {
    this.#armedFor = undefined
    if (this.#deadline === undefined) return
    if (this.#deadline <= this.#clock.now()) this.#wake()
    else this.arm(this.#deadline)
  }
}
