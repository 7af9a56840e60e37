import { assert } from './assert.js'

/**
 * Bytes per chunk. Large enough that a chunk's own cost vanishes, small enough that freeing the head of a log gives
 * memory back soon.
 */
const CHUNK_BYTES = 1 << 18

/**
 * An append-only list of byte records numbered from `first`, kept in large chunks so that a million small records cost
 * their bytes and eight more each, not a million objects. Records are never moved: a returned view stays valid.
 */
export class RecordLog {
  #first: number
  #next: number
  #bytes = 0
  #chunks: Uint8Array[] = []
  #chunkUsed = 0
  /** Place of record `first + i`: chunk number and offset; the length follows from `#lengths`. */
  #chunkOf: number[] = []
  #offsets: number[] = []
  #lengths: number[] = []

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
    return this.#bytes
  }

  has(index: number): boolean {
    return index >= this.#first && index < this.#next
  }

  append(record: Uint8Array): number {
    let chunk = this.#chunks.at(-1)
    if (chunk === undefined || chunk.length - this.#chunkUsed < record.length) {
      chunk = new Uint8Array(Math.max(CHUNK_BYTES, record.length))
      this.#chunks.push(chunk)
      this.#chunkUsed = 0
    }
    chunk.set(record, this.#chunkUsed)
    this.#chunkOf.push(this.#chunks.length - 1)
    this.#offsets.push(this.#chunkUsed)
    this.#lengths.push(record.length)
    this.#chunkUsed += record.length
    this.#bytes += record.length
    return this.#next++
  }

  get(index: number): Uint8Array {
    assert(this.has(index), `record ${index} outside ${this.#first}..${this.#next - 1}`)
    const at = index - this.#first
    const chunk = this.#chunks[this.#chunkOf[at] as number] as Uint8Array
    const offset = this.#offsets[at] as number
    return chunk.subarray(offset, offset + (this.#lengths[at] as number))
  }

  /** Forgets the records up to and including `index`; their chunks are freed once no record in them is left. */
  dropThrough(index: number): void {
    assert(index < this.#next, `cannot drop through ${index}`)
    const gone = index + 1 - this.#first
    if (gone <= 0) return
    for (let at = 0; at < gone; at++) this.#bytes -= this.#lengths[at] as number
    const firstChunk = gone < this.#chunkOf.length ? (this.#chunkOf[gone] as number) : this.#chunks.length - 1
    this.#chunks.splice(0, firstChunk)
    this.#chunkOf = this.#chunkOf.slice(gone).map((chunk) => chunk - firstChunk)
    this.#offsets.splice(0, gone)
    this.#lengths.splice(0, gone)
    this.#first = index + 1
  }

  /** Forgets every record from `index` on; used when an established history is shorter than what is held. */
  truncate(index: number): void {
    assert(index >= this.#first && index <= this.#next, `cannot truncate to ${index}`)
    const keep = index - this.#first
    for (let at = keep; at < this.#lengths.length; at++) this.#bytes -= this.#lengths[at] as number
    // The bytes stay in their chunk: views handed out earlier must not change under their holder.
    this.#chunkOf.length = keep
    this.#offsets.length = keep
    this.#lengths.length = keep
    this.#next = index
  }
}
