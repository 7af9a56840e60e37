import type { Binding, NativeClass, NativeFunction } from '../edge-internals.js'
import type { CoreTerms } from '../edge-terms.js'
import { VALUE_SOURCE } from '../operations.js'
import { recordOutcome, valueOf } from '../outcome.js'

/** A key exchange of the older kind: `generateKeys` draws from OpenSSL. */
interface KeyExchange {
  generateKeys(): unknown
  getPublicKey(): Uint8Array
  getPrivateKey(): Uint8Array
  setPublicKey(key: Uint8Array): void
  setPrivateKey(key: Uint8Array): void
  getPrime(): Uint8Array
}

/** Functions and methods that draw from OpenSSL and answer at once. */
export function installRecordedCalls(terms: CoreTerms): void {
  const binding = terms.internals.binding('crypto')
  recordBytes(terms, (binding['Sign'] as NativeClass).prototype as Binding, 'sign')
  recordBytes(terms, binding, 'publicEncrypt')
  for (const name of ['DiffieHellman', 'DiffieHellmanGroup', 'ECDH'] as const) {
    recordKeys(terms, (binding[name] as NativeClass).prototype as Binding, name)
  }
  recordPrime(terms, binding)
}

/** A function that returns bytes: the primary's are everybody's. */
function recordBytes({ operations }: CoreTerms, owner: Binding, name: string): void {
  const real = owner[name] as NativeFunction
  owner[name] = function (this: unknown, ...parameters: unknown[]): unknown {
    const call = (): Uint8Array => Reflect.apply(real, this, parameters) as Uint8Array
    if (!operations.inside) return call()
    const bytes = valueOf(recordOutcome(operations, VALUE_SOURCE.crypto, call)) as Uint8Array
    return Buffer.from(bytes.buffer)
  }
}

function recordKeys({ operations }: CoreTerms, prototype: Binding, name: string): void {
  const real = prototype['generateKeys'] as NativeFunction
  // A curve's point follows from the private key, and is returned by another call.
  const hasPublicKey = name !== 'ECDH'
  prototype['generateKeys'] = function (this: KeyExchange): unknown {
    if (!operations.inside) return real.call(this)
    const outcome = recordOutcome(operations, VALUE_SOURCE.crypto, () => {
      real.call(this)
      return [this.getPrivateKey(), ...(hasPublicKey ? [this.getPublicKey()] : [])]
    })
    const [privateKey, publicKey] = valueOf(outcome) as readonly Uint8Array[]
    this.setPrivateKey(privateKey as Uint8Array)
    if (publicKey === undefined) return undefined
    this.setPublicKey(publicKey)
    return this.getPublicKey()
  }
}

/** `createDiffieHellman(bits)` looks for a prime, which the others are given. */
function recordPrime({ operations }: CoreTerms, binding: Binding): void {
  const real = binding['DiffieHellman'] as NativeClass
  const exchange = function (size: unknown, ...rest: unknown[]): object {
    if (!operations.inside || typeof size !== 'number') return new real(size, ...rest)
    const find = (): Uint8Array => (new real(size, ...rest) as KeyExchange).getPrime()
    return new real(valueOf(recordOutcome(operations, VALUE_SOURCE.crypto, find)), ...rest)
  }
  exchange.prototype = real.prototype as object
  binding['DiffieHellman'] = exchange
}
