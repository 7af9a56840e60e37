import type { Founding } from '../driver/index.js'
import { installPerformanceFacts } from './facts-performance.js'
import type { Internals } from './internals.js'
import { type Operations, VALUE_SOURCE } from './operations.js'
import { replaceFunction } from './replace.js'

export interface FactTerms {
  readonly internals: Internals
  readonly operations: Operations
  readonly founding: Founding
  readonly isOn: (hook: string) => boolean
}

/** What differs between two processes and hosts: constants of the group, or recorded when asked for. */
export function installFacts(terms: FactTerms): void {
  const { founding, internals, isOn } = terms
  if (isOn('identity')) {
    Object.defineProperty(process, 'pid', { ...Object.getOwnPropertyDescriptor(process, 'pid'), value: founding.pid })
    Object.defineProperty(process, 'ppid', { get: () => founding.ppid, enumerable: true, configurable: true })
    internals.binding<{ getHostname: () => string }>('os').getHostname = () => founding.hostname
  }
  if (!isOn('facts')) return
  installProcessFacts(terms)
  installHostFacts(terms)
  installHeapFacts(terms)
  installPerformanceFacts(terms)
}

type Numbers = Record<string, number>

/** Records an object of numbers, field by field: they lie close to those of the last time. */
function recordFields<Fields extends object>(
  operations: Operations,
  names: readonly string[],
  read: () => Fields,
): Fields {
  let own: Numbers | undefined
  const fields: Numbers = {}
  for (const name of names) {
    fields[name] = operations.recordNumber(
      VALUE_SOURCE.fact,
      () => (own ??= read() as unknown as Numbers)[name] as number,
    )
  }
  return fields as unknown as Fields
}

function installProcessFacts({ operations }: FactTerms): void {
  const { memoryUsage, cpuUsage, resourceUsage } = process
  const { rss } = memoryUsage
  const memoryNames = Object.keys(memoryUsage())
  const resourceNames = Object.keys(resourceUsage())
  const number = (read: () => number): (() => number) => {
    return () => operations.recordNumber(VALUE_SOURCE.fact, read)
  }
  replaceFunction(process, 'memoryUsage', () => recordFields(operations, memoryNames, memoryUsage))
  process.memoryUsage.rss = rss
  replaceFunction(process.memoryUsage, 'rss', number(rss))
  replaceFunction(process, 'resourceUsage', () => recordFields(operations, resourceNames, resourceUsage))
  replaceFunction(process, 'cpuUsage', (previous?: NodeJS.CpuUsage) => {
    // Node's own checks of the argument, for their errors.
    if (previous !== undefined) cpuUsage(previous)
    const used = recordFields(operations, ['user', 'system'], cpuUsage)
    return previous ? { user: used.user - previous.user, system: used.system - previous.system } : used
  })
  const limits = process as unknown as { constrainedMemory: () => number; availableMemory: () => number }
  replaceFunction(limits, 'constrainedMemory', number(limits.constrainedMemory))
  replaceFunction(limits, 'availableMemory', number(limits.availableMemory))
}

interface OsBinding {
  getLoadAvg(values: Float64Array): void
  getUptime(context: object): number
  getTotalMem(): number
  getFreeMem(): number
  getAvailableParallelism(): number
  getCPUs(): unknown[]
  getInterfaceAddresses(context: object): unknown[]
}

/** `os` copies these when it is loaded, which is after this. */
function installHostFacts({ internals, operations }: FactTerms): void {
  const os = internals.binding<OsBinding>('os')
  const { getLoadAvg, getUptime, getCPUs, getInterfaceAddresses } = os
  const list = (read: () => unknown[]): unknown[] =>
    JSON.parse(operations.recordText(VALUE_SOURCE.fact, () => JSON.stringify(read()))) as unknown[]
  os.getLoadAvg = (values): void => recordBuffer(operations, values, () => getLoadAvg(values))
  os.getUptime = (context): number => operations.recordNumber(VALUE_SOURCE.fact, () => getUptime(context))
  for (const name of ['getTotalMem', 'getFreeMem', 'getAvailableParallelism'] as const) {
    const read = os[name]
    os[name] = (): number => operations.recordNumber(VALUE_SOURCE.fact, read)
  }
  os.getCPUs = (): unknown[] => list(getCPUs)
  os.getInterfaceAddresses = (context): unknown[] => list(() => getInterfaceAddresses(context))
}

/** C++ fills a shared array; at a backup the recorded numbers do. */
function recordBuffer(operations: Operations, values: Float64Array, update: () => void): void {
  let updated = false
  for (let at = 0; at < values.length; at++) {
    values[at] = operations.recordNumber(VALUE_SOURCE.fact, () => {
      if (!updated) update()
      updated = true
      return values[at] as number
    })
  }
}

interface HeapBinding {
  readonly heapStatisticsBuffer: Float64Array
  readonly heapCodeStatisticsBuffer: Float64Array
  readonly heapSpaceStatisticsBuffer: Float64Array
  updateHeapStatisticsBuffer(): void
  updateHeapCodeStatisticsBuffer(): void
  updateHeapSpaceStatisticsBuffer(space: number): void
}

function installHeapFacts({ internals, operations }: FactTerms): void {
  const heap = internals.binding<HeapBinding>('v8')
  const { updateHeapStatisticsBuffer, updateHeapCodeStatisticsBuffer, updateHeapSpaceStatisticsBuffer } = heap
  heap.updateHeapStatisticsBuffer = (): void =>
    recordBuffer(operations, heap.heapStatisticsBuffer, updateHeapStatisticsBuffer)
  heap.updateHeapCodeStatisticsBuffer = (): void =>
    recordBuffer(operations, heap.heapCodeStatisticsBuffer, updateHeapCodeStatisticsBuffer)
  heap.updateHeapSpaceStatisticsBuffer = (space): void =>
    recordBuffer(operations, heap.heapSpaceStatisticsBuffer, () => updateHeapSpaceStatisticsBuffer(space))
}
