import { types } from './value-types.js'
import { mixBytes, mixNumber } from '../../base/index.js'
import { sharedBufferOf } from '../shared-memory/shared-buffers.js'
import { refuseSame } from './shared.js'

const KIND = {
  undefined: 1,
  null: 2,
  boolean: 3,
  number: 4,
  nan: 5,
  text: 6,
  bigint: 7,
  again: 8,
  object: 9,
  shared: 10,
} as const
/** From here on Node's own checksum is faster than mixing in JavaScript (determinizer.md B9). */
const CRC_MIN = 64

/**
 * A rolling check over all that a thread posts. It follows the values as the program sees them: how V8 keeps them (a
 * whole number as an integer or as a double, say) differs between replicas.
 */
export class MessageDigest {
  readonly #crc32: (data: Uint8Array | string, seed: number) => number
  readonly #double = new Float64Array(1)
  readonly #words = new Int32Array(this.#double.buffer)
  readonly #seen = new Map<object, number>()
  readonly #shared = new Set<SharedArrayBuffer>()
  #value = 0

  constructor(crc32: (data: Uint8Array | string, seed: number) => number) {
    this.#crc32 = crc32
  }

  /** The check with this message in it. */
  add(message: unknown): number {
    this.#seen.clear()
    this.#shared.clear()
    this.#mix(message)
    return this.#value
  }

  /** The buffers in the last message that threads will have in common. */
  get shared(): readonly SharedArrayBuffer[] {
    return [...this.#shared]
  }

  /** What the thread has come to, beside its messages. */
  note(value: number): void {
    this.#number(value)
  }

  #number(value: number): void {
    this.#value = mixNumber(this.#value, value)
  }

  #text(text: string): void {
    this.#number(text.length)
    if (text.length >= CRC_MIN) return this.#number(this.#crc32(text, 0))
    for (let at = 0; at < text.length; at++) this.#number(text.charCodeAt(at))
  }

  #mix(value: unknown): void {
    switch (typeof value) {
      case 'boolean':
        return this.#number(KIND.boolean * 2 + Number(value))
      case 'number':
        return this.#double64(value)
      case 'string':
        this.#number(KIND.text)
        return this.#text(value)
      case 'bigint':
        this.#number(KIND.bigint)
        return this.#text(String(value))
      case 'object':
        return value === null ? this.#number(KIND.null) : this.#object(value)
      default:
        // Functions and symbols cannot be posted, which Node says itself.
        return this.#number(KIND.undefined)
    }
  }

  #double64(value: number): void {
    if (Number.isNaN(value)) return this.#number(KIND.nan)
    this.#double[0] = value
    this.#number(KIND.number)
    this.#number(this.#words[0] as number)
    this.#number(this.#words[1] as number)
  }

  #object(value: object): void {
    const known = this.#seen.get(value)
    if (known !== undefined) {
      this.#number(KIND.again)
      return this.#number(known)
    }
    this.#seen.set(value, this.#seen.size)
    const shared = sharedBufferOf(value)
    refuseSame(shared ?? value, 'postMessage()')
    if (shared !== undefined) {
      // What is in it changes while it is posted.
      this.#shared.add(shared)
      this.#number(KIND.shared)
      return this.#number(shared.byteLength)
    }
    this.#number(KIND.object)
    this.#text(Object.prototype.toString.call(value))
    if (ArrayBuffer.isView(value)) this.#bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
    else if (types.isAnyArrayBuffer(value)) this.#bytes(new Uint8Array(value))
    else if (types.isMap(value)) this.#items([...value].flat())
    else if (types.isSet(value)) this.#items([...value])
    else if (Array.isArray(value)) this.#items(value)
    else if (types.isDate(value)) this.#double64(value.getTime())
    else if (types.isRegExp(value)) this.#text(String(value))
    else if (types.isBoxedPrimitive(value)) this.#mix(typeof value.valueOf() === 'object' ? 0 : value.valueOf())
    else this.#properties(value)
  }

  #bytes(bytes: Uint8Array): void {
    if (bytes.length < CRC_MIN) this.#value = mixBytes(this.#value, bytes)
    else this.#number(this.#crc32(bytes, bytes.length))
  }

  #items(items: readonly unknown[]): void {
    this.#number(items.length)
    for (const item of items) this.#mix(item)
  }

  #properties(value: object): void {
    if (types.isNativeError(value)) this.#items([value.name, value.message, value.stack, value.cause])
    const entries = Object.entries(value)
    this.#number(entries.length)
    for (const [name, item] of entries) {
      this.#text(name)
      this.#mix(item)
    }
  }
}
