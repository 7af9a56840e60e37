import type { FileFunction, FileTerms } from './file-terms.js'

const PIECE_BYTES = 64 * 1024

/** What `FileHandle` of `fs/promises` has inside: a descriptor of the program's, closed by a promise. */
export class ProgramFileHandle {
  readonly fd: number
  readonly #asyncId: number
  readonly #terms: FileTerms
  readonly #functions: Readonly<Record<string, FileFunction>>
  #flowing = false
  onread: ((bytes: ArrayBuffer | undefined) => void) | undefined

  constructor(terms: FileTerms, functions: Readonly<Record<string, FileFunction>>, fd: number) {
    this.fd = fd
    this.#terms = terms
    this.#functions = functions
    this.#asyncId = terms.operations.newAsyncId()
  }

  getAsyncId(): number {
    return this.#asyncId
  }

  close(): unknown {
    return this.#functions['close']?.([this.fd, this.#terms.usePromises])
  }

  closeSync(): void {
    this.#functions['close']?.([this.fd])
  }

  releaseFD(): number {
    return this.fd
  }

  /** A web stream of Node 20 reads the handle as it reads a socket. */
  readStart(): number {
    if (this.#flowing) return 0
    this.#flowing = true
    void this.#read()
    return 0
  }

  readStop(): number {
    this.#flowing = false
    return 0
  }

  async #read(): Promise<void> {
    const { registers, readBytesOrError, arrayBufferOffset } = this.#terms.internals.streamState
    while (this.#flowing) {
      const buffer = new Uint8Array(PIECE_BYTES)
      const read = this.#functions['read']?.([this.fd, buffer, 0, PIECE_BYTES, -1, this.#terms.usePromises])
      const count = (await read) as number
      if (!this.#flowing) return
      const ended = count === 0
      if (ended) this.#flowing = false
      registers[readBytesOrError] = ended ? this.#terms.internals.errno.UV_EOF : count
      registers[arrayBufferOffset] = 0
      this.onread?.(ended ? undefined : buffer.buffer.slice(0, count))
    }
  }
}
