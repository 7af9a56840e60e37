import { createRequire } from 'node:module'

interface Pattern {
  readonly pattern: (salt: number, offset: number, length: number) => Buffer
  readonly PIECE_BYTES_MAX: number
}

const { pattern, PIECE_BYTES_MAX } = createRequire(import.meta.url)('../guests/pattern.cjs') as Pattern

/** `bytes` bytes that the guest can be asked for a digest of. */
export function uploadOf(bytes: number): Buffer {
  const pieces: Buffer[] = []
  for (let offset = 0; offset < bytes; offset += PIECE_BYTES_MAX) {
    pieces.push(pattern(0, offset, Math.min(PIECE_BYTES_MAX, bytes - offset)))
  }
  return Buffer.concat(pieces)
}

/** Checks a large body at every position, as it arrives. */
export class LargeBody {
  readonly #salt: number
  received = 0

  constructor(salt: number) {
    this.#salt = salt
  }

  take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES_MAX) {
      const piece = bytes.subarray(at, at + PIECE_BYTES_MAX)
      const expected = pattern(this.#salt, this.received, piece.length)
      if (!piece.equals(expected)) {
        const wrong = piece.findIndex((byte, index) => byte !== expected[index])
        throw new Error(`wrong byte at ${this.received + wrong} of the body ${this.#salt}`)
      }
      this.received += piece.length
    }
  }
}
