import { types } from '../workers/value-types.js'

/** A buffer that more than one thread has, and its number, beside the message that it comes with. */
export type NumberedBuffer = readonly [number: number, buffer: SharedArrayBuffer]

/** Numbers given by one thread are this far from each other: each thread gives its own. */
const THREADS = 1024

/**
 * The buffers that this thread has in common with others, by numbers that are the same at every replica: whoever posts
 * a buffer first numbers it. What one thread alone has seen needs no order.
 */
export class SharedBuffers {
  readonly #thread: number
  readonly #numbers = new WeakMap<object, number>()
  #given = 0
  /** Until one is posted, or comes, nobody has to look. */
  any = false

  constructor(thread: number) {
    this.#thread = thread
  }

  numberOf(array: unknown): number | undefined {
    return ArrayBuffer.isView(array) ? this.#numbers.get(array.buffer) : undefined
  }

  /** What is posted has it in common. */
  share(buffer: SharedArrayBuffer): NumberedBuffer {
    let number = this.#numbers.get(buffer)
    if (number === undefined) {
      number = (this.#given++ * THREADS + this.#thread) | 0
      this.#know(number, buffer)
    }
    return [number, buffer]
  }

  /** What has come with a message. */
  take(numbered: readonly NumberedBuffer[] | undefined): void {
    for (const [number, buffer] of numbered ?? []) this.#know(number, buffer)
  }

  #know(number: number, buffer: SharedArrayBuffer): void {
    this.any = true
    this.#numbers.set(buffer, number)
  }
}

/** The buffer that a value is, or is a view of, if threads can have it in common. */
export function sharedBufferOf(value: object): SharedArrayBuffer | undefined {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value
  return types.isSharedArrayBuffer(buffer) ? buffer : undefined
}
