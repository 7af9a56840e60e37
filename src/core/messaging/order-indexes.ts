/** Acknowledged numbers are let go in lots of this many. */
const TRIM_COUNT = 256

/**
 * Which order entry each payload under way depends on. A payload that is sent again depends on no more than it did at
 * first: whoever waits for it must not wait for entries that came later.
 */
export class OrderIndexes {
  #from = 1
  /** Of payloads `#from`, `#from + 1`, ...; bounded by what is not acknowledged. */
  #indexes: number[] = []

  /** Payloads up to `to` have left for the first time, or are known to depend on `index` already. */
  note(from: number, to: number, index: number): void {
    if (from > this.#from + this.#indexes.length) {
      this.#from = from
      this.#indexes = []
    }
    while (this.#from + this.#indexes.length <= to) this.#indexes.push(index)
  }

  of(sequence: number): number {
    return this.#indexes[sequence - this.#from] ?? 0
  }

  acknowledge(upTo: number): void {
    if (upTo - this.#from < TRIM_COUNT) return
    this.#indexes.splice(0, upTo - this.#from)
    this.#from = upTo
  }
}
