import { assert } from './assert.js'

/**
 * Bytes per chunk. Large enough that a chunk's own cost vanishes, small enough that freeing the head of a log gives
 * memory back soon.
 */
export const CHUNK_BYTES: number = 1 << 18

/** What the end of a record takes beside its bytes. */
const END_BYTES = 4

/**
 * Where a log lays away chunks that are hardly read any more. Synchronous, because the machines that read are; the
 * bytes are those of a file on this host, not of a network.
 */
export interface ChunkStore {
  /** Keeps a copy of at most `CHUNK_BYTES`, and says where; undefined when there is no room. */
  put(bytes: Uint8Array): number | undefined
  /** As many bytes of what is there, in memory of their own. */
  get(place: number, length: number): Uint8Array
  drop(place: number): void
}

interface Content {
  readonly bytes: Uint8Array
  /** Where each record ends. It begins where the one before it ends. */
  ends: number[]
}

interface Stored {
  readonly place: number
  readonly usedBytes: number
  readonly count: number
}

/** Records that lie next to each other. They are never moved: a returned view stays valid. */
export class Chunk {
  /** Number of the first record. */
  readonly first: number
  /** Where its first byte is in the log as a whole. */
  readonly start: number
  #count = 0
  #usedBytes = 0
  #content: Content | undefined
  #stored: Stored | undefined

  constructor(first: number, start: number, firstRecordBytes: number) {
    this.first = first
    this.start = start
    this.#content = { bytes: new Uint8Array(Math.max(CHUNK_BYTES, firstRecordBytes)), ends: [] }
  }

  /** Whether a record of so many bytes has room, and its end beside it when the chunk is laid away. */
  fits(length: number): boolean {
    return this.#count === 0 || this.#usedBytes + length + END_BYTES * (this.#count + 1) <= CHUNK_BYTES
  }

  append(record: Uint8Array): void {
    const { bytes, ends } = this.#kept
    bytes.set(record, this.#usedBytes)
    this.#usedBytes += record.length
    this.#count++
    ends.push(this.#usedBytes)
  }

  get isLaidAway(): boolean {
    return this.#stored !== undefined
  }

  get isInMemory(): boolean {
    return this.#content !== undefined
  }

  record(index: number): Uint8Array {
    return this.#kept.bytes.subarray(this.startOf(index), this.endOf(index))
  }

  /** Bytes of this chunk before the record. */
  startOf(index: number): number {
    return index === this.first ? 0 : this.endOf(index - 1)
  }

  endOf(index: number): number {
    return this.#kept.ends[index - this.first] as number
  }

  /** Forgets records from `index` on. Their bytes stay: views handed out earlier must not change under their holder. */
  truncate(index: number): void {
    this.#count = index - this.first
    this.#kept.ends.length = this.#count
  }

  /** Out of memory, into the store; returns whether it is there. One that is larger than any other stays. */
  layAway(store: ChunkStore): boolean {
    const { bytes, ends } = this.#kept
    const endBytes = Uint32Array.from(ends)
    const all = new Uint8Array(this.#usedBytes + endBytes.byteLength)
    if (all.length > CHUNK_BYTES) return true
    all.set(bytes.subarray(0, this.#usedBytes))
    all.set(new Uint8Array(endBytes.buffer), this.#usedBytes)
    const place = store.put(all)
    if (place === undefined) return false
    this.#stored = { place, usedBytes: this.#usedBytes, count: ends.length }
    this.#content = undefined
    return true
  }

  /** Back into memory, until `forget`. */
  load(store: ChunkStore): void {
    const { place, usedBytes, count } = this.#stored as Stored
    const all = store.get(place, usedBytes + END_BYTES * count)
    const ends = new Uint32Array(all.slice(usedBytes).buffer)
    this.#content = { bytes: all, ends: [...ends.subarray(0, this.#count)] }
  }

  forget(): void {
    if (this.isLaidAway) this.#content = undefined
  }

  release(store: ChunkStore | undefined): void {
    if (this.#stored !== undefined) store?.drop(this.#stored.place)
  }

  get #kept(): Content {
    assert(this.#content !== undefined, 'a chunk that is laid away is loaded before it is read')
    return this.#content
  }
}
