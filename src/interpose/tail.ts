import { type Completion, runCompletion } from './completions.js'
import type { Context } from './context.js'
import type { Internals } from './internals.js'

const COUNT = 0
const REFERENCED = 1

/** A callback from C++ alone is one deep in its stack of async contexts; one out of an immediate of C++ lies deeper. */
const DEPTH_ALONE = 1

export interface TailTerms {
  readonly internals: Internals
  readonly context: Context
}

/**
 * What C++ puts off within an operation (`env->SetImmediate`, determinizer.md B2) runs in the next turn of the event
 * loop, before JavaScript's own immediates, and calls the program from there. It is the tail of that operation: the
 * next one waits until all of it has run, and so it is the same at every replica (ADR 34).
 */
export class Tail {
  readonly #terms: TailTerms
  readonly #nextTick: (call: () => void) => void = process.nextTick
  readonly #toggleImmediateRef: (ref: boolean) => void
  readonly #fields: Uint32Array
  readonly #stackLength: number
  #expected = false
  /** Something of the program has run in this turn: there may be more in the next one. */
  #ran = false
  #tickDue = false
  open = false

  constructor(terms: TailTerms) {
    this.#terms = terms
    const { timers, asyncWrap } = terms.internals
    this.#fields = asyncWrap.async_hook_fields
    this.#stackLength = asyncWrap.constants.kStackLength
    this.#toggleImmediateRef = timers.toggleImmediateRef.bind(timers)
  }

  /** From here on operations may have tails. */
  expect(): void {
    this.#expected = true
  }

  /** The program's part of an operation is over; false: it has no tail. */
  begin(): boolean {
    if (!this.#expected || this.#pending <= 0) return false
    this.open = true
    this.#ran = false
    const { immediateInfo } = this.#terms.internals.timers
    // C++ calls for immediates only if there are any, and waits for input before it looks unless it is told not to.
    immediateInfo[COUNT] = (immediateInfo[COUNT] as number) + 1
    this.#toggleImmediateRef(true)
    return true
  }

  /** The running callback cannot be put off: C++ is in the middle of something and acts on what it returns. */
  get calling(): boolean {
    return this.open && (this.#fields[this.#stackLength] as number) > DEPTH_ALONE
  }

  run(completion: Completion): unknown {
    const { internals, context } = this.#terms
    this.#ran = true
    if (!this.#tickDue) {
      // The first tick of this turn: those of the program run within it, once C++ is done, as on plain Node.
      this.#tickDue = true
      this.#nextTick(() => this.#tick())
    }
    context.enter()
    try {
      return runCompletion(internals, context, completion)
    } catch (error) {
      context.uncaught(error)
      return undefined
    } finally {
      context.leave()
    }
  }

  /** The loop has come to its immediates, those of C++ have run; true: this tail is over. */
  turned(live: boolean): boolean {
    if (this.#ran && this.#pending > 0) {
      this.#ran = false
      this.#toggleImmediateRef(true)
      return false
    }
    const { immediateInfo } = this.#terms.internals.timers
    this.open = false
    immediateInfo[COUNT] = (immediateInfo[COUNT] as number) - 1
    // A backup must not spin for immediates that only an entry may run.
    this.#toggleImmediateRef(live && (immediateInfo[REFERENCED] as number) > 0)
    return true
  }

  #tick(): void {
    const { context } = this.#terms
    this.#tickDue = false
    context.enter()
    context.drain()
    context.leave()
  }

  /** Immediates of C++ that have not run: Node counts them among those which keep the program alive. */
  get #pending(): number {
    const { timers, timersModule } = this.#terms.internals
    let pending = timers.immediateInfo[REFERENCED] as number
    if (pending === 0) return 0
    for (let one = timersModule.immediateQueue.head; one !== null; one = one._idleNext) if (one.hasRef()) pending--
    return pending
  }
}
