import type { Epoch } from '../../message/index.js'
import { isLater } from './words.js'
import type { FollowedGateway } from './words.js'

/** A gateway that was heard so long ago rules no more, as far as this one knows; what a host said since then counts. */
export const RECENT_MS = 2000

/** Which gateway of a group rules, as far as this one knows (ADR 59). The generations of a gateway share its reign. */
export class Reign {
  /** A random number per start of the process. */
  readonly speaker: number
  #term = 0
  #termSeen = 0
  #origin: Epoch | undefined
  /** When another gateway that may order was last heard, or heard of. */
  #otherMs = -Infinity
  /** The same of one that rules; whoever does not yet keeps nobody from adopting. */
  #rulerMs = -Infinity

  constructor(speaker: number) {
    this.speaker = speaker
  }

  /** This gateway's; 0 until it rules. */
  get term(): number {
    return this.#term
  }

  /** The first generation of the program whose group this gateway rules. */
  get origin(): Epoch | undefined {
    return this.#origin
  }

  /** From now on this gateway rules. */
  begin(origin: Epoch): void {
    this.#term = this.#termSeen + 1
    this.#origin = origin
  }

  /** Another gateway of the group, as it says itself or a host says of it. */
  heardOf(other: FollowedGateway, nowMs: number): 'supersedes' | 'precedes' | undefined {
    this.#termSeen = Math.max(this.#termSeen, other.term)
    const own = { speaker: this.speaker, term: this.#term }
    if (other.speaker === own.speaker || !isLater(other, own)) return undefined
    if (this.#term > 0) return 'supersedes'
    if (other.silent) return undefined
    this.#otherMs = nowMs
    if (other.term > 0) this.#rulerMs = nowMs
    return 'precedes'
  }

  hearsOther(nowMs: number): boolean {
    return nowMs - this.#otherMs < RECENT_MS
  }

  hearsRuler(nowMs: number): boolean {
    return nowMs - this.#rulerMs < RECENT_MS
  }
}
