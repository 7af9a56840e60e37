import type { Failover } from '../admin/index.js'
import type { Instant, ViewNumber } from '../message/index.js'

/** The last fail-overs that status shows; the number of all is kept beside. */
const FAILOVERS_MAX = 100

interface Phases {
  readonly cause: string
  readonly wallTimeMs: number
  readonly ended: Instant
  readonly noticed: Instant
  elected: Instant | undefined
}

export interface PrimaryLoss {
  readonly cause: string
  readonly wallTimeMs: number
  /** When the process ended, as far as it is known. */
  readonly ended: Instant
  readonly noticed: Instant
}

/** The fail-overs of a run with their phases: noticed, elected, resumed. */
export class FailoverTimeline {
  #recent: Failover[] = []
  #count = 0
  #view = 0
  #open: Phases | undefined

  get recent(): readonly Failover[] {
    return this.#recent
  }

  get count(): number {
    return this.#count
  }

  /** The primary was lost. While a takeover runs, losing the next one belongs to the same gap. */
  lost(loss: PrimaryLoss): void {
    this.#open ??= { ...loss, elected: undefined }
  }

  adopted(at: Instant): void {
    if (this.#open !== undefined) this.#open.elected = at
  }

  /** Returns the fail-over that this ends; undefined when the view is no new one. */
  established(view: ViewNumber, at: Instant, wallTimeMs: number): Failover | undefined {
    const founded = this.#view === 0
    if (view <= this.#view) return undefined
    this.#view = view
    const open = this.#open
    this.#open = undefined
    if (founded && open === undefined) return undefined
    const failover = finish(open ?? unannounced(at, wallTimeMs), at)
    this.#count++
    this.#recent.push(failover)
    if (this.#recent.length > FAILOVERS_MAX) this.#recent.shift()
    return failover
  }
}

/** A takeover that no exit explains: the backup lost touch with its primary. */
function unannounced(at: Instant, wallTimeMs: number): Phases {
  return { cause: 'no answer', wallTimeMs, ended: at, noticed: at, elected: at }
}

function finish(phases: Phases, resumed: Instant): Failover {
  const elected = phases.elected ?? resumed
  return {
    at: new Date(phases.wallTimeMs).toISOString(),
    cause: phases.cause,
    detectedMs: milliseconds(phases.ended, phases.noticed),
    electedMs: milliseconds(phases.noticed, elected),
    resumedMs: milliseconds(elected, resumed),
  }
}

function milliseconds(from: Instant, to: Instant): number {
  return Math.max(0, to - from) / 1000
}
