const PREFACE_BYTES = 24
const HEAD_BYTES = 9
const TYPE_AT = 3
const RST_STREAM = 3

/** Follows the frames that a client sends, and counts the streams that it resets. */
export class FrameCount {
  /** Of the frame that is being received. */
  readonly #head = new Uint8Array(HEAD_BYTES)
  #headBytes = 0
  #payloadBytes = PREFACE_BYTES

  /** What is received, in order; returns how many resets begin in it. */
  resetsIn(bytes: Uint8Array): number {
    let resets = 0
    let at = 0
    while (at < bytes.length) {
      const skipped = Math.min(this.#payloadBytes, bytes.length - at)
      this.#payloadBytes -= skipped
      at += skipped
      if (at === bytes.length) break
      this.#head[this.#headBytes++] = bytes[at++] as number
      if (this.#headBytes === HEAD_BYTES && this.#begun() === RST_STREAM) resets++
    }
    return resets
  }

  /** Returns the type of the frame. */
  #begun(): number {
    const [high, middle, low] = this.#head as unknown as readonly [number, number, number]
    this.#headBytes = 0
    this.#payloadBytes = (high << 16) | (middle << 8) | low
    return this.#head[TYPE_AT] as number
  }
}
