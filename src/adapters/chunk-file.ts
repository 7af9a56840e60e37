import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ChunkStore } from '../base/index.js'
import { CHUNK_BYTES } from '../base/index.js'

/** How a file is read and written here; in a replica around what the program sees of the file system. */
export type FileAccess = <Result>(work: () => Result) => Result

/**
 * Lays chunks away in a file that has no name: it is gone with its process, however that ends. Places are of one size
 * and used again, so that the file is never larger than what was in it at once.
 */
export class ChunkFile implements ChunkStore {
  readonly #file: number
  readonly #access: FileAccess
  /** Bounded by `historyBytesMax`, as what is laid away is. */
  readonly #free: number[] = []
  #places = 0

  /** Raises what the file system says when no file can be made in `folder`. */
  constructor(folder: string, name: string, access: FileAccess = (work) => work()) {
    const path = join(folder, `llft-history-${name}`)
    this.#file = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
    this.#access = access
  }

  put(bytes: Uint8Array): number | undefined {
    const place = this.#free.pop() ?? this.#places++
    try {
      this.#access(() => {
        for (let at = 0; at < bytes.length;) {
          at += writeSync(this.#file, bytes, at, bytes.length - at, place * CHUNK_BYTES + at)
        }
      })
      return place
    } catch {
      // No room on the disk: the log keeps it in memory and asks again.
      this.#free.push(place)
      return undefined
    }
  }

  get(place: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    this.#access(() => {
      for (let at = 0; at < length;) {
        const count = readSync(this.#file, bytes, at, length - at, place * CHUNK_BYTES + at)
        if (count === 0) throw new Error('the file of the history is shorter than what was written to it')
        at += count
      }
    })
    return bytes
  }

  drop(place: number): void {
    this.#free.push(place)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** A file for this process in `folder`; undefined, so that all stays in memory, where none is wanted or none can be. */
export function openChunkFile(folder: string | undefined, name: string, access?: FileAccess): ChunkFile | undefined {
  if (folder === undefined) return undefined
  try {
    return new ChunkFile(folder, name, access)
  } catch {
    return undefined
  }
}
