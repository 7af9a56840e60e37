import { expect, test } from 'vitest'
import { requireObjectives, resolveBenchOptions } from '../../src/bench/index.js'
import { faultOf, measuredOf, resultsWith } from './results.js'

const options = resolveBenchOptions('failover', { flags: {}, json: false, quick: true }, 5)
const { verdict: right } = measuredOf('llft')

test.each(['lost', 'repeated', 'reordered', 'corrupted', 'forgotten', 'dropped'] as const)(
  'one %s answer is a failure',
  (wrong) => {
    const verdict = { ...right, [wrong]: 1 }
    const code = expect.objectContaining({ code: 'LLFT_E_BENCH_WRONG', exitCode: 8 }) as Error
    for (const results of [
      resultsWith({ measured: [measuredOf('llft', { verdict })] }),
      resultsWith({ measured: [measuredOf('redis', { verdict })] }),
      resultsWith({ faults: [faultOf('llft', { verdict })] }),
    ]) {
      expect(() => requireObjectives(results, options)).toThrow(code)
    }
    // Who does not claim to mask a fault is only measured.
    requireObjectives(resultsWith({ faults: [faultOf('redis-tuned', { verdict })] }), options)
  },
)

test('nothing wrong, and nothing missed', () => {
  const results = resultsWith({ measured: [measuredOf('llft')], faults: [faultOf('llft')] })
  expect(() => requireObjectives(results, options)).not.toThrow()
})
