import type { Group } from '../driver/index.js'
import type { Trace } from './check/trace.js'
import type { Clocks } from './clocks.js'
import type { Stash } from './completions.js'
import type { Context } from './context.js'
import type { Internals } from './internals.js'
import type { DigestSink } from './operation-digest.js'
import type { ReplicaClock } from './replica-clock.js'
import type { ThreadOrder } from './shared-memory/thread-order.js'
import type { ProgramTimers } from './timers.js'
import type { LastValues } from './values.js'

/** What a conductor is made of. */
export interface ConductorTerms {
  readonly internals: Internals
  readonly group: Group
  readonly context: Context
  readonly clocks: Clocks
  readonly clock: ReplicaClock
  readonly timers: ProgramTimers
  readonly last: LastValues
  readonly log: (line: string) => void
  readonly onDigest: DigestSink | undefined
  readonly onRecorded: (() => void) | undefined
  readonly trace: Trace | undefined
  readonly stash: Stash
  readonly threadOrder: ThreadOrder
}
