import type { Delays, Founding, Group } from '../driver/index.js'
import { LateStash } from './check/late-stash.js'
import type { TimedCalls } from './check/timed-calls.js'
import type { Trace } from './check/trace.js'
import { Clocks } from './clocks.js'
import { installTrampoline, Stash } from './completions.js'
import { Conductor } from './conductor.js'
import { Context } from './context.js'
import { installEdge } from './edge.js'
import { edgeInternals } from './edge-internals.js'
import { installFacts } from './facts/install.js'
import { Descriptors } from './files/descriptors.js'
import { Handles } from './handles.js'
import { HttpMessages } from './http-messages.js'
import { Host } from './host/host.js'
import type { Internals } from './internals.js'
import type { DigestSink } from './operation-digest.js'
import { VALUE_SOURCE } from './operations.js'
import { orderedPromises } from './ordered-promise.js'
import { Random } from './random.js'
import { installRealms } from './realm/install.js'
import { remakeModules } from './realm/remade.js'
import type { ReplicaClock } from './replica-clock.js'
import { installTime } from './time.js'
import { mainThread } from './shared-memory/main-thread.js'
import { ProgramTimers } from './timers.js'
import { LastValues } from './values.js'

/**
 * The hooks that a test can leave out, each to prove that the digest notices; those of `EDGE_FACILITIES` come on top.
 * With `mathRandom` off, whoever starts the process must leave out `--random-seed` too, which would hide it.
 */
export const HOOKS = [
  'date',
  'utcDate',
  'hrtime',
  'performance',
  'mathRandom',
  'cryptoRandom',
  'timers',
  'completions',
  'promises',
  'atomics',
  'identity',
  'facts',
  'weakref',
] as const

export interface InstallOptions {
  readonly internals: Internals
  /** The clock that the driver of `group` is armed on. */
  readonly clock: ReplicaClock
  readonly group: Group
  readonly founding: Founding
  readonly hooksOff?: readonly string[]
  readonly onDigest?: DigestSink
  /** Called at each value that this replica records as the primary. */
  readonly onRecorded?: () => void
  /** Undefined where nobody compares what this replica does with what another did. */
  readonly trace?: Trace
  /** Completions arrive late, by these calls. */
  readonly late?: { readonly delays: Delays; readonly calls: TimedCalls }
  /** One line to whoever watches this replica; never the program's own output. */
  readonly log: (line: string) => void
}

/**
 * Puts the program that follows under the conductor. Call it after `selfTest`, make the result the group's listener,
 * and then, as the last thing of the first preload, call its `start`: the main program is operation 0. The order
 * matters: what `crypto`, `net`, `os` and others copy from the bindings is replaced before they are loaded.
 */
export function install(options: InstallOptions): Conductor {
  const { internals, clock, group, founding, log } = options
  const hooksOff = options.hooksOff ?? []
  const isOn = (hook: string): boolean => !hooksOff.includes(hook)
  const context = new Context(internals)
  const last = new LastValues()
  const clocks = new Clocks(internals, last)
  const timers = new ProgramTimers({ internals, clocks, clock, ordered: isOn('timers') })
  const stash =
    options.late === undefined
      ? new Stash()
      : new LateStash({
          ...options.late,
          arrived: () => conductor.work(),
          hold: (delta) => conductor.holdOpen(delta),
        })
  const threads = mainThread({ operations: () => conductor, clock })
  const conductor: Conductor = new Conductor({
    internals,
    group,
    context,
    clocks,
    clock,
    timers,
    last,
    log,
    onDigest: options.onDigest,
    onRecorded: options.onRecorded,
    trace: options.trace,
    stash,
    threadOrder: threads.order,
  })
  conductor.onLive(() => threads.order.takeOver())

  const nowMs = (): number => conductor.recordNumber(VALUE_SOURCE.date, clocks.dateMs)
  const random = new Random({ internals, operations: conductor, seed: founding.seed })
  const inOrder = orderedPromises(conductor)
  const ordered = (native: Promise<unknown>): Promise<unknown> => (conductor.inside ? inOrder(native) : native)
  installRealms(internals, { nowMs, random: random.math(), ordered, atomics: threads.atomics }, isOn)
  installTime({ internals, operations: conductor, clocks, nowMs, isOn })
  if (isOn('cryptoRandom')) random.installBytes()
  const handles = new Handles()
  const host = new Host(conductor)
  const descriptors = new Descriptors()
  const foundedMs = (): number => clocks.foundedMs
  const operationMs = (): number => clocks.operationMs
  installFacts({ internals, operations: conductor, founding, handles, isOn })
  const facts = { foundedMs, operationMs, messages: new HttpMessages() }
  const edge = { internals: edgeInternals(internals), operations: conductor, handles, host, descriptors, threads }
  installEdge({ ...edge, ...facts }, hooksOff)
  if (isOn('date')) remakeModules(internals)
  // What was replaced in modules that LLFT itself has imported is what `import` gives, too.
  internals.module<{ syncBuiltinESMExports: () => void }>('module').syncBuiltinESMExports()
  timers.install(conductor)
  installTrampoline({ internals, context, target: conductor, ordered: isOn('completions') })
  return conductor
}
