import type { NativeClass, NativeFunction } from '../edge-internals.js'
import type { CoreTerms } from '../edge-terms.js'
import { orderedPromises } from '../ordered-promise.js'
import { installRecordedCalls } from './recorded-calls.js'
import { installRecordedJobs } from './recorded-jobs.js'

/** What draws from OpenSSL's own randomness is recorded, what it does on other threads completes in order. */
export function installCrypto(terms: CoreTerms): void {
  installRecordedCalls(terms)
  installRecordedJobs(terms)
  orderPromisedJobs(terms)
}

/** From Node 24 on webcrypto's jobs return promises that C++ settles, past the trampoline (determinizer.md B4). */
function orderPromisedJobs({ internals, operations }: CoreTerms): void {
  const binding = internals.binding('crypto')
  const inOrder = orderedPromises(operations)
  for (const name of Object.keys(binding).filter((key) => key.endsWith('Job'))) {
    const prototype = (binding[name] as NativeClass).prototype as Record<string, NativeFunction>
    const run = prototype['run'] as NativeFunction
    prototype['run'] = function (this: unknown): unknown {
      const result = Reflect.apply(run, this, [])
      return result instanceof Promise && operations.inside ? inOrder(result) : result
    }
  }
}
