import { mixBytes, mixNumber } from '../base/index.js'
import { FRAME, type Frame, type GroupId } from '../message/index.js'
import type { Internals } from './internals.js'

/** From here on Node's own checksum is faster than mixing in JavaScript (determinizer.md B9). */
const CRC_BYTES_MIN = 512

/** Takes the digest after each operation: the index of its last entry, and the check over everything up to there. */
export type DigestSink = (index: number, digest: number) => void

/**
 * What this replica has decided and sent so far, in two numbers: entries (which hold the recorded values), and messages
 * to connected groups with async ids. Equal at every index that replicas share.
 */
export class OperationDigest {
  readonly #crc32: (bytes: Uint8Array | string, seed: number) => number
  /** Two chains, because a backup takes an entry later than the primary sealed it, relative to the output around it. */
  #entries = 0
  #effects = 0

  constructor(internals: Internals) {
    this.#crc32 = internals.zlib.crc32
  }

  get value(): number {
    return mixNumber(this.#entries, this.#effects)
  }

  /** A byte of all that was sent up to here: goes into the history with each message (ADR 32). */
  get check(): number {
    return this.#effects & 0xff
  }

  entry(bytes: Uint8Array): void {
    this.#entries = mixBytes(this.#entries, bytes)
  }

  number(value: number): void {
    this.#effects = mixNumber(this.#effects, value)
  }

  frame(to: GroupId, frame: Frame): void {
    this.number(to * 256 + FRAME[frame.frame])
    if ('stream' in frame) this.number(frame.stream)
    if ('listener' in frame) this.number(frame.listener)
    if ('bytes' in frame) this.#bytes(frame.bytes)
    if ('taken' in frame) this.number(frame.taken)
    if (frame.frame === 'output') this.number(frame.fd)
    else if (frame.frame === 'listen') this.number(this.#crc32(JSON.stringify(frame), 0))
    else if (frame.frame === 'exit') this.number((frame.code * 256 + frame.signal) * 2 + Number(frame.uncaught))
  }

  #bytes(bytes: Uint8Array): void {
    if (bytes.length < CRC_BYTES_MIN) this.#effects = mixBytes(this.#effects, bytes)
    else this.number(this.#crc32(bytes, 0))
  }
}
