import { types } from './value-types.js'
import { refusal } from '../refusal.js'

/** Objects of Node whose copies in other threads are the same thing in C++. */
const SAME_HANDLE: ReadonlySet<string> = new Set(['BlockList', 'Histogram', 'RecordableHistogram', 'IntervalHistogram'])

/** Memory, or an object, that a thread would have in common with the one that posts it. */
export function isShared(value: object): boolean {
  if (types.isSharedArrayBuffer(value)) return true
  if (ArrayBuffer.isView(value)) return types.isSharedArrayBuffer(value.buffer)
  if (Object.prototype.toString.call(value) === '[object WebAssembly.Memory]') return true
  return SAME_HANDLE.has((value.constructor as { readonly name?: string } | undefined)?.name ?? '')
}

/** Looks through all that the structured clone would. */
export function refuseShared(message: unknown, call: string): void {
  const seen = new Set<object>()
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    if (isShared(value)) throw refusal('LLFT_E_REFUSED_SHARED_MEMORY', call)
    if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return
    seen.add(value)
    if (types.isMap(value)) value.forEach((item, key) => (look(key), look(item)))
    else if (types.isSet(value)) value.forEach(look)
    else if (Array.isArray(value)) value.forEach(look)
    else for (const item of Object.values(value)) look(item)
  }
  look(message)
}

/** What is handed over beside a message: a list, or options with one. */
export function refusePorts(transfer: unknown, isPort: (value: unknown) => boolean, call: string): void {
  const list = Array.isArray(transfer) ? transfer : (Object(transfer) as { readonly transfer?: unknown }).transfer
  if (Array.isArray(list) && list.some(isPort)) throw refusal('LLFT_E_REFUSED_WORKER', call)
}
