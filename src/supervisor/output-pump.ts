import { write } from 'node:fs'

/** A pipe that somebody else has set to non-blocking is tried again. */
const RETRY_MS = 5

/**
 * Writes to a file descriptor in order, without ever blocking the supervisor: `process.stdout` is synchronous on a
 * pipe, and a blocked supervisor would see no replica die.
 */
export class OutputPump {
  readonly #fd: number
  /** Bounded by the window that the console advertises, since it is told of `queuedBytes`. */
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #writing = false
  #closed = false
  #idle: (() => void)[] = []
  /** Bounded by the generations that there are at a time. */
  readonly #watchers = new Set<() => void>()

  constructor(fd: number) {
    this.#fd = fd
  }

  /** Bytes that the reader has not taken. */
  get queuedBytes(): number {
    return this.#queuedBytes
  }

  /** Calls whenever `queuedBytes` has changed; returns how to stop it. */
  watch(queued: () => void): () => void {
    this.#watchers.add(queued)
    return () => void this.#watchers.delete(queued)
  }

  /** The bytes are copied. */
  write(bytes: Uint8Array): void {
    if (this.#closed || bytes.length === 0) return
    this.#queue.push(Uint8Array.from(bytes))
    this.#queuedBytes += bytes.length
    this.#tell()
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
    this.#tell()
    if (written === chunk.length) this.#queue.shift()
    else this.#queue[0] = chunk.subarray(written)
    this.#next()
  }

  /** The reader has gone (EPIPE): nobody misses what follows. */
  #abandon(): void {
    this.#closed = true
    this.#queue = []
    this.#queuedBytes = 0
    this.#tell()
    this.#next()
  }

  #tell(): void {
    for (const queued of this.#watchers) queued()
  }
}
