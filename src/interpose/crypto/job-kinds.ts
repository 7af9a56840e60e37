import type { Binding } from '../edge-internals.js'
import type { MadeKey } from './key-material.js'

export type Mode = 'sync' | 'callback' | 'promise'

/** What a job is asked for: how it is to answer, and the parameters after the mode. */
export interface JobRequest {
  readonly name: string
  readonly mode: unknown
  readonly parameters: readonly unknown[]
}

type Kind = 'pair' | 'secret' | 'encapsulated' | 'prime' | 'signature' | 'cipher'

/** Which jobs draw from OpenSSL's own generator (determinizer.md B3), and what they make. */
const KINDS: Readonly<Record<string, Kind>> = {
  DhKeyPairGenJob: 'pair',
  DsaKeyPairGenJob: 'pair',
  EcKeyPairGenJob: 'pair',
  NamedKeyPairGenJob: 'pair',
  NidKeyPairGenJob: 'pair',
  RsaKeyPairGenJob: 'pair',
  SecretKeyGenJob: 'secret',
  KEMEncapsulateJob: 'encapsulated',
  RandomPrimeJob: 'prime',
  SignJob: 'signature',
  RSACipherJob: 'cipher',
}

export const DRAWING_JOBS: readonly string[] = Object.keys(KINDS)

/** Parameters of a promise for a pair: the algorithm, two masks of usages, extractable; for a secret one mask. */
const PAIR_FACTS = 4
const SECRET_FACTS = 3
/** Without a promise: how the two keys of a pair are encoded. */
const NO_ENCODINGS: readonly undefined[] = Array.from({ length: 6 })

/** Names under which webcrypto returns what has two parts. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  pair: ['publicKey', 'privateKey'],
  encapsulated: ['sharedKey', 'ciphertext'],
}

/** One class of OpenSSL's jobs, as it is asked for one result. */
export class JobKind {
  readonly #binding: Binding
  readonly #request: JobRequest
  readonly #kind: Kind
  readonly mode: Mode

  constructor(binding: Binding, request: JobRequest) {
    this.#binding = binding
    this.#request = request
    this.#kind = KINDS[request.name] as Kind
    const { kCryptoJobSync, kCryptoJobAsync } = binding
    this.mode = request.mode === kCryptoJobSync ? 'sync' : request.mode === kCryptoJobAsync ? 'callback' : 'promise'
  }

  /** Signing and verifying are one class, and so are encryption and decryption. */
  get draws(): boolean {
    const [first] = this.#request.parameters
    if (this.#kind === 'signature') return first === this.#binding['kSignJobModeSign']
    return this.#kind !== 'cipher' || first === this.#binding['kWebCryptoCipherEncrypt']
  }

  /** The keys in the result, in their order. */
  get keys(): readonly MadeKey[] {
    const { parameters } = this.#request
    if (this.#kind === 'secret') {
      const [algorithm, usages, extractable] = parameters.slice(-SECRET_FACTS)
      return [{ type: 'secret', facts: this.#facts({ algorithm, usages, extractable: extractable === true }) }]
    }
    if (this.#kind !== 'pair') return []
    const [algorithm, publicUsages, usages, extractable] = parameters.slice(-PAIR_FACTS)
    const publicFacts = this.#facts({ algorithm, usages: publicUsages, extractable: true })
    return [
      { type: 'public', facts: publicFacts },
      { type: 'private', facts: this.#facts({ algorithm, usages, extractable: extractable === true }) },
    ]
  }

  /** The parameters, after the mode, of a job that does the same at once. */
  get atOnce(): readonly unknown[] {
    const { name, parameters } = this.#request
    if (this.mode !== 'promise') return parameters
    if (this.#kind === 'secret') return parameters.slice(0, -SECRET_FACTS)
    if (this.#kind !== 'pair') return parameters
    const rest = parameters.slice(0, -PAIR_FACTS)
    if (name === 'EcKeyPairGenJob') rest[1] = this.#binding['OPENSSL_EC_NAMED_CURVE']
    return [...rest, ...NO_ENCODINGS]
  }

  /** What a promise brings, in the form that a job has which returns its result. */
  fromPromise(result: unknown): unknown {
    const names = PARTS[this.#kind]
    return names === undefined ? result : names.map((name) => Reflect.get(result as object, name) as unknown)
  }

  toPromise(result: unknown): unknown {
    const names = PARTS[this.#kind]
    if (names === undefined) return result
    const parts = (result as readonly unknown[]).map((part) =>
      part instanceof Uint8Array ? part.slice().buffer : part,
    )
    return Object.fromEntries(names.map((name, at) => [name, parts[at]]))
  }

  #facts(facts: MadeKey['facts']): MadeKey['facts'] {
    return this.mode === 'promise' ? facts : undefined
  }
}
