import type { Group } from '../driver/index.js'
import type { Context } from './context.js'
import type { ProgramTimers } from './timers.js'

export interface UnorderedTerms {
  readonly context: Context
  readonly timers: ProgramTimers
  readonly group: Group
}

/** For a hook that a test has left out: the program's code runs when this replica happens to come to it. */
export function runUnordered({ context, timers, group }: UnorderedTerms, run: () => void): void {
  context.enter()
  try {
    run()
  } catch (error) {
    context.uncaught(error)
  }
  context.drain()
  context.leave()
  timers.rearm()
  group.flush()
}
