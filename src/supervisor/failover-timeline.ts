import type { Failover, TakeoverPhases } from '../admin/index.js'
import type { Instant, ViewNumber } from '../message/index.js'

/** The last fail-overs that status shows; the number of all is kept beside. */
const FAILOVERS_MAX = 100

export interface PrimaryLoss {
  readonly cause: string
  /** Somebody wanted it. */
  readonly planned: boolean
  readonly wallTimeMs: number
  /** When the primary gave its last sign of life, as far as it is known. */
  readonly silent: Instant
  readonly suspected: Instant
  /** Its failure was certain. */
  readonly announced: Instant
}

/** The new primary. */
export interface Successor {
  readonly id: string
  readonly view: ViewNumber
}

interface Takeover extends PrimaryLoss {
  readonly adopted: Instant | undefined
}

/** Where the last fail-over is still to be completed: when the gateway follows. */
interface Ended {
  readonly view: ViewNumber
  readonly at: Instant
}

/** The fail-overs of a run with their phases. */
export class FailoverTimeline {
  #recent: Failover[] = []
  #count = 0
  #view = 0
  #open: Takeover | undefined
  #ended: Ended | undefined

  /** These are the fail-overs of one run, after those of an earlier generation (ADR 55). */
  continues({ recent, count }: FailoverTimeline): void {
    this.#recent = [...recent, ...this.#recent].slice(-FAILOVERS_MAX)
    this.#count += count
  }

  get recent(): readonly Failover[] {
    return this.#recent
  }

  get count(): number {
    return this.#count
  }

  /** The primary was lost. While a takeover runs, losing the next one belongs to the same gap. */
  lost(loss: PrimaryLoss): void {
    this.#open ??= { ...loss, adopted: undefined }
  }

  /** The primary leads on. */
  kept(): void {
    this.#open = undefined
  }

  adopted(at: Instant): void {
    if (this.#open !== undefined) this.#open = { ...this.#open, adopted: at }
  }

  /** Returns the fail-over that this ends; undefined when the view is no new one. */
  established(successor: Successor, at: Instant, wallTimeMs: number): Failover | undefined {
    const founded = this.#view === 0
    if (successor.view <= this.#view) return undefined
    this.#view = successor.view
    const open = this.#open
    this.#open = undefined
    if (founded && open === undefined) return undefined
    const takeover = open ?? unannounced(at, wallTimeMs)
    const failover: Failover = {
      at: new Date(takeover.wallTimeMs).toISOString(),
      cause: takeover.cause,
      planned: takeover.planned,
      primary: successor.id,
      view: successor.view,
      phases: phasesOf(takeover, at),
    }
    this.#count++
    this.#recent.push(failover)
    this.#ended = { view: successor.view, at }
    if (this.#recent.length > FAILOVERS_MAX) this.#recent.shift()
    return failover
  }

  /** The gateway follows this view: returns the last fail-over, which is complete now; undefined if it was before. */
  resumed(view: ViewNumber, at: Instant): Failover | undefined {
    const last = this.#recent.at(-1)
    if (last === undefined || this.#ended?.view !== view) return undefined
    const complete = { ...last, phases: { ...last.phases, resumedMs: milliseconds(this.#ended.at, at) } }
    this.#ended = undefined
    this.#recent[this.#recent.length - 1] = complete
    return complete
  }
}

/** A takeover that no exit explains: the backup lost touch with its primary. */
function unannounced(at: Instant, wallTimeMs: number): Takeover {
  return { cause: 'no answer', planned: false, wallTimeMs, silent: at, suspected: at, announced: at, adopted: at }
}

function phasesOf({ silent, suspected, announced, adopted }: Takeover, established: Instant): TakeoverPhases {
  const proposed = adopted ?? established
  return {
    silenceMs: milliseconds(silent, suspected),
    suspicionMs: milliseconds(suspected, announced),
    proposalMs: milliseconds(announced, proposed),
    recoveryMs: milliseconds(proposed, established),
    resumedMs: null,
  }
}

function milliseconds(from: Instant, to: Instant): number {
  return Math.max(0, to - from) / 1000
}
