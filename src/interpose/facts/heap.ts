import type { Internals } from '../internals.js'
import type { Operations } from '../operations.js'
import { recordBuffer, recordCall } from './recorded.js'

interface HeapBinding {
  readonly heapStatisticsBuffer: Float64Array
  readonly heapCodeStatisticsBuffer: Float64Array
  readonly heapSpaceStatisticsBuffer: Float64Array
  readonly GCProfiler: { readonly prototype: object }
  updateHeapStatisticsBuffer(): void
  updateHeapCodeStatisticsBuffer(): void
  updateHeapSpaceStatisticsBuffer(space: number): void
}

/** The heap, its collector and V8's profilers: each replica has its own, and the program sees the primary's. */
export function installHeapFacts(internals: Internals, operations: Operations): void {
  const heap = internals.binding<HeapBinding>('v8')
  const { updateHeapStatisticsBuffer, updateHeapCodeStatisticsBuffer, updateHeapSpaceStatisticsBuffer } = heap
  heap.updateHeapStatisticsBuffer = (): void =>
    recordBuffer(operations, heap.heapStatisticsBuffer, updateHeapStatisticsBuffer)
  heap.updateHeapCodeStatisticsBuffer = (): void =>
    recordBuffer(operations, heap.heapCodeStatisticsBuffer, updateHeapCodeStatisticsBuffer)
  heap.updateHeapSpaceStatisticsBuffer = (space): void =>
    recordBuffer(operations, heap.heapSpaceStatisticsBuffer, () => updateHeapSpaceStatisticsBuffer(space))
  recordCall(operations, heap, { name: 'getCppHeapStatistics' })
  recordCall(operations, heap, { name: 'stopCpuProfile' })
  recordCall(operations, heap, { name: 'stopHeapProfile' })
  recordCall(operations, heap.GCProfiler.prototype, { name: 'stop' })
}
