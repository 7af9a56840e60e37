/** Two bytes, eight of a long length, four of the mask. */
const HEADER_BYTES_MAX = 14
const MASK_BYTES = 4
/** Lengths of payloads that stand for "in the next two bytes" and "in the next eight". */
const IN_TWO_BYTES = 126
const IN_EIGHT_BYTES = 127
const CONTROL_FROM = 8

/**
 * Whether what has come on a WebSocket ends where a message does, seen by the lengths of frames alone (RFC 6455, 5.2):
 * whoever goes on with the stream must begin with a frame, and with the first of a message.
 */
export class MessageEnds {
  readonly #header = new Uint8Array(HEADER_BYTES_MAX)
  readonly #view: DataView = new DataView(this.#header.buffer)
  #headerHas = 0
  #payloadLeft = 0
  #fragmented = false

  get between(): boolean {
    return this.#headerHas === 0 && this.#payloadLeft === 0 && !this.#fragmented
  }

  take(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      if (this.#payloadLeft > 0) {
        const skipped = Math.min(this.#payloadLeft, bytes.length - at)
        this.#payloadLeft -= skipped
        at += skipped
      } else {
        this.#header[this.#headerHas++] = bytes[at++] as number
        if (this.#headerHas > 1 && this.#headerHas === this.#headerBytes) this.#frame()
      }
    }
  }

  get #lengthCode(): number {
    return (this.#header[1] as number) & 127
  }

  get #headerBytes(): number {
    const masked = (this.#header[1] as number) > 127
    const length = this.#lengthCode === IN_TWO_BYTES ? 2 : this.#lengthCode === IN_EIGHT_BYTES ? 8 : 0
    return 2 + length + (masked ? MASK_BYTES : 0)
  }

  #frame(): void {
    const first = this.#header[0] as number
    const code = this.#lengthCode
    this.#headerHas = 0
    if (code === IN_TWO_BYTES) this.#payloadLeft = this.#view.getUint16(2)
    else if (code === IN_EIGHT_BYTES) this.#payloadLeft = Number(this.#view.getBigUint64(2))
    else this.#payloadLeft = code
    if ((first & 15) < CONTROL_FROM) this.#fragmented = first < 128
  }
}
