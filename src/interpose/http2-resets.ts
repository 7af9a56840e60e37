import type { EdgeTerms } from './edge-terms.js'
import { FrameCount } from './http2-frames.js'
import type { Session } from './session-of.js'

/** Places in the options of a session; Node 20 has not these two. The last place says which are set. */
const RATE_AT = 10
const BURST_AT = 11
const UNLIMITED = 2 ** 32 - 1
/** As C++ has them, unless the program says otherwise. */
const BURST = 1000
const PER_SECOND = 33
/** Where the limit of C++ cannot be lifted, a session is closed before a replay could meet it. */
const RESETS_MAX = 900
/** What C++ ends such a session with. */
const INTERNAL_ERROR = 2
const MS_PER_SECOND = 1000

interface Limit {
  readonly burst: number
  readonly perSecond: number
  readonly frames: FrameCount
  tokens: number
  refilledMs: number
  total: number
}

/**
 * How often a client may reset streams, which costs it less than the server. C++ measures that by the real clock: a
 * replica that replays an hour in a second would find any rate too high. Here it goes by the program's.
 */
export class ResetLimits {
  readonly #options: Uint32Array
  readonly #limits = new WeakMap<object, Limit>()
  /** As the program reads it: recorded. */
  readonly #nowMs: () => number

  constructor({ internals }: EdgeTerms) {
    this.#options = internals.binding('http2')['optionsBuffer'] as Uint32Array
    const { bigint } = process.hrtime
    this.#nowMs = () => Number(bigint() / 1_000_000n)
  }

  /** `make`: the native session of a server, whose options are set. */
  limit(make: () => object): object {
    const [burst, perSecond] = [this.#option(BURST_AT) ?? BURST, this.#option(RATE_AT) ?? PER_SECOND]
    this.#lift()
    const native = make()
    const frames = new FrameCount()
    this.#limits.set(native, { burst, perSecond, frames, tokens: burst, refilledMs: 0, total: 0 })
    return native
  }

  /** Before C++ sees it. */
  received(native: object, session: Session | undefined, bytes: Uint8Array): void {
    const limit = this.#limits.get(native)
    const resets = limit?.frames.resetsIn(bytes) ?? 0
    if (limit === undefined || session === undefined || session.destroyed || resets === 0) return
    const before = limit.total
    limit.total += resets
    if (this.#exceeds(limit, resets)) session.destroy(INTERNAL_ERROR)
    else if (!this.#liftable && before <= RESETS_MAX && limit.total > RESETS_MAX) session.close()
  }

  #exceeds(limit: Limit, resets: number): boolean {
    const now = this.#nowMs()
    const refill = ((now - limit.refilledMs) / MS_PER_SECOND) * limit.perSecond
    limit.refilledMs = now
    limit.tokens = Math.min(limit.burst, limit.tokens + refill) - resets
    return limit.tokens < 0
  }

  get #liftable(): boolean {
    return this.#flagsAt > BURST_AT
  }

  get #flagsAt(): number {
    return this.#options.length - 1
  }

  #option(place: number): number | undefined {
    const isSet = this.#liftable && ((this.#options[this.#flagsAt] as number) & (1 << place)) !== 0
    return isSet ? this.#options[place] : undefined
  }

  #lift(): void {
    if (!this.#liftable) return
    this.#options[RATE_AT] = UNLIMITED
    this.#options[BURST_AT] = UNLIMITED
    this.#options[this.#flagsAt] = (this.#options[this.#flagsAt] as number) | (1 << RATE_AT) | (1 << BURST_AT)
  }
}
