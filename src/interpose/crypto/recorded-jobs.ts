import type { CoreTerms } from '../edge-terms.js'
import { VALUE_SOURCE } from '../operations.js'
import { recordedPromise } from '../ordered-promise.js'
import { type Outcome, recordOutcome } from '../outcome.js'
import { DRAWING_JOBS, JobKind } from './job-kinds.js'
import { KeyMaterial } from './key-material.js'

type Done = (this: object, error: unknown, result?: unknown) => void

/** A job of OpenSSL; `run` returns the result, calls `ondone` later, or returns a promise, as its mode says. */
interface Job {
  getAsyncId(): number
  run(): unknown
}

type JobClass = new (mode: unknown, ...parameters: readonly unknown[]) => Job

/**
 * What OpenSSL makes by chance of its own is made by the primary, and recorded. A backup makes nothing: its job ends
 * at once, and waits for the primary's result.
 */
export function installRecordedJobs(terms: CoreTerms): void {
  const binding = terms.internals.binding('crypto')
  const material = new KeyMaterial(terms.internals)
  for (const name of DRAWING_JOBS) {
    const real = binding[name] as JobClass | undefined
    if (real === undefined) continue
    const { run } = real.prototype as Job
    const job = function (mode: unknown, ...parameters: readonly unknown[]): object {
      const native = new real(mode, ...parameters)
      const kind = new JobKind(binding, { name, mode, parameters })
      if (!terms.operations.inside || !kind.draws) return native
      const makeAtOnce = (): unknown => resultOf(run.call(new real(binding['kCryptoJobSync'], ...kind.atOnce)))
      return new RecordedJob(terms, { native, kind, material, run: () => run.call(native), makeAtOnce }).job
    }
    job.prototype = real.prototype as object
    binding[name] = job
  }
}

function resultOf(returned: unknown): unknown {
  const [error, result] = returned as readonly [Error | undefined, unknown]
  if (error !== undefined) throw error
  return result
}

interface JobTerms {
  readonly native: Job
  readonly kind: JobKind
  readonly material: KeyMaterial
  /** The native job's own. */
  readonly run: () => unknown
  readonly makeAtOnce: () => unknown
}

/** The primary's result, however the job was asked to give it. */
class RecordedJob {
  readonly #operations: CoreTerms['operations']
  readonly #triggerAsyncId: number
  readonly #terms: JobTerms
  #ondone: Done | undefined

  constructor({ operations, internals }: CoreTerms, terms: JobTerms) {
    this.#operations = operations
    this.#triggerAsyncId = internals.asyncScope.defaultTriggerAsyncId()
    this.#terms = terms
  }

  get job(): object {
    const { native, kind } = this.#terms
    const run = { sync: () => this.#returned(), callback: () => this.#called(), promise: () => this.#promised() }
    Object.defineProperty(native, 'run', { value: run[kind.mode], configurable: true })
    if (kind.mode === 'callback') {
      const get = (): Done => (error, result) => this.#finish(() => resultOf([error, result]))
      const set = (ondone: Done): void => void (this.#ondone = ondone)
      Object.defineProperty(native, 'ondone', { get, set, configurable: true })
    }
    return native
  }

  #returned(): [unknown, unknown] {
    const { error, value } = this.#record(this.#terms.makeAtOnce)
    return [error, value]
  }

  #called(): void {
    const { native, run, makeAtOnce } = this.#terms
    if (this.#operations.live) run()
    else {
      const of = { resource: native, triggerAsyncId: this.#triggerAsyncId }
      this.#operations.complete(native.getAsyncId(), () => this.#finish(makeAtOnce), of)
    }
  }

  #finish(produce: () => unknown): void {
    const { error, value } = this.#record(produce)
    this.#ondone?.call(this.#terms.native, error, value)
  }

  #promised(): Promise<unknown> {
    const { kind, run, makeAtOnce } = this.#terms
    return recordedPromise(this.#operations, {
      atOnce: makeAtOnce,
      start: async () => kind.fromPromise(await run()),
      record: (produce) => {
        const outcome = this.#record(produce)
        return outcome.error === undefined ? { value: kind.toPromise(outcome.value) } : outcome
      },
    })
  }

  #record(produce: () => unknown): Outcome<unknown> {
    const { kind, material } = this.#terms
    const outcome = recordOutcome(this.#operations, VALUE_SOURCE.crypto, () => material.toPlain(produce(), kind.keys))
    if (outcome.error !== undefined) return outcome
    return { value: material.fromPlain(outcome.value, kind.keys) }
  }
}
