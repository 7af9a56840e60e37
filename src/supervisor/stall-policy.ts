import { report } from '../errors/index.js'
import type { Report } from '../errors/index.js'
import type { Stall } from './progress-watch.js'
import type { Replica } from './replicas.js'

/** After one replica was ended for standing still, others are waited for during so many windows. */
const SPARED_WINDOWS = 10
/** What one replica computes the others compute too: on a busy machine one after the other. */
const COMPUTING_WINDOWS = 30

export interface StallTerms {
  readonly windowMs: number
  /** It answers its probes. */
  readonly answers: (replica: Replica) => boolean
  readonly living: () => readonly Replica[]
  /** Ends it, and lets another take over. */
  readonly end: (replica: Replica, sinceMs: number) => void
  readonly warn: (warning: Report) => void
}

/**
 * Which stalled replicas are ended. A program that computes for longer than the window does so at every replica, one
 * after the other, as each of them comes to the same place: to end them all would lose what none of them has done
 * wrong. So there must be somebody who answers and could take over, and one replica at a time is ended; and after one
 * that was computing, others that compute are waited for as long as it takes.
 */
export class StallPolicy {
  readonly #terms: StallTerms
  #endedMs = -Infinity
  /** When a replica was last seen to compute for too long. */
  #computingMs = -Infinity
  /** Killed, and not gone yet; bounded by the replicas that live. */
  readonly #ended = new Set<string>()
  /** Told of; bounded by the replicas that live. */
  readonly #spared = new Set<string>()

  constructor(terms: StallTerms) {
    this.#terms = terms
  }

  stalled(replica: Replica, { sinceMs, nowMs, computing }: Stall): void {
    const { windowMs, living, answers, end } = this.#terms
    if (replica.gone || replica.retired !== undefined || !replica.ready || this.#ended.has(replica.slot)) return
    const again = computing && nowMs - this.#computingMs < COMPUTING_WINDOWS * windowMs
    if (computing) this.#computingMs = nowMs
    const able = living().some((other) => other !== replica && other.ready && !other.gone && answers(other))
    if (!able) return this.#spare(replica, 'nobody else answers and could take over')
    if (again) return this.#spare(replica, 'another one computed for as long: it is the program that does')
    if (nowMs - this.#endedMs < SPARED_WINDOWS * windowMs)
      return this.#spare(replica, 'another one was ended for it just before')
    this.#endedMs = nowMs
    this.#ended.add(replica.slot)
    end(replica, sinceMs)
  }

  /** It answers again. */
  moved(slot: string): void {
    this.#spared.delete(slot)
  }

  gone(slot: string): void {
    this.#spared.delete(slot)
    this.#ended.delete(slot)
  }

  #spare({ slot }: Replica, reason: string): void {
    if (this.#spared.has(slot)) return
    this.#spared.add(slot)
    this.#terms.warn(report('LLFT_W_REPLICA_STALLED', { replica: slot, windowMs: this.#terms.windowMs, reason }))
  }
}
