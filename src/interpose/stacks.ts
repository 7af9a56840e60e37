import type { PrepareStackTrace } from './edge-internals.js'
import type { CoreTerms } from './edge-terms.js'
import { isOwn, isOwnError } from './own-code.js'

/**
 * The program's stack traces do not show what LLFT has put between it and Node. An error that LLFT's own code has
 * thrown, a bug of ours, keeps them.
 */
export function installStacks({ internals, operations }: CoreTerms): void {
  const errors = internals.binding('errors') as { setPrepareStackTraceCallback(prepare: PrepareStackTrace): void }
  const prepare = internals.prepareStackTrace
  errors.setPrepareStackTraceCallback((realm, error, frames) => {
    const [thrown] = frames
    const keep = !operations.inside || thrown === undefined || isOwnError(thrown)
    if (keep) return prepare(realm, error, frames)
    const shown = frames.filter((frame) => !isOwn(frame))
    return prepare(realm, error, shown.slice(0, Math.max(Error.stackTraceLimit, 0)))
  })
}
