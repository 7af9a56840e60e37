import { assert } from '../base/index.js'

/** Bytes as they arrive, taken by length without copying a large body more than once. */
export class ByteQueue {
  #chunks: Buffer[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  append(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
  }

  /** The first `length` bytes, or all there are, left in place. */
  peek(length: number): Buffer {
    let first = this.#chunks[0] ?? Buffer.alloc(0)
    const wanted = Math.min(length, this.#length)
    if (first.length < wanted) {
      first = Buffer.concat(this.#chunks)
      this.#chunks = [first]
    }
    return first.subarray(0, wanted)
  }

  take(length: number): Buffer {
    assert(length <= this.#length, `${length} bytes of ${this.#length}`)
    const first = this.#chunks[0] ?? Buffer.alloc(0)
    this.#length -= length
    if (first.length > length) {
      this.#chunks[0] = first.subarray(length)
      return first.subarray(0, length)
    }
    if (first.length === length) {
      this.#chunks.shift()
      return first
    }
    const whole = Buffer.concat(this.#chunks)
    this.#chunks = whole.length === length ? [] : [whole.subarray(length)]
    return whole.subarray(0, length)
  }
}
