/** A deterministic source of numbers (sfc32) for simulations and tests: the same seed gives the same sequence. */
export class SeededRandom {
  #a: number
  #b: number
  #c: number
  #d = 1

  constructor(seed: number) {
    this.#a = seed | 0
    this.#b = Math.trunc(seed / 2 ** 32) | 0
    this.#c = 0x243f6a88
    for (let round = 0; round < 15; round++) this.next32()
  }

  /** A whole number in 0 .. 2^32 - 1. */
  next32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t
    this.#c |= 0
    return t >>> 0
  }

  /** A whole number in 0 .. bound - 1. */
  below(bound: number): number {
    return Math.floor((this.next32() / 2 ** 32) * bound)
  }

  /** True with probability `perMille` / 1000. */
  chance(perMille: number): boolean {
    return this.below(1000) < perMille
  }
}
