import type { PrepareStackTrace } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import { isOwn, isOwnError } from './own-code.js'

/**
 * The program's stack traces do not show what LLFT has put between it and Node. An error that LLFT's own code has
 * thrown, a bug of ours, keeps them.
 */
export function installStacks({ internals, operations }: EdgeTerms): void {
  const errors = internals.binding('errors') as { setPrepareStackTraceCallback(prepare: PrepareStackTrace): void }
  const prepare = internals.prepareStackTrace
  errors.setPrepareStackTraceCallback((realm, error, frames) => {
    const [thrown] = frames
    const keep = !operations.inside || thrown === undefined || isOwnError(thrown)
    return prepare(realm, error, keep ? frames : frames.filter((frame) => !isOwn(frame)))
  })
}
