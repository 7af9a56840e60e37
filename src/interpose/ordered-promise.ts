import { keepable } from './completions.js'
import type { Operations } from './operations.js'

/**
 * The program's promise for one that C++ or V8 settles: settled by an ordered operation. `take` receives the value in
 * that operation.
 */
export function orderedPromise(
  operations: Operations,
  native: Promise<unknown>,
  take: (value: unknown) => unknown = (value) => value,
): Promise<unknown> {
  const asyncId = operations.newAsyncId()
  return new Promise((resolve, reject) => {
    native.then(
      (value) => {
        const kept = keepable(value)
        operations.complete(asyncId, () => resolve(take(kept)))
        return undefined
      },
      (error: unknown) => operations.complete(asyncId, () => reject(error)),
    )
  })
}
