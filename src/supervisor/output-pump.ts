import { write } from 'node:fs'

/**
 * Output kept for a reader that does not read (`llft run | less`). Plain Node would block the program; here clients
 * are worth more than a paused pager, so what exceeds this is dropped, and that is reported.
 */
const QUEUE_BYTES_MAX = 64 << 20
/** A pipe that somebody else has set to non-blocking is tried again. */
const RETRY_MS = 5

/**
 * Writes to a file descriptor in order, without ever blocking the supervisor: `process.stdout` is synchronous on a
 * pipe, and a blocked supervisor would see no replica die.
 */
export class OutputPump {
  readonly #fd: number
  readonly #overflowed: (queuedBytes: number) => void
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #writing = false
  #closed = false
  #idle: (() => void)[] = []

  constructor(fd: number, overflowed: (queuedBytes: number) => void) {
    this.#fd = fd
    this.#overflowed = overflowed
  }

  /** The bytes are copied. */
  write(bytes: Uint8Array): void {
    if (this.#closed || bytes.length === 0) return
    if (this.#queuedBytes + bytes.length > QUEUE_BYTES_MAX) {
      this.#overflowed(this.#queuedBytes)
      return
    }
    this.#queue.push(Uint8Array.from(bytes))
    this.#queuedBytes += bytes.length
    if (!this.#writing) this.#next()
  }

  /** Resolves when everything accepted so far is written, or can never be. */
  drained(): Promise<void> {
    return this.#writing ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve()
  }

  #next(): void {
    const chunk = this.#queue[0]
    this.#writing = chunk !== undefined
    if (chunk === undefined) {
      for (const resolve of this.#idle.splice(0)) resolve()
      return
    }
    write(this.#fd, chunk, 0, chunk.length, null, (error, written) => {
      if (error === null) this.#wrote(chunk, written)
      else if (error.code === 'EAGAIN') setTimeout(() => this.#next(), RETRY_MS)
      else this.#abandon()
    })
  }

  #wrote(chunk: Uint8Array, written: number): void {
    this.#queuedBytes -= written
    if (written === chunk.length) this.#queue.shift()
    else this.#queue[0] = chunk.subarray(written)
    this.#next()
  }

  /** The reader has gone (EPIPE): nobody misses what follows. */
  #abandon(): void {
    this.#closed = true
    this.#queue = []
    this.#queuedBytes = 0
    this.#next()
  }
}
