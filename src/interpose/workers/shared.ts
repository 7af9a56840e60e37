import { types } from './value-types.js'
import { refusal } from '../refusal.js'
import { portsIn } from './terms.js'
import { sharedBufferOf } from '../shared-memory/shared-buffers.js'

/** Objects of Node whose copies in other threads are the same thing in C++. */
const SAME_HANDLE: ReadonlySet<string> = new Set(['BlockList', 'Histogram', 'RecordableHistogram', 'IntervalHistogram'])

/** An object that a thread would have in common with the one that posts it, with nothing to see of what it does. */
export function refuseSame(value: object, call: string): void {
  const isMemory = Object.prototype.toString.call(value) === '[object WebAssembly.Memory]'
  const { name } = (value.constructor ?? {}) as { readonly name?: string }
  const isGrowable = types.isSharedArrayBuffer(value) && Reflect.get(value, 'growable') === true
  if (isMemory || isGrowable || SAME_HANDLE.has(name ?? '')) throw refusal('LLFT_E_REFUSED_SHARED_MEMORY', call)
}

/** Looks through all that the structured clone would, for what threads will have in common. */
export function findShared(message: unknown, call: string): readonly SharedArrayBuffer[] {
  const found = new Set<SharedArrayBuffer>()
  const seen = new Set<object>()
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    const shared = sharedBufferOf(value)
    refuseSame(shared ?? value, call)
    if (shared !== undefined) found.add(shared)
    if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return
    seen.add(value)
    if (types.isMap(value)) value.forEach((item, key) => (look(key), look(item)))
    else if (types.isSet(value)) value.forEach(look)
    else if (Array.isArray(value)) value.forEach(look)
    else for (const item of Object.values(value)) look(item)
  }
  look(message)
  return [...found]
}

/** No port goes from a worker to elsewhere. */
export function refusePorts(transfer: unknown, isPort: (value: unknown) => boolean, call: string): void {
  if (portsIn(transfer, isPort).length > 0) throw refusal('LLFT_E_REFUSED_WORKER', call)
}
