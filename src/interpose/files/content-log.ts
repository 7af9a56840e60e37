import { type Operations, VALUE_SOURCE } from '../operations.js'
import type { Written } from './freshness.js'

/** Contents that are remembered, so that the same again costs two bytes; beyond it the longest unused are forgotten. */
const REMEMBERED_BYTES_MAX = 16 << 20
/** Longer ones are not remembered: few come twice, and one would push out many. */
const CONTENT_BYTES_MAX = 1 << 20
/** What is written down of files that do not change; beyond it they are only compared. */
const WRITTEN_BYTES_MAX = 64 << 20

/** How a content stands in the history; every other number is that of a remembered one. */
const NEW = 0
const COMPARED = -1

/** Something that the primary has read. */
export interface Content {
  /** Reads it, here and now; an error is a content too. */
  readonly produce: () => Uint8Array
  /** Whether it is to be written into the history; otherwise each replica reads for itself. Asked after `produce`. */
  readonly write: () => Written
  /** What it is, for the report that it was not the same. */
  readonly name: () => string
}

export interface ContentLogTerms {
  readonly operations: Operations
  readonly crc32: (bytes: Uint8Array, seed: number) => number
}

/**
 * What is read of files, as every replica gets it: written into the history, referred to where it stands there
 * already, or, for what does not change, read by each replica for itself and compared.
 */
export class ContentLog {
  readonly #terms: ContentLogTerms
  /** By number, the longest unused first. */
  readonly #remembered = new Map<number, { readonly key: string; readonly bytes: Uint8Array }>()
  readonly #numbers = new Map<string, number>()
  #lastNumber = 0
  #rememberedBytes = 0
  #writtenBytes = 0

  constructor(terms: ContentLogTerms) {
    this.#terms = terms
  }

  /** Inside an operation. The bytes are not the caller's to change. */
  record(content: Content): Uint8Array {
    const { operations } = this.#terms
    let own: Uint8Array | undefined
    const read = (): Uint8Array => (own ??= operations.outside(content.produce))
    const form = operations.recordNumber(VALUE_SOURCE.file, () => {
      const bytes = read()
      const known = this.#numbers.get(this.#keyOf(bytes))
      if (known !== undefined && equal(this.#remembered.get(known)?.bytes, bytes)) return known
      const write = content.write()
      const isFull = this.#writtenBytes > WRITTEN_BYTES_MAX
      return write === 'never' || (write === 'within bounds' && isFull) ? COMPARED : NEW
    })
    if (form === COMPARED) return this.#compare(content, read)
    if (form !== NEW) return this.#recall(form)
    const bytes = operations.recordBytes(VALUE_SOURCE.file, read)
    this.#remember(bytes)
    return bytes
  }

  #compare(content: Content, read: () => Uint8Array): Uint8Array {
    const { operations, crc32 } = this.#terms
    const check = operations.recordNumber(VALUE_SOURCE.file, () => crc32(read(), 0))
    const bytes = read()
    if (crc32(bytes, 0) === check) return bytes
    return operations.diverged(`${content.name()} is not what the primary has read: it was changed meanwhile`)
  }

  #recall(number: number): Uint8Array {
    const known = this.#remembered.get(number)
    if (known === undefined) return this.#terms.operations.diverged(`no content ${number} is remembered`)
    this.#remembered.delete(number)
    this.#remembered.set(number, known)
    return known.bytes
  }

  #remember(bytes: Uint8Array): void {
    this.#writtenBytes += bytes.length
    if (bytes.length > CONTENT_BYTES_MAX) return
    const key = this.#keyOf(bytes)
    const number = ++this.#lastNumber
    this.#remembered.set(number, { key, bytes })
    this.#numbers.set(key, number)
    this.#rememberedBytes += bytes.length
    for (const [oldest, { key: oldKey, bytes: old }] of this.#remembered) {
      if (this.#rememberedBytes <= REMEMBERED_BYTES_MAX) return
      this.#rememberedBytes -= old.length
      this.#remembered.delete(oldest)
      if (this.#numbers.get(oldKey) === oldest) this.#numbers.delete(oldKey)
    }
  }

  #keyOf(bytes: Uint8Array): string {
    return `${bytes.length} ${this.#terms.crc32(bytes, 0)}`
  }
}

function equal(left: Uint8Array | undefined, right: Uint8Array): boolean {
  return left !== undefined && Buffer.compare(left, right) === 0
}
