import { types } from '../workers/value-types.js'

/** Who has numbered a buffer, and the how manyeth of its own that was. */
export interface BufferNumber {
  readonly origin: number
  readonly count: number
}

/** A buffer that more than one thread has, and its number, beside the message that it comes with. */
export type NumberedBuffer = readonly [number: BufferNumber, buffer: SharedArrayBuffer]

/**
 * The buffers that this thread has in common with others, by numbers that are the same at every replica: whoever posts
 * a buffer first numbers it. What one thread alone has seen needs no order.
 */
export class SharedBuffers {
  readonly #origin: number
  readonly #numbers = new WeakMap<object, BufferNumber>()
  #count = 0
  /** Until one is posted, or comes, nobody has to look. */
  any = false

  /** `origin`: of this thread, and of no other that there ever was. */
  constructor(origin: number) {
    this.#origin = origin
  }

  numberOf(array: unknown): BufferNumber | undefined {
    return ArrayBuffer.isView(array) ? this.#numbers.get(array.buffer) : undefined
  }

  /** What is posted has it in common. */
  share(buffer: SharedArrayBuffer): NumberedBuffer {
    let number = this.#numbers.get(buffer)
    if (number === undefined) {
      number = { origin: this.#origin, count: this.#count++ }
      this.#know(number, buffer)
    }
    return [number, buffer]
  }

  /** What has come with a message. */
  take(numbered: readonly NumberedBuffer[] | undefined): void {
    for (const [number, buffer] of numbered ?? []) this.#know(number, buffer)
  }

  #know(number: BufferNumber, buffer: SharedArrayBuffer): void {
    this.any = true
    this.#numbers.set(buffer, number)
  }
}

/** The buffer that a value is, or is a view of, if threads can have it in common. */
export function sharedBufferOf(value: object): SharedArrayBuffer | undefined {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value
  return types.isSharedArrayBuffer(buffer) ? buffer : undefined
}
