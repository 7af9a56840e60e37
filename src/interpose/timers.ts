import type { Clocks } from './clocks.js'
import type { Internals } from './internals.js'
import type { ReplicaClock } from './replica-clock.js'

const COUNT = 0
const REFERENCED_IMMEDIATES = 1
const OUTSTANDING = 2

const rethrow = (error: unknown): never => {
  throw error
}

/** Who is called when the event loop has come to the program's timers or immediates. */
export interface TimerTarget {
  readonly live: boolean
  timersDue(): void
  /** The loop has come to its immediates, and the program may have some. Called at a backup, too. */
  immediatesTurn(): void
  unordered(run: () => void): void
}

export interface ProgramTimersTerms {
  readonly internals: Internals
  readonly clocks: Clocks
  readonly clock: ReplicaClock
  /** Left out by a test: every replica fires by its own clock (then nothing is ordered). */
  readonly ordered: boolean
}

/**
 * The program's timers and immediates, Node's own included: the same lists and heap, but loop time and the moment of
 * firing are the conductor's (determinizer.md B2).
 */
export class ProgramTimers {
  readonly #internals: Internals
  readonly #clocks: Clocks
  readonly #clock: ReplicaClock
  readonly #ordered: boolean
  readonly #processTimers: (nowMs: number) => number
  readonly #processImmediate: () => void
  readonly #toggleImmediateRef: (ref: boolean) => void
  readonly #ownLoopMs: () => number
  #dueMs = Infinity
  #referenced = false
  #live = false

  constructor(terms: ProgramTimersTerms) {
    const { internals } = terms
    this.#internals = internals
    this.#clocks = terms.clocks
    this.#clock = terms.clock
    this.#ordered = terms.ordered
    const pair = internals.timersModule.getTimerCallbacks(internals.drainTicks)
    this.#processTimers = pair.processTimers
    this.#processImmediate = pair.processImmediate
    this.#toggleImmediateRef = internals.timers.toggleImmediateRef.bind(internals.timers)
    this.#ownLoopMs = internals.timers.getLibuvNow.bind(internals.timers)
  }

  install(target: TimerTarget): void {
    const { timers } = this.#internals
    const setupTimers = timers.setupTimers.bind(timers)
    timers.getLibuvNow = (): number => this.nowMs
    // The queue itself is looked at after every operation: see `rearm`.
    timers.scheduleTimer = (): void => undefined
    timers.toggleTimerRef = (): void => undefined
    // A backup must not let Node's idle handle spin for immediates that only an entry may run.
    timers.toggleImmediateRef = (ref): void => {
      if (this.#live) this.#toggleImmediateRef(ref)
    }
    setupTimers(
      () => {
        if (!this.#ordered) target.unordered(() => this.runImmediates(rethrow))
        else target.immediatesTurn()
      },
      () => {
        this.#clock.fired()
        if (this.#live && this.#dueMs <= this.#nextMs) {
          if (this.#ordered) target.timersDue()
          else target.unordered(() => this.fire(rethrow))
        }
        return this.#clock.nextForNative()
      },
    )
    if (!this.#ordered) this.takeOver()
    this.#clock.attach()
  }

  /** The time that the program's timers go by. */
  get nowMs(): number {
    return this.#ordered ? this.#clocks.loopMs : this.#ownLoopMs()
  }

  get #nextMs(): number {
    return this.#ordered ? this.#clocks.nowLoopMs() : this.#ownLoopMs()
  }

  /** There are immediates of the program to run. */
  get immediatesWait(): boolean {
    return this.#live && (this.#internals.timers.immediateInfo[COUNT] as number) > 0
  }

  /** This replica fires them from here on. */
  takeOver(): void {
    this.#live = true
    this.rearm()
    if ((this.#internals.timers.immediateInfo[REFERENCED_IMMEDIATES] as number) > 0) this.#toggleImmediateRef(true)
  }

  /** Nobody fires them; `takeOver` says who does from then on. */
  rest(): void {
    if (!this.#live) return
    this.#live = false
    this.#dueMs = Infinity
    this.#referenced = false
    this.#clock.armProgram(Infinity, false)
    this.#toggleImmediateRef(false)
  }

  /** Fires all that is due; after an error no one caught Node goes on with the rest. */
  fire(uncaught: (error: unknown) => void): void {
    for (;;) {
      try {
        this.#processTimers(this.nowMs)
        return
      } catch (error) {
        uncaught(error)
      }
    }
  }

  /** One round. What an error leaves unrun is another: C++ calls for it at once, and at a backup would for ever. */
  runImmediates(uncaught: (error: unknown) => void): void {
    try {
      this.#processImmediate()
    } catch (error) {
      uncaught(error)
    }
    if (!this.#live) this.#internals.timers.immediateInfo[OUTSTANDING] = 0
  }

  /** After an operation: the native timer follows the head of the program's queue. */
  rearm(): void {
    if (!this.#live) return
    const { timersModule, timers } = this.#internals
    const dueMs = timersModule.timerListQueue.peek()?.expiry ?? Infinity
    const referenced = (timers.timeoutInfo[0] as number) > 0
    if (dueMs === this.#dueMs && referenced === this.#referenced) return
    this.#dueMs = dueMs
    this.#referenced = referenced
    this.#clock.armProgram(this.#ordered ? this.#clocks.toOwnLoopMs(dueMs) : dueMs, referenced)
  }
}
