import { assert } from './assert.js'
import type { ChunkStore } from './chunk.js'
import { Chunk } from './chunk.js'

/** Chunks at the end of a log that stay in memory: more than is ever under way. */
const RECENT_CHUNKS = 32

/**
 * An append-only list of byte records numbered from `first`, kept in large chunks so that a million small records cost
 * their bytes and eight more each, not a million objects. With a store, only the end of the log is in memory. Records
 * are never moved: a returned view stays valid.
 */
export class RecordLog {
  readonly #store: ChunkStore | undefined
  #first: number
  #next: number
  #chunks: Chunk[] = []
  /** Bytes that records before the first have taken, and all records ever: places in the log as a whole. */
  #start = 0
  #end = 0
  /** The last chunk takes nothing more. */
  #closed = true
  /** The one chunk that was laid away and is in memory again. */
  #loaded: Chunk | undefined

  constructor(first: number, store?: ChunkStore) {
    this.#first = first
    this.#next = first
    this.#store = store
  }

  /** Number of the oldest record. */
  get first(): number {
    return this.#first
  }

  /** Number that the next appended record will get. */
  get next(): number {
    return this.#next
  }

  /** Payload bytes held. */
  get bytes(): number {
    return this.#end - this.#start
  }

  has(index: number): boolean {
    return index >= this.#first && index < this.#next
  }

  append(record: Uint8Array): number {
    let chunk = this.#chunks.at(-1)
    if (chunk === undefined || this.#closed || !chunk.fits(record.length)) chunk = this.#grow(record.length)
    chunk.append(record)
    this.#end += record.length
    return this.#next++
  }

  get(index: number): Uint8Array {
    assert(this.has(index), `record ${index} outside ${this.#first}..${this.#next - 1}`)
    return this.#chunkWith(index).record(index)
  }

  lengthOf(index: number): number {
    assert(this.has(index), `record ${index} outside ${this.#first}..${this.#next - 1}`)
    const chunk = this.#chunkWith(index)
    return chunk.endOf(index) - chunk.startOf(index)
  }

  /** Bytes of all records ever up to and including `index`; of those that are forgotten, as much as all of them. */
  bytesThrough(index: number): number {
    if (index < this.#first) return this.#start
    if (index >= this.#next - 1) return this.#end
    const chunk = this.#chunkWith(index)
    return chunk.start + chunk.endOf(index)
  }

  /** Forgets the records up to and including `index`; their chunks are freed once no record in them is left. */
  dropThrough(index: number): void {
    assert(index < this.#next, `cannot drop through ${index}`)
    if (index < this.#first) return
    this.#start = this.bytesThrough(index)
    let gone = 0
    while (gone + 1 < this.#chunks.length && (this.#chunks[gone + 1] as Chunk).first <= index + 1) gone++
    this.#release(this.#chunks.splice(0, gone))
    this.#first = index + 1
  }

  /** Forgets every record from `index` on; used when an established history is shorter than what is held. */
  truncate(index: number): void {
    assert(index >= this.#first && index <= this.#next, `cannot truncate to ${index}`)
    if (index === this.#next) return
    this.#end = this.bytesThrough(index - 1)
    this.#closed = true
    let kept = this.#chunks.length
    while (kept > 0 && (this.#chunks[kept - 1] as Chunk).first >= index) kept--
    this.#release(this.#chunks.splice(kept))
    if (index > this.#first) this.#chunkWith(index - 1).truncate(index)
    this.#next = index
  }

  /** Forgets all records; the next one is number `first`. */
  restart(first: number): void {
    this.#release(this.#chunks.splice(0))
    this.#closed = true
    this.#start = this.#end
    this.#first = first
    this.#next = first
  }

  #grow(recordBytes: number): Chunk {
    const chunk = new Chunk(this.#next, this.#end, recordBytes)
    this.#chunks.push(chunk)
    this.#closed = false
    if (this.#store !== undefined) this.#layAway(this.#store)
    return chunk
  }

  /** All but the recent chunks; also those for which there was no room before. */
  #layAway(store: ChunkStore): void {
    for (let at = this.#chunks.length - 1 - RECENT_CHUNKS; at >= 0; at--) {
      const chunk = this.#chunks[at] as Chunk
      if (chunk.isLaidAway || !chunk.layAway(store)) return
    }
  }

  /** The chunk of a record that is here, in memory. */
  #chunkWith(index: number): Chunk {
    const chunk = this.#find(index)
    if (chunk.isInMemory) return chunk
    this.#loaded?.forget()
    chunk.load(this.#store as ChunkStore)
    this.#loaded = chunk
    return chunk
  }

  #find(index: number): Chunk {
    const last = this.#chunks.length - 1
    if ((this.#chunks[last] as Chunk).first <= index) return this.#chunks[last] as Chunk
    let low = 0
    let high = last - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.#chunks[middle] as Chunk).first <= index) low = middle
      else high = middle - 1
    }
    return this.#chunks[low] as Chunk
  }

  #release(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) {
      chunk.release(this.#store)
      if (this.#loaded === chunk) this.#loaded = undefined
    }
  }
}
