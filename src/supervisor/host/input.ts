import type { Readable } from 'node:stream'
import type { ToChild } from '../../driver/index.js'
import type { StreamId } from '../../message/index.js'

/** What is read of the input at a time when all of it is wanted. */
const PIECE_BYTES = 16 * 1024

/** The program's standard input: not touched before the program wants it, and read no further than it wants. */
export class Input {
  readonly #open: () => Readable
  #source: Readable | undefined
  #ended = false
  /** Whoever waits for something to be there. */
  #wake: (() => void)[] = []
  #follower: StreamId | undefined
  #stopped = false
  #congested = false

  constructor(open: () => Readable) {
    this.#open = open
  }

  /** At least one byte, or none when it has ended. */
  async read(lengthMax: number): Promise<Uint8Array> {
    for (;;) {
      const source = this.#reading()
      const bytes = source.read(Math.min(lengthMax, source.readableLength)) as Uint8Array | null
      if (bytes !== null && bytes.length > 0) return bytes
      if (this.#ended) return new Uint8Array(0)
      await this.#something()
    }
  }

  /** Tells all that comes, from here on; nothing at the end. */
  async follow(stream: StreamId, tell: (bytes: Uint8Array) => void): Promise<void> {
    this.#follower = stream
    for (;;) {
      while (this.#stopped || this.#congested) await this.#something()
      const bytes = await this.read(PIECE_BYTES)
      tell(bytes)
      if (bytes.length === 0) return
    }
  }

  /** The program does not keep up, or does again. */
  take(stream: StreamId, message: ToChild): void {
    if (stream !== this.#follower || message.to !== 'flow') return
    this.#stopped = !message.on
    this.#notify()
  }

  congest(congested: boolean): void {
    this.#congested = congested
    this.#notify()
  }

  close(): void {
    this.#source?.destroy()
  }

  #reading(): Readable {
    if (this.#source !== undefined) return this.#source
    const source = this.#open()
    const end = (): void => {
      this.#ended = true
      this.#notify()
    }
    source.on('readable', () => this.#notify())
    for (const event of ['end', 'close', 'error']) source.on(event, end)
    this.#source = source
    return source
  }

  async #something(): Promise<void> {
    await new Promise<void>((resolve) => this.#wake.push(resolve))
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }
}
