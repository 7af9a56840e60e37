import type { Binding, EdgeInternals, NativeClass } from '../edge-internals.js'
import type { Plain, PlainObject } from '../outcome.js'
import { KEY_INIT_TAIL } from '../versions.js'

/** `KeyObjectHandle` of the binding: a key of OpenSSL. */
interface KeyHandle {
  init(type: unknown, data: unknown, ...encoding: readonly unknown[]): void
  export(...encoding: readonly unknown[]): Uint8Array
}

export type KeyType = 'secret' | 'public' | 'private'

/** What webcrypto knows of a key beside its material. */
export interface KeyFacts {
  readonly algorithm: unknown
  readonly usages: unknown
  readonly extractable: boolean
}

/** A key that a job makes, in the order of its result; without facts the program gets the bare handle. */
export interface MadeKey {
  readonly type: KeyType
  readonly facts: KeyFacts | undefined
}

interface KeysModule {
  readonly InternalCryptoKey: new (
    handle: KeyHandle,
    algorithm: unknown,
    usages: unknown,
    extractable: boolean,
  ) => object
  readonly getCryptoKeyHandle: (key: unknown) => KeyHandle
}

/** What crypto jobs make, as plain values, and back: what one replica has generated, all have. */
export class KeyMaterial {
  readonly #internals: EdgeInternals
  readonly #binding: Binding

  constructor(internals: EdgeInternals) {
    this.#internals = internals
    this.#binding = internals.binding('crypto')
  }

  toPlain(result: unknown, keys: readonly MadeKey[]): Plain {
    if (result === undefined || typeof result === 'string') return result
    if (Array.isArray(result)) return result.map((part, at) => this.toPlain(part, keys.slice(at)))
    if (result instanceof ArrayBuffer) return { arrayBuffer: new Uint8Array(result) }
    if (ArrayBuffer.isView(result)) {
      return { buffer: new Uint8Array(result.buffer, result.byteOffset, result.byteLength) }
    }
    const [key] = keys
    return key === undefined || 'kty' in (result as object)
      ? { jwk: result as PlainObject }
      : { key: this.#export(result, key.type) }
  }

  fromPlain(plain: Plain, keys: readonly MadeKey[]): unknown {
    if (plain === undefined || typeof plain === 'string') return plain
    if (Array.isArray(plain)) return plain.map((part: Plain, at) => this.fromPlain(part, keys.slice(at)))
    const { arrayBuffer, buffer, key, jwk } = plain as Readonly<Record<string, Uint8Array>>
    if (arrayBuffer !== undefined) return arrayBuffer.buffer
    if (buffer !== undefined) return Buffer.from(buffer.buffer)
    return key === undefined ? jwk : this.#import(key, keys[0] as MadeKey)
  }

  #export(key: unknown, type: KeyType): Uint8Array {
    const { kKeyFormatDER, kKeyEncodingPKCS8, kKeyEncodingSPKI, KeyObjectHandle } = this.#binding
    const bare = key instanceof (KeyObjectHandle as NativeClass)
    const handle = bare ? (key as KeyHandle) : this.#keys.getCryptoKeyHandle(key)
    if (type === 'secret') return handle.export()
    if (type === 'public') return handle.export(kKeyFormatDER, kKeyEncodingSPKI)
    return handle.export(kKeyFormatDER, kKeyEncodingPKCS8, null, null)
  }

  #import(bytes: Uint8Array, { type, facts }: MadeKey): object {
    const { kKeyFormatDER, kKeyEncodingPKCS8, kKeyEncodingSPKI, KeyObjectHandle } = this.#binding
    const { kKeyTypeSecret, kKeyTypePublic, kKeyTypePrivate } = this.#binding
    const handle = new (KeyObjectHandle as NativeClass)() as KeyHandle
    if (type === 'secret') handle.init(kKeyTypeSecret, bytes)
    else if (type === 'public') handle.init(kKeyTypePublic, bytes, kKeyFormatDER, kKeyEncodingSPKI, ...KEY_INIT_TAIL)
    else handle.init(kKeyTypePrivate, bytes, kKeyFormatDER, kKeyEncodingPKCS8, ...KEY_INIT_TAIL)
    if (facts === undefined) return handle
    return new this.#keys.InternalCryptoKey(handle, facts.algorithm, facts.usages, facts.extractable)
  }

  /** Loaded late, with the program's `crypto`: it copies what is replaced in the binding. */
  get #keys(): KeysModule {
    return this.#internals.module<KeysModule>('internal/crypto/keys')
  }
}
