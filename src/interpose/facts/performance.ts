import type { Internals } from '../internals.js'
import type { Operations } from '../operations.js'
import { replaceFunction } from '../replace.js'
import { recordBuffer, recordedNumber, recordPlain } from './recorded.js'

/** Event loop utilization counts from here, in nanoseconds of the program's own clock. */
const LOOP_START_NS = 1e6

interface PerformanceFactTerms {
  readonly internals: Internals
  readonly operations: Operations
}

type Method = (this: unknown, ...args: unknown[]) => unknown
type NativeHistogram = Record<string, Method>

/** Native members that act, or belong to the handle itself. All others answer with what they have counted. */
const ACTIONS: ReadonlySet<string> = new Set(['start', 'stop', 'reset', 'close', 'ref', 'unref', 'hasRef'])
const MAPS: ReadonlySet<string> = new Set(['percentiles', 'percentilesBigInt'])
const HANDLE_METHODS = /^(constructor|asyncReset|get[A-Z]\w+)$/

/** Idle time, loop metrics and the delay histogram: what `perf_hooks` copies when it is loaded, which is after this. */
export function installPerformanceFacts({ internals, operations }: PerformanceFactTerms): void {
  const binding = internals.performance
  const { loopIdleTime, createELDHistogram } = binding
  const milestones = new Float64Array(binding.milestones)
  milestones[binding.constants['NODE_PERFORMANCE_MILESTONE_LOOP_START'] as number] = LOOP_START_NS
  binding.milestones = milestones
  binding.loopIdleTime = recordedNumber(operations, loopIdleTime)
  binding.uvMetricsInfo = recordedMetrics(operations, binding)
  binding.createELDHistogram = (...args): object =>
    recordedHistogram(operations, createELDHistogram(...args) as NativeHistogram)
  installDelta(internals)
  // Garbage is collected at another time in each replica: the program is told of none.
  binding.installGarbageCollectionTracking = (): void => undefined
  binding.removeGarbageCollectionTracking = (): void => undefined
  // C++ counts here who observes what it has measured by its own clock, as HTTP/2 does: nobody.
  binding.observerCounts = new Uint32Array(binding.observerCounts)
}

/** An array, or, in Node 26, one that all calls share. */
function recordedMetrics(operations: Operations, binding: Internals['performance']): () => unknown {
  const { uvMetricsInfo, uvMetricsBuffer } = binding
  if (uvMetricsBuffer === undefined) return () => recordPlain(operations, uvMetricsInfo)
  return () => recordBuffer(operations, uvMetricsBuffer, uvMetricsInfo)
}

interface Histograms {
  readonly RecordableHistogram: { readonly prototype: RecordableHistogram }
}

interface RecordableHistogram {
  record(value: bigint): void
  recordDelta(): void
}

/** `recordDelta` reads the clock in C++. */
function installDelta(internals: Internals): void {
  const histograms = internals.module<Histograms>('internal/histogram')
  // As the program reads it: recorded.
  const { hrtime } = process
  const before = new WeakMap<object, bigint>()
  replaceFunction(histograms.RecordableHistogram.prototype, 'recordDelta', function (this: RecordableHistogram): void {
    const [now, last] = [hrtime.bigint(), before.get(this)]
    if (last !== undefined && now > last) this.record(now - last)
    before.set(this, now)
  })
}

/** The delay of the event loop: counted by every replica for itself, and read at the primary. */
function recordedHistogram(operations: Operations, native: NativeHistogram): object {
  const members: NativeHistogram = {}
  for (const name of methodsOf(native)) {
    const read = (args: unknown[]): unknown => Reflect.apply(native[name] as Method, native, args)
    members[name] = (...args) => {
      if (ACTIONS.has(name)) return read(args)
      if (MAPS.has(name)) return recordMap(operations, args[0] as Map<number, unknown>, (map) => read([map]))
      const plain = recordPlain(operations, () => {
        const answer = read(args)
        return typeof answer === 'bigint' ? answer.toString() : answer
      })
      return name.endsWith('BigInt') ? BigInt(plain as string) : plain
    }
  }
  return members
}

function methodsOf(native: object): readonly string[] {
  const names: string[] = []
  for (let owner: object = native; owner !== Object.prototype; owner = Object.getPrototypeOf(owner) as object) {
    names.push(...Object.getOwnPropertyNames(owner).filter((name) => !HANDLE_METHODS.test(name)))
  }
  return names
}

function recordMap(operations: Operations, map: Map<number, unknown>, fill: (own: Map<number, unknown>) => void): void {
  const pairs = recordPlain(operations, () => {
    const own = new Map<number, unknown>()
    fill(own)
    return [...own].map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value])
  }) as readonly [number, number | string][]
  for (const [key, value] of pairs) map.set(key, typeof value === 'string' ? BigInt(value) : value)
}
