import type { CoreTerms } from './edge-terms.js'
import { refusal } from './refusal.js'
import { replaceFunction } from './replace.js'

interface Histograms {
  createHistogram(options?: Decay): object
  createSlidingWindowHistogram?(options: Windows): object
}

interface Decay {
  readonly halfLife?: number
}

interface Windows {
  readonly chunkDuration?: number
}

const CODE = 'LLFT_E_REFUSED_CLOCK'

/** Histograms of Node 26 that forget with time read the clock in C++. */
export function installClockRefusals({ internals, operations }: CoreTerms): void {
  const histograms = internals.module<Histograms>('internal/histogram')
  const { createHistogram, createSlidingWindowHistogram } = histograms
  if (createSlidingWindowHistogram === undefined) return
  replaceFunction(histograms, 'createHistogram', (options?: Decay) => {
    if (operations.inside && Number(options?.halfLife) > 0) throw refusal(CODE, 'perf_hooks.createHistogram()')
    return createHistogram(options)
  })
  replaceFunction(histograms as Required<Histograms>, 'createSlidingWindowHistogram', (options: Windows) => {
    if (operations.inside && options.chunkDuration !== undefined) {
      throw refusal(CODE, 'perf_hooks.createSlidingWindowHistogram()')
    }
    return createSlidingWindowHistogram(options)
  })
}
