import { keepable } from './completions.js'
import type { Operations } from './operations.js'
import type { Outcome } from './outcome.js'

/** Gives the program a promise in place of one that C++ or V8 settles: settled by an ordered operation. */
export function orderedPromises(operations: Operations): (native: Promise<unknown>) => Promise<unknown> {
  // V8 forgets a wait of `Atomics` that nothing else refers to any more, when the collector happens to see it. Bounded
  // by what the program has under way.
  const pending = new Set<Promise<unknown>>()
  return (native) => {
    const asyncId = operations.newAsyncId()
    pending.add(native)
    return new Promise((resolve, reject) => {
      native.then(
        (value) => {
          pending.delete(native)
          const kept = keepable(value)
          operations.complete(asyncId, () => resolve(kept))
          return undefined
        },
        (error: unknown) => {
          pending.delete(native)
          operations.complete(asyncId, () => reject(error))
        },
      )
    })
  }
}

/** A call whose result is the primary's, and recorded. */
export interface RecordedWork<Value> {
  /** Does it, without waiting. */
  readonly atOnce: () => unknown
  /** Does it at the primary, which has time. */
  readonly start: () => Promise<unknown>
  /** Inside an operation: what the program gets, from what `produce` returns or throws at the primary. */
  readonly record: (produce: () => unknown) => Outcome<Value>
}

/** The program's promise for it. A backup begins nothing, and waits for the outcome. */
export function recordedPromise<Value>(operations: Operations, work: RecordedWork<Value>): Promise<Value> {
  const asyncId = operations.newAsyncId()
  return new Promise((resolve, reject) => {
    const complete = (produce: () => unknown): void => {
      operations.complete(asyncId, () => {
        const outcome = work.record(produce)
        if (outcome.error === undefined) resolve(outcome.value)
        else reject(outcome.error)
      })
    }
    const start = async (): Promise<void> => {
      try {
        const result = await work.start()
        complete(() => result)
      } catch (error) {
        complete(() => {
          throw error instanceof Error ? error : new Error(String(error))
        })
      }
    }
    if (operations.live) void operations.outside(start)
    else complete(work.atOnce)
  })
}
