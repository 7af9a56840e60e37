import type { OrderedAtomics } from '../shared-memory/ordered-atomics.js'
import type { Realm } from './realm.js'

type Native = (array: unknown, index: unknown, value: unknown, other: unknown) => unknown

/** `Atomics` on memory that threads share is in order (ADR 38). Stands alone: see `Realm`. */
export function furnishAtomics({ global, replace }: Realm, ordered: OrderedAtomics): void {
  const atomics = global.Atomics as unknown as Record<string, Native>
  const { access } = ordered
  for (const name of ['add', 'and', 'compareExchange', 'exchange', 'load', 'or', 'store', 'sub', 'xor']) {
    const native = atomics[name] as Native
    replace(atomics, name, (array: unknown, index: unknown, value: unknown, other: unknown) =>
      access(native, array, index, value, other),
    )
  }
  const { wait, notify, waitAsync } = atomics as Readonly<Record<'wait' | 'notify', Native>> & { waitAsync?: Native }
  replace(atomics, 'wait', (array: unknown, index: unknown, value: unknown, boundMs: unknown) =>
    ordered.wait(wait, array, index, value, boundMs),
  )
  replace(atomics, 'notify', (array: unknown, index: unknown, count: unknown) =>
    ordered.notify(notify, array, index, count),
  )
  if (waitAsync === undefined) return
  replace(atomics, 'waitAsync', (array: unknown, index: unknown, value: unknown, boundMs: unknown) => {
    ordered.waitAsync(array)
    return waitAsync(array, index, value, boundMs)
  })
}
