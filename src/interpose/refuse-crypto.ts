import type { Binding, NativeClass, NativeFunction } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import { VALUE_SOURCE } from './operations.js'
import { refusal } from './refusal.js'

const KEY_GENERATION = [
  'DhKeyPairGenJob',
  'DsaKeyPairGenJob',
  'EcKeyPairGenJob',
  'NidKeyPairGenJob',
  'RandomPrimeJob',
  'RsaKeyPairGenJob',
  'SecretKeyGenJob',
] as const

/** Classes whose `generateKeys` draws from OpenSSL. */
const KEY_EXCHANGE = ['DiffieHellman', 'DiffieHellmanGroup', 'ECDH'] as const

/**
 * OpenSSL has randomness of its own in a few places (determinizer.md B3). Generating keys is refused. Signatures and
 * RSA encryption are recorded values.
 */
export function installCryptoRefusals(terms: EdgeTerms): void {
  const binding = terms.internals.binding('crypto')
  for (const name of KEY_GENERATION) refuseJob(terms, binding, name)
  for (const name of KEY_EXCHANGE) {
    const prototype = (binding[name] as NativeClass).prototype as Binding
    refuseGeneration(terms, prototype)
  }
  recordBytes(terms, (binding['Sign'] as NativeClass).prototype as Binding, 'sign')
  recordBytes(terms, binding, 'publicEncrypt')
  installJobs(terms, binding)
}

function refuseJob({ operations }: EdgeTerms, binding: Binding, name: string): void {
  const real = binding[name] as NativeClass
  const job = function (...parameters: unknown[]): object {
    if (operations.inside) throw refusal('LLFT_E_REFUSED_KEY_GENERATION', `crypto ${name}`)
    return new real(...parameters)
  }
  job.prototype = real.prototype as object
  binding[name] = job
}

function refuseGeneration({ operations }: EdgeTerms, prototype: Binding): void {
  const real = prototype['generateKeys'] as NativeFunction
  prototype['generateKeys'] = function (this: unknown, ...parameters: unknown[]): unknown {
    if (operations.inside) throw refusal('LLFT_E_REFUSED_KEY_GENERATION', 'generateKeys()')
    return Reflect.apply(real, this, parameters)
  }
}

/** A function that returns bytes: the primary's are everybody's. */
function recordBytes({ operations }: EdgeTerms, owner: Binding, name: string): void {
  const real = owner[name] as NativeFunction
  owner[name] = function (this: unknown, ...parameters: unknown[]): unknown {
    if (!operations.inside) return Reflect.apply(real, this, parameters)
    return recorded(operations, () => Reflect.apply(real, this, parameters) as Uint8Array | undefined)
  }
}

function recorded(operations: EdgeTerms['operations'], produce: () => Uint8Array | undefined): Uint8Array | undefined {
  let failed: Error | undefined
  const text = operations.recordText(VALUE_SOURCE.crypto, () => {
    try {
      const bytes = produce()
      return bytes === undefined ? '' : Buffer.from(bytes).toString('base64')
    } catch (error) {
      failed = error instanceof Error ? error : new Error(String(error))
      return 'error'
    }
  })
  if (text !== 'error') return text === '' ? undefined : Buffer.from(text, 'base64')
  // Wrong keys and options fail alike everywhere; a backup makes the same error itself.
  if (failed !== undefined) throw failed
  return produce()
}

type RunResult = [unknown, ArrayBuffer | undefined]
type Done = (error: unknown, result: ArrayBuffer | undefined) => void

interface Job {
  run(): RunResult
}

/**
 * `crypto.sign`, and webcrypto's signing and RSA encryption; on another thread the result is recorded as it arrives.
 */
function installJobs({ operations }: EdgeTerms, binding: Binding): void {
  const { kCryptoJobAsync, kSignJobModeSign, kWebCryptoCipherEncrypt } = binding
  for (const [name, drawing] of [
    ['SignJob', kSignJobModeSign],
    ['RSACipherJob', kWebCryptoCipherEncrypt],
  ] as const) {
    const real = binding[name] as NativeClass
    const job = function (mode: unknown, ...parameters: unknown[]): object {
      const made = new real(mode, ...parameters) as Job
      if (!operations.inside || parameters[0] !== drawing) return made
      if (mode === kCryptoJobAsync) recordDone(operations, made)
      else recordRun(operations, made)
      return made
    }
    job.prototype = real.prototype as object
    binding[name] = job
  }
}

function recordRun(operations: EdgeTerms['operations'], job: Job): void {
  const run = job.run.bind(job)
  const runRecorded = (): RunResult => {
    let failed: RunResult | undefined
    const bytes = recorded(operations, () => {
      const result = run()
      if (result[1] === undefined) failed = result
      return bytesOf(result[1])
    })
    return bytes === undefined ? (failed ?? run()) : [undefined, bufferOf(bytes)]
  }
  Object.defineProperty(job, 'run', { value: runRecorded, configurable: true })
}

function recordDone(operations: EdgeTerms['operations'], job: Job): void {
  let done: Done | undefined
  const doneRecorded: Done = (error, result) => {
    const bytes = recorded(operations, () => bytesOf(result))
    done?.call(job, error, bytes === undefined ? result : bufferOf(bytes))
  }
  const set = (given: Done): void => {
    done = given
  }
  Object.defineProperty(job, 'ondone', { get: () => doneRecorded, set, configurable: true })
}

function bytesOf(buffer: ArrayBuffer | undefined): Uint8Array | undefined {
  return buffer === undefined ? undefined : new Uint8Array(buffer)
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const own = new ArrayBuffer(bytes.length)
  new Uint8Array(own).set(bytes)
  return own
}
