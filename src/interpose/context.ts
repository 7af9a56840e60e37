import type { Internals } from './internals.js'

/**
 * Async ids of the program start here at every replica, whatever Node and the preload have used before: small, because
 * they are written into the history.
 */
export const PROGRAM_IDS_FROM = 1024
/** LLFT's own async ids start here; the program would need years to reach them. */
export const OWN_IDS_FROM: number = 2 ** 40

/**
 * The two worlds of one thread (determinizer.md B4): inside an ordered operation the program's async ids are counted,
 * outside LLFT's own, so that resources get the same id at every replica.
 */
export class Context {
  readonly #internals: Internals
  readonly #ids: Float64Array
  readonly #counter: number
  /** How many hooks of each kind are on, and their total: Node looks here before it calls one. */
  readonly #hooks: Uint32Array
  readonly #otherHooks: Uint32Array
  readonly #hooksTotal: number
  /** The counter of the world that is not running. */
  #otherIds: number = OWN_IDS_FROM
  /** Of whatever was running when an operation began. */
  #frame: unknown
  inside = false

  constructor(internals: Internals) {
    this.#internals = internals
    this.#ids = internals.asyncWrap.async_id_fields
    const { constants, async_hook_fields: fields } = internals.asyncWrap
    this.#counter = constants.kAsyncIdCounter
    this.#hooks = fields.subarray(constants.kInit, constants.kTotals + 1)
    this.#otherHooks = new Uint32Array(this.#hooks.length)
    this.#hooksTotal = this.#hooks.length - 1
  }

  /** Operation 0 begins: the main program follows in the caller's own async context. */
  begin(): void {
    this.#ids[this.#counter] = PROGRAM_IDS_FROM
    this.inside = true
  }

  /** The last async id that the program has taken. */
  get programIds(): number {
    return this.inside ? (this.#ids[this.#counter] as number) : this.#otherIds
  }

  newProgramId(): number {
    const next = (this.#ids[this.#counter] as number) + 1
    this.#ids[this.#counter] = next
    return next
  }

  isOwn(asyncId: number): boolean {
    return asyncId >= OWN_IDS_FROM || asyncId < PROGRAM_IDS_FROM
  }

  #swap(): void {
    const ids = this.#ids[this.#counter] as number
    this.#ids[this.#counter] = this.#otherIds
    this.#otherIds = ids
    // The program's async hooks are none of LLFT's business, and LLFT's resources none of theirs.
    if (this.#hooks[this.#hooksTotal] === 0 && this.#otherHooks[this.#hooksTotal] === 0) return
    for (let kind = 0; kind <= this.#hooksTotal; kind++) {
      const count = this.#hooks[kind] as number
      this.#hooks[kind] = this.#otherHooks[kind] as number
      this.#otherHooks[kind] = count
    }
  }

  /** Enters an operation, in a fresh async context that is the same at every replica. */
  enter(): void {
    this.#swap()
    this.inside = true
    this.pushBase()
  }

  leave(): void {
    this.popBase()
    this.exit()
  }

  /** Leaves operation 0, which has no async context of ours. */
  exit(): void {
    this.inside = false
    this.#swap()
  }

  pushBase(): void {
    this.#frame = this.#internals.contextFrames.exchange(undefined)
    this.#internals.asyncHooks.pushAsyncContext(0, 0, {})
  }

  popBase(): void {
    this.#internals.contextFrames.exchange(this.#frame)
    this.#internals.asyncHooks.popAsyncContext(0)
  }

  /** LLFT's own code follows in the middle of an operation; returns what `resume` must be given. */
  suspend(): boolean {
    if (!this.inside) return false
    this.inside = false
    this.#swap()
    return true
  }

  resume(suspended: boolean): void {
    if (!suspended) return
    this.#swap()
    this.inside = true
  }

  /** The same around something that may throw. */
  outside<Result>(work: () => Result): Result {
    const suspended = this.suspend()
    try {
      return work()
    } finally {
      this.resume(suspended)
    }
  }

  /** Ticks and microtasks to the end, as Node does it after a callback. */
  drain(): void {
    for (;;) {
      try {
        this.#internals.drainTicks()
        return
      } catch (error) {
        this.uncaught(error)
      }
    }
  }

  /** What Node does with an error that no one caught; returns when a handler took it. */
  readonly uncaught = (error: unknown): void => {
    this.#internals.errors.triggerUncaughtException(error, false)
  }
}
