import { EMPTY } from '../base/index.js'

/**
 * Reads fields from a datagram. It never throws and never trusts a length: the first thing that does not fit sets
 * `failed`, and everything read after that is zero or empty.
 */
export class Reader {
  readonly #bytes: Uint8Array
  #at = 0
  #failed = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get failed(): boolean {
    return this.#failed
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  get remaining(): number {
    return this.#bytes.length - this.#at
  }

  fail(): 0 {
    this.#failed = true
    this.#at = this.#bytes.length
    return 0
  }

  u8(): number {
    return this.#at < this.#bytes.length ? (this.#bytes[this.#at++] as number) : this.fail()
  }

  u16(): number {
    return this.u8() + this.u8() * 0x100
  }

  u53(): number {
    const low = this.u16() + this.u16() * 0x10000
    const high = this.u16() + this.u8() * 0x10000
    return high < 2 ** 21 ? low + high * 2 ** 32 : this.fail()
  }

  index(): number {
    let value = 0
    let scale = 1
    for (let count = 0; count < 8; count++) {
      const byte = this.u8()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : this.fail()
      scale *= 0x80
    }
    return this.fail()
  }

  /** A count of things of at least `bytesEach`: one that cannot fit what is left is refused before anything is made. */
  count(bytesEach: number): number {
    const count = this.index()
    return count * bytesEach <= this.remaining ? count : this.fail()
  }

  /** A view into the datagram, not a copy. */
  bytes(): Uint8Array {
    const length = this.index()
    if (length > this.remaining) {
      this.fail()
      return EMPTY
    }
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}
