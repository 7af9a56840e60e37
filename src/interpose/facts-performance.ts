import type { Internals } from './internals.js'
import { type Operations, VALUE_SOURCE } from './operations.js'

/** Event loop utilization counts from here, in nanoseconds of the program's own clock. */
const LOOP_START_NS = 1e6

interface PerformanceFactTerms {
  readonly internals: Internals
  readonly operations: Operations
}

interface NativeHistogram {
  percentiles(map: Map<number, number>): void
  percentilesBigInt(map: Map<number, bigint>): void
  [name: string]: unknown
}

/** Which native members answer with what; all others only act. */
const NUMBERS = ['count', 'min', 'max', 'mean', 'exceeds', 'stddev', 'percentile'] as const
const BIG_NUMBERS = ['countBigInt', 'minBigInt', 'maxBigInt', 'exceedsBigInt', 'percentileBigInt'] as const
const ACTIONS = ['start', 'stop', 'reset'] as const

/** Idle time, loop metrics and the delay histogram: what `perf_hooks` copies when it is loaded, which is after this. */
export function installPerformanceFacts({ internals, operations }: PerformanceFactTerms): void {
  const binding = internals.performance
  const { loopIdleTime, uvMetricsInfo, createELDHistogram } = binding
  const milestones = new Float64Array(binding.milestones)
  milestones[binding.constants['NODE_PERFORMANCE_MILESTONE_LOOP_START'] as number] = LOOP_START_NS
  binding.milestones = milestones
  binding.loopIdleTime = (): number => operations.recordNumber(VALUE_SOURCE.fact, loopIdleTime)
  binding.uvMetricsInfo = (): number[] =>
    JSON.parse(operations.recordText(VALUE_SOURCE.fact, () => JSON.stringify(uvMetricsInfo()))) as number[]
  binding.createELDHistogram = (resolution): object =>
    recordedHistogram(operations, createELDHistogram(resolution) as NativeHistogram)
}

function recordedHistogram(operations: Operations, native: NativeHistogram): object {
  const members: Record<string, unknown> = {}
  const member = (name: string): ((...args: unknown[]) => unknown) => {
    const original = native[name] as (...args: unknown[]) => unknown
    return (...args) => Reflect.apply(original, native, args)
  }
  for (const name of ACTIONS) members[name] = member(name)
  for (const name of NUMBERS) {
    const read = member(name)
    members[name] = (...args: unknown[]) => operations.recordNumber(VALUE_SOURCE.fact, () => read(...args) as number)
  }
  for (const name of BIG_NUMBERS) {
    const read = member(name)
    members[name] = (...args: unknown[]) =>
      BigInt(operations.recordText(VALUE_SOURCE.fact, () => String(read(...args))))
  }
  const pairs = (fill: (map: Map<number, unknown>) => void): [number, string][] => {
    const text = operations.recordText(VALUE_SOURCE.fact, () => {
      const map = new Map<number, unknown>()
      fill(map)
      return JSON.stringify([...map].map(([key, value]) => [key, String(value)]))
    })
    return JSON.parse(text) as [number, string][]
  }
  members['percentiles'] = (map: Map<number, number>): void => {
    for (const [key, value] of pairs((own) => native.percentiles(own as Map<number, number>)))
      map.set(key, Number(value))
  }
  members['percentilesBigInt'] = (map: Map<number, bigint>): void => {
    for (const [key, value] of pairs((own) => native.percentilesBigInt(own as Map<number, bigint>)))
      map.set(key, BigInt(value))
  }
  return members
}
