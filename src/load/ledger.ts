/** 128 MiB of bits: more requests than any run can make. */
const NUMBERS_MAX = 2 ** 30
const FIRST_BYTES = 1 << 16

/**
 * Which counts the program's state has given out, over all connections. A number that comes twice, or is below one that
 * was known when its request was sent, is of a state that forgot a request which it had answered.
 */
export class Ledger {
  #bits = new Uint8Array(FIRST_BYTES)
  #entries = 0
  #lowest = Infinity
  #highest = 0

  /** The highest number that anybody knows; 0 when there is none. */
  get highest(): number {
    return this.#highest
  }

  /** False when it is no number, was given out before, or is not above `known`, the highest when it was asked for. */
  enter(number: number, known: number): boolean {
    if (!Number.isInteger(number) || number <= known || number >= NUMBERS_MAX) return false
    const at = number >>> 3
    if (at >= this.#bits.length) this.#grow(at)
    const [byte, bit] = [this.#bits[at] as number, 1 << (number & 7)]
    if ((byte & bit) !== 0) return false
    this.#bits[at] = byte | bit
    this.#entries++
    this.#lowest = Math.min(this.#lowest, number)
    this.#highest = Math.max(this.#highest, number)
    return true
  }

  /** Numbers between the lowest and the highest that nobody was given: work done for nobody, or done twice. */
  get skipped(): number {
    return this.#entries === 0 ? 0 : this.#highest - this.#lowest + 1 - this.#entries
  }

  #grow(at: number): void {
    const bits = new Uint8Array(Math.max(at + 1, this.#bits.length * 2))
    bits.set(this.#bits)
    this.#bits = bits
  }
}
