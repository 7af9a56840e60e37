import { BODY_BYTES } from './body.js'
import { ByteQueue } from './byte-queue.js'

const LENGTH_BYTES = 4

/** A body on a plain TCP connection: its length in four bytes, then itself. */
export function frameOf(body: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + body.length)
  frame.writeUInt32LE(body.length, 0)
  body.copy(frame, LENGTH_BYTES)
  return frame
}

/** Bodies out of the bytes of a TCP connection; raises an error for what cannot be one. */
export class FrameReader {
  readonly #queue = new ByteQueue()

  read(chunk: Buffer): readonly Buffer[] {
    this.#queue.append(chunk)
    const bodies: Buffer[] = []
    while (this.#queue.length >= LENGTH_BYTES) {
      const length = this.#queue.peek(LENGTH_BYTES).readUInt32LE(0)
      if (length < BODY_BYTES.min || length > BODY_BYTES.max) throw new Error(`a body of ${length} bytes`)
      if (this.#queue.length < LENGTH_BYTES + length) break
      this.#queue.take(LENGTH_BYTES)
      bodies.push(this.#queue.take(length))
    }
    return bodies
  }
}
