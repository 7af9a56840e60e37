import { closeSync, openSync, readSync } from 'node:fs'
import type { TraceLine } from '../driver/index.js'

const OPERATED = JSON.stringify({ did: 'operate' } satisfies TraceLine)
const CHUNK_BYTES = 1 << 16

/** How many operations a replica has written down, while it goes on writing. */
export class TraceProgress {
  readonly #path: string
  readonly #chunk = Buffer.alloc(CHUNK_BYTES)
  #read = 0
  #rest = ''
  #operations = 0

  constructor(path: string) {
    this.#path = path
  }

  get operations(): number {
    let file: number
    try {
      file = openSync(this.#path, 'r')
    } catch {
      // Not begun.
      return 0
    }
    for (let bytes = this.#take(file); bytes > 0; bytes = this.#take(file)) {
      this.#read += bytes
      const lines = `${this.#rest}${this.#chunk.toString('latin1', 0, bytes)}`.split('\n')
      this.#rest = lines.pop() ?? ''
      this.#operations += lines.filter((line) => line === OPERATED).length
    }
    closeSync(file)
    return this.#operations
  }

  #take(file: number): number {
    return readSync(file, this.#chunk, 0, CHUNK_BYTES, this.#read)
  }
}
