import { probeIntervalMs } from './detection.js'
import type { Notice } from './notice.js'
import { processorTimeOf } from './processor-time.js'
import { ProgressWatch } from './progress-watch.js'
import type { Replica, Replicas } from './replicas.js'
import { StallPolicy } from './stall-policy.js'

/**
 * The primary is up first; backups execute after it what made it so, on a busy machine one after the other. So they get
 * as long again as the start took, so many times.
 */
const STARTS = 2

export interface StandstillTerms {
  readonly timingWindowMs: number
  readonly guestStartMs: number
  readonly replicas: Replicas
  readonly notice: (notice: Notice) => void
  /** It gives no sign of life since `sinceMs`, on the clock of `performance.now`, and is to end. */
  readonly end: (replica: Replica, sinceMs: number) => void
}

/**
 * Sees main threads that stand still, and ends them before another replica takes over (protocol.md section 6, timing
 * fault). Nobody is judged before the program is up: loading its modules may take long, at every replica alike.
 */
export class Standstill {
  readonly #watch: ProgressWatch
  readonly #policy: StallPolicy
  readonly #start: NodeJS.Timeout
  readonly #begunMs = performance.now()
  #isUp = false
  /** Nobody is ended before. */
  #sparedUntilMs = 0

  constructor(terms: StandstillTerms) {
    const { timingWindowMs: windowMs, guestStartMs, replicas, notice, end } = terms
    this.#policy = new StallPolicy({
      windowMs,
      answers: ({ slot }) => this.#watch.answers(slot),
      living: () => replicas.living,
      end,
      warn: (warning) => notice({ notice: 'report', report: warning }),
    })
    this.#watch = new ProgressWatch({
      windowMs,
      intervalMs: probeIntervalMs(terms),
      now: () => performance.now(),
      replicas: () =>
        replicas.living
          .filter(({ process }) => process.reachable)
          .map(({ slot, process: { localPid: pid } }) => ({ slot, pid })),
      probe: (slot) => replicas.probe(slot),
      processorTime: processorTimeOf,
      stalled: (slot, stall) => {
        const replica = replicas.living.find((each) => each.slot === slot)
        if (replica !== undefined && stall.nowMs >= this.#sparedUntilMs) this.#policy.stalled(replica, stall)
      },
    })
    this.#start = setTimeout(() => (this.#isUp = true), guestStartMs)
    this.#watch.start()
  }

  /** The program has opened a port; what it opens later says nothing new. */
  up(): void {
    if (this.#isUp) return
    this.#isUp = true
    clearTimeout(this.#start)
    const upMs = performance.now()
    this.#sparedUntilMs = upMs + STARTS * (upMs - this.#begunMs)
  }

  /** It answered a probe; `looped`: from its event loop. */
  alive(slot: string, looped: boolean): void {
    if (!this.#isUp) return
    this.#watch.alive(slot, looped)
    this.#policy.moved(slot)
  }

  gone(slot: string): void {
    this.#policy.gone(slot)
  }

  close(): void {
    clearTimeout(this.#start)
    this.#watch.stop()
  }
}
