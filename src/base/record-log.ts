import { assert } from './assert.js'

/**
 * Bytes per chunk. Large enough that a chunk's own cost vanishes, small enough that freeing the head of a log gives
 * memory back soon.
 */
const CHUNK_BYTES = 1 << 18

/** Bytes of records that lie next to each other, the first of them at `start` in the log as a whole. */
interface Chunk {
  readonly start: number
  readonly bytes: Uint8Array
}

/**
 * An append-only list of byte records numbered from `first`, kept in large chunks so that a million small records cost
 * their bytes and sixteen more each, not a million objects. Records are never moved: a returned view stays valid.
 */
export class RecordLog {
  #first: number
  #next: number
  #chunks: Chunk[] = []
  /** Bytes that records before the first have taken, and all records ever: places in the log as a whole. */
  #start = 0
  #end = 0
  /** The last chunk takes nothing more. */
  #closed = true
  /** By record `first + i`: its chunk, and where it ends. It begins where the one before it ends. */
  #chunkOf: number[] = []
  #ends: number[] = []

  constructor(first: number) {
    this.#first = first
    this.#next = first
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
    if (chunk === undefined || this.#closed || chunk.bytes.length - (this.#end - chunk.start) < record.length) {
      chunk = { start: this.#end, bytes: new Uint8Array(Math.max(CHUNK_BYTES, record.length)) }
      this.#chunks.push(chunk)
      this.#closed = false
    }
    chunk.bytes.set(record, this.#end - chunk.start)
    this.#end += record.length
    this.#chunkOf.push(this.#chunks.length - 1)
    this.#ends.push(this.#end)
    return this.#next++
  }

  get(index: number): Uint8Array {
    assert(this.has(index), `record ${index} outside ${this.#first}..${this.#next - 1}`)
    const at = index - this.#first
    const chunk = this.#chunks[this.#chunkOf[at] as number] as Chunk
    return chunk.bytes.subarray(this.#startOf(at) - chunk.start, (this.#ends[at] as number) - chunk.start)
  }

  lengthOf(index: number): number {
    assert(this.has(index), `record ${index} outside ${this.#first}..${this.#next - 1}`)
    const at = index - this.#first
    return (this.#ends[at] as number) - this.#startOf(at)
  }

  /** Bytes of all records ever up to and including `index`; of those that are forgotten, as much as all of them. */
  bytesThrough(index: number): number {
    if (index < this.#first) return this.#start
    return index >= this.#next ? this.#end : (this.#ends[index - this.#first] as number)
  }

  /** Forgets the records up to and including `index`; their chunks are freed once no record in them is left. */
  dropThrough(index: number): void {
    assert(index < this.#next, `cannot drop through ${index}`)
    const gone = index + 1 - this.#first
    if (gone <= 0) return
    this.#start = this.#ends[gone - 1] as number
    const firstChunk = gone < this.#chunkOf.length ? (this.#chunkOf[gone] as number) : this.#chunks.length - 1
    this.#chunks.splice(0, firstChunk)
    this.#chunkOf = this.#chunkOf.slice(gone).map((chunk) => chunk - firstChunk)
    this.#ends.splice(0, gone)
    this.#first = index + 1
  }

  /** Forgets every record from `index` on; used when an established history is shorter than what is held. */
  truncate(index: number): void {
    assert(index >= this.#first && index <= this.#next, `cannot truncate to ${index}`)
    const keep = index - this.#first
    if (keep < this.#ends.length) {
      // The bytes stay in their chunk: views handed out earlier must not change under their holder.
      this.#closed = true
      this.#end = this.#startOf(keep)
      while ((this.#chunks.at(-1)?.start ?? -1) >= this.#end) this.#chunks.pop()
    }
    this.#chunkOf.length = keep
    this.#ends.length = keep
    this.#next = index
  }

  #startOf(at: number): number {
    return at === 0 ? this.#start : (this.#ends[at - 1] as number)
  }
}
