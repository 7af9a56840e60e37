import type { Internals } from './internals.js'
import type { Operations } from './operations.js'
import { type Cipher, counterCipher } from './versions.js'

/** Key stream made at a time; `randomUUID` and `randomInt` draw a few bytes at each call. */
const POOL_BYTES = 4096
/** Counter blocks from which the generators draw: far apart, so that their streams never meet. */
const STREAM = { crypto: 0, math: 1 } as const

interface CryptoBinding {
  readonly CipherBase: Parameters<typeof counterCipher>[0]
  readonly kCryptoJobSync: number
  RandomBytesJob: new (...terms: JobTerms) => object
}

type JobTerms = [mode: number, buffer: ArrayBuffer | ArrayBufferView, offset: number, size: number]

/** A strong generator (AES-256 in counter mode), the same at every replica (determinizer.md A3, B3). */
class KeyStream {
  readonly #cipher: Cipher
  readonly #zeros: Uint8Array = new Uint8Array(POOL_BYTES)
  #pool: Uint8Array = new Uint8Array(0)
  #at = 0

  constructor(binding: CryptoBinding, key: Uint8Array, stream: number) {
    const iv = new Uint8Array(16)
    iv[0] = stream
    this.#cipher = counterCipher(binding.CipherBase, key, iv)
  }

  draw(target: Uint8Array): void {
    let done = 0
    while (done < target.length) {
      if (this.#at === this.#pool.length) {
        this.#pool = this.#cipher.update(this.#zeros)
        this.#at = 0
      }
      const taken = Math.min(target.length - done, this.#pool.length - this.#at)
      target.set(this.#pool.subarray(this.#at, this.#at + taken), done)
      this.#at += taken
      done += taken
    }
  }
}

export interface RandomTerms {
  readonly internals: Internals
  readonly operations: Operations
  /** 64 hexadecimal digits. */
  readonly seed: string
}

/** All randomness of the program is derived from the founding seed; it costs no byte of history. */
export class Random {
  readonly #operations: Operations
  readonly #binding: CryptoBinding
  readonly #key: Uint8Array

  constructor({ internals, operations, seed }: RandomTerms) {
    this.#operations = operations
    this.#binding = internals.binding<CryptoBinding>('crypto')
    this.#key = Uint8Array.from(seed.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
  }

  /** What `Math.random` is, in every realm. */
  math(): () => number {
    return mathRandom(this.#operations, new KeyStream(this.#binding, this.#key, STREAM.math))
  }

  installBytes(): void {
    const stream = new KeyStream(this.#binding, this.#key, STREAM.crypto)
    installRandomBytes(this.#operations, this.#binding, stream)
  }
}

/** sfc32, seeded from the key stream, so that what a program shows of it tells nothing about the seed. */
function mathRandom(operations: Operations, stream: KeyStream): () => number {
  const state = new Int32Array(4)
  const bytes = new Uint8Array(state.buffer)
  stream.draw(bytes)
  let [a, b, c, d] = state as unknown as [number, number, number, number]
  const next32 = (): number => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  const original = Math.random
  return () => (operations.inside ? (next32() * 2 ** 21 + (next32() >>> 11)) / 2 ** 53 : original())
}

/** The single source of `randomBytes`, `randomFill`, `randomInt`, `randomUUID` and `getRandomValues`. */
function installRandomBytes(operations: Operations, binding: CryptoBinding, stream: KeyStream): void {
  const Original = binding.RandomBytesJob
  binding.RandomBytesJob = class RandomBytesJob {
    readonly #sync: boolean
    readonly #target: Uint8Array
    readonly #own: { run(): unknown; ondone?: unknown } | undefined
    declare ondone: (error: unknown, result: unknown) => void

    constructor(...terms: JobTerms) {
      const [mode, buffer, offset, size] = terms
      const whole = ArrayBuffer.isView(buffer)
      this.#sync = mode === binding.kCryptoJobSync
      this.#target = whole
        ? new Uint8Array(buffer.buffer, buffer.byteOffset + offset, size)
        : new Uint8Array(buffer, offset, size)
      this.#own = operations.inside ? undefined : (new Original(...terms) as { run(): unknown })
    }

    run(): unknown {
      if (this.#own !== undefined) {
        this.#own.ondone = this.ondone
        return this.#own.run()
      }
      stream.draw(this.#target)
      if (this.#sync) return [undefined, undefined]
      process.nextTick(() => this.ondone(undefined, undefined))
      return undefined
    }
  }
}
