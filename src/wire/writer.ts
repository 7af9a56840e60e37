import { assert } from '../base/index.js'

/** Writes fields into one buffer that is used again for every datagram. */
export class Writer {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity)
  }

  reset(): void {
    this.#at = 0
  }

  get length(): number {
    return this.#at
  }

  /** The bytes written since `reset`; valid until the next `reset`. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  u8(value: number): void {
    this.#bytes[this.#at++] = value
  }

  u16(value: number): void {
    this.u8(value & 0xff)
    this.u8(value >>> 8)
  }

  /** Seven bytes, little-endian. */
  u53(value: number): void {
    const low = value >>> 0
    const high = Math.floor(value / 2 ** 32)
    this.u16(low & 0xffff)
    this.u16(low >>> 16)
    this.u16(high & 0xffff)
    this.u8(high >>> 16)
  }

  /** A number of 53 bits in one to eight bytes, seven bits each, least significant first. */
  index(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest % 0x80) | 0x80
      rest = rest < 2 ** 31 ? rest >>> 7 : Math.floor(rest / 0x80)
    }
    this.#bytes[this.#at++] = rest
  }

  bytes(value: Uint8Array): void {
    this.index(value.length)
    this.raw(value)
  }

  raw(value: Uint8Array): void {
    assert(this.#at + value.length <= this.#bytes.length, 'the datagram is larger than the writer')
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }
}
