import { divergenceLine, type Group } from '../driver/index.js'
import { callSite } from './call-site.js'
import type { Internals } from './internals.js'
import type { ReplicaClock } from './replica-clock.js'

/** The last words of a program must arrive; a gateway or console that is gone must not hold its end up for ever. */
const END_WAIT_MS = 5000
/** A signal that this process sends itself takes effect within this, if it ends the process at all. */
const SIGNAL_WAIT_MICROSECONDS = 1_000_000
/** Ends of a replica that are no end of the program; its supervisor starts another. */
export const EXIT_DIVERGED = 70
export const EXIT_STOPPED = 75

export interface EndingTerms {
  readonly internals: Internals
  readonly group: Group
  readonly clock: ReplicaClock
  readonly log: (line: string) => void
}

/** How a replica's process ends. Made before the program's view of its process id and exit functions is replaced. */
export class Ending {
  readonly #terms: EndingTerms
  readonly #pid: number = process.pid
  readonly #reallyExit: (code: number) => never

  constructor(terms: EndingTerms) {
    this.#terms = terms
    this.#reallyExit = terms.internals.processMethods.reallyExit
  }

  /** The program has ended: everything goes out and is acknowledged, within a bound. */
  finish(code: number, signal: number): never {
    const { group, internals, clock } = this.#terms
    group.flush()
    group.waitUntil(() => group.settled, END_WAIT_MS)
    if (signal !== 0 && internals.processMethods._kill(this.#pid, signal) === 0) clock.pause(SIGNAL_WAIT_MICROSECONDS)
    return this.#reallyExit(signal === 0 ? code : 128 + signal)
  }

  /** This replica alone ends: it does not do what the history says. */
  diverge(what: string): never {
    const { call, place } = callSite()
    const difference = `${what}, ${call === undefined ? '' : `by ${call} `}${place}`
    return this.abandon(EXIT_DIVERGED, divergenceLine({ index: this.#terms.group.executed, difference }))
  }

  /** This replica alone ends. */
  abandon(exitCode: number, why: string): never {
    this.#terms.log(why)
    return this.#reallyExit(exitCode)
  }
}

/** What Node tells a program when nothing keeps it alive, first and, `over`, at last; returns its exit code. */
export function announceEnd(over: boolean): number {
  const code = Number(process.exitCode ?? 0)
  if (over) {
    const ending = process as unknown as { _exiting: boolean }
    ending._exiting = true
    process.emit('exit', code)
  } else process.emit('beforeExit', code)
  return Number(process.exitCode ?? 0)
}
