import type { Given, NativeAtomics, OrderedAtomics } from '../shared-memory/ordered-atomics.js'
import type { Realm } from './realm.js'

/** `Atomics` on memory that threads share is in order (ADR 38). Stands alone: see `Realm`. */
export function furnishAtomics({ global, replace }: Realm, ordered: OrderedAtomics): void {
  const atomics = global.Atomics as unknown as Record<string, NativeAtomics>
  const { access } = ordered
  for (const name of ['add', 'and', 'compareExchange', 'exchange', 'load', 'or', 'store', 'sub', 'xor']) {
    const native = atomics[name] as NativeAtomics
    replace(atomics, name, (...given: Given) => access(native, given))
  }
  const { wait, notify, waitAsync } = atomics as Record<'wait' | 'notify' | 'waitAsync', NativeAtomics>
  replace(atomics, 'wait', (...given: Given) => ordered.wait(wait, given))
  replace(atomics, 'notify', (...given: Given) => ordered.notify(notify, given))
  // Not in every version.
  if (typeof waitAsync !== 'function') return
  replace(atomics, 'waitAsync', (...given: Given) => {
    ordered.waitAsync(given[0])
    return waitAsync(...given)
  })
}
