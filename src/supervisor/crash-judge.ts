import { constants } from 'node:os'
import type { ProcessEnd } from './process-end.js'

const { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP } = constants.signals
/** Raised by what a process does itself; any other signal came from outside and says nothing about the program. */
const OWN_FAULTS: readonly number[] = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP]

/** True when a process died of itself, without the group's ordered exit. */
export function isOwnFault(end: ProcessEnd): boolean {
  return end.signal === 0 || OWN_FAULTS.includes(end.signal)
}

/** Finds the crash that follows the history around: a new replica would only die of it again (determinizer.md A10). */
export class CrashJudge {
  readonly #sameCrashesMax: number
  #index = -1
  #count = 0

  constructor(sameCrashesMax: number) {
    this.#sameCrashesMax = sameCrashesMax
  }

  /** Replicas in a row that died of themselves at one index. */
  get count(): number {
    return this.#count
  }

  /** True when another replacement is of no use. */
  crashed(end: ProcessEnd, historyIndex: number): boolean {
    if (!isOwnFault(end)) return false
    this.#count = historyIndex === this.#index ? this.#count + 1 : 1
    this.#index = historyIndex
    return this.#count >= this.#sameCrashesMax
  }
}
