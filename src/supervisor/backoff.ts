/** Doubling delays between two bounds. */
export class Backoff {
  readonly #minMs: number
  readonly #maxMs: number
  #nextMs: number

  constructor(minMs: number, maxMs: number) {
    this.#minMs = minMs
    this.#maxMs = maxMs
    this.#nextMs = minMs
  }

  next(): number {
    const delayMs = this.#nextMs
    this.#nextMs = Math.min(this.#maxMs, delayMs * 2)
    return delayMs
  }

  /** It went well: the next delay is the shortest again. */
  reset(): void {
    this.#nextMs = this.#minMs
  }
}
