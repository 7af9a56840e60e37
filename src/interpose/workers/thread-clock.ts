const NS_PER_US = 1000
const US_PER_MS = 1000

/**
 * The clock of a thread: it shows when the operation began that posted the last message to the thread, and goes on by a
 * microsecond each time it is read, so that `while (Date.now() < t)` comes to its end. Equal at every replica, without
 * a byte of history.
 */
export class ThreadClock {
  readonly #startedUs: number
  #nowUs: number

  constructor(startedMs: number) {
    this.#startedUs = startedMs * US_PER_MS
    this.#nowUs = this.#startedUs
  }

  /** It never goes back. */
  reach(operationMs: number): void {
    this.#nowUs = Math.max(this.#nowUs, operationMs * US_PER_MS)
  }

  /** The thread has waited for so long. */
  readonly passed = (ms: number): void => {
    this.#nowUs += Math.ceil(ms * US_PER_MS)
  }

  readonly dateMs = (): number => Math.floor(++this.#nowUs / US_PER_MS)

  readonly elapsedNs = (): number => (++this.#nowUs - this.#startedUs) * NS_PER_US

  get timeOriginMs(): number {
    return this.#startedUs / US_PER_MS
  }

  /** When an event was made is not known; when it is looked at is. */
  fromOwnElapsed(): number {
    return this.elapsedNs()
  }
}
