import type { ChunkStore } from '../../base/index.js'
import { RecordLog } from '../../base/index.js'
import type { EntryBlock, OrderIndex } from '../../message/index.js'
import { NO_ENTRIES } from '../../message/index.js'

/**
 * The order entries of one process group, held without a gap up to `held`. At the group's primary it is the history
 * itself; at backups and at connected groups it is what they hold of it.
 */
export class History {
  readonly #log: RecordLog

  constructor(store?: ChunkStore) {
    this.#log = new RecordLog(1, store)
  }

  /** Every entry up to here is held, or known to be stable. */
  get held(): OrderIndex {
    return (this.#log.next - 1) as OrderIndex
  }

  /** The oldest entry that is still here. */
  get first(): OrderIndex {
    return this.#log.first as OrderIndex
  }

  get bytes(): number {
    return this.#log.bytes
  }

  has(index: number): boolean {
    return this.#log.has(index)
  }

  get(index: number): Uint8Array {
    return this.#log.get(index)
  }

  append(entry: Uint8Array): OrderIndex {
    return this.#log.append(entry) as OrderIndex
  }

  /**
   * Takes what follows the entries held; what would leave a gap is not taken (contiguity, protocol.md 5.5).
   * Returns whether there was news.
   */
  merge(block: EntryBlock): boolean {
    const before = this.held
    for (let at = Math.max(0, before + 1 - block.first); at < block.entries.length; at++) {
      if (block.first + at !== this.held + 1) break
      this.#log.append(block.entries[at] as Uint8Array)
    }
    return this.held > before
  }

  /** Entries up to `index` are stable: whoever lacks them need not wait for them. */
  skipTo(index: number): void {
    if (index > this.held) this.#log.restart(index + 1)
  }

  /** Entries `from`..`to` as far as they are here and fit `bytesMax`, at least one. */
  block(from: number, to: number, bytesMax: number): EntryBlock {
    const last = Math.min(to, this.held)
    if (from > last || from < this.first) return NO_ENTRIES
    const entries: Uint8Array[] = []
    let bytes = 0
    for (let index = from; index <= last; index++) {
      const entry = this.#log.get(index)
      bytes += entry.length + 2
      if (entries.length > 0 && bytes > bytesMax) break
      entries.push(entry)
    }
    return { first: from as OrderIndex, entries }
  }

  /** The lowest index such that the entries from it to `to` fit `bytesMax`; `to + 1` when none does. */
  reachBack(to: number, floor: number, bytesMax: number): number {
    let bytes = 0
    let index = to
    for (; index >= Math.max(floor, this.first); index--) {
      bytes += this.#log.get(index).length + 2
      if (bytes > bytesMax) break
    }
    return index + 1
  }

  /** An established history is `length` long: what is held beyond it never happened. */
  truncate(length: number): void {
    if (length >= this.held) return
    if (length + 1 >= this.first) this.#log.truncate(length + 1)
    else this.#log.restart(length + 1)
  }

  dropThrough(index: number): void {
    this.#log.dropThrough(Math.min(index, this.held))
  }
}

export function lastOf(block: EntryBlock): OrderIndex {
  return (block.first + block.entries.length - 1) as OrderIndex
}
