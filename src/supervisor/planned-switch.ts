import type { Instant, ViewNumber } from '../message/index.js'
import type { Replica } from './replicas.js'

/** How a planned change of primary ended. */
export type SwitchEnd =
  | { readonly end: 'led'; readonly by: string; readonly view: ViewNumber; readonly tookMs: number }
  /** The primary leads on. */
  | { readonly end: 'given-up' }

export interface SwitchTerms {
  readonly from: Replica
  readonly to: Replica
  readonly begun: Instant
}

/** Three times as long as a primary waits for its successor: by then it leads on, or is gone. */
const CATCH_UP_MS = 1500
/** Longer than a successor takes to recover, with a member that does not answer; whoever asked waits meanwhile. */
const RECOVERY_MS = 3000

/** One planned change of primary, from its request to the view that follows or to its bound. */
export class PlannedSwitch {
  readonly from: Replica
  readonly to: Replica
  readonly ended: Promise<SwitchEnd>
  readonly #begun: Instant
  #bound: NodeJS.Timeout
  #end: (end: SwitchEnd) => void = () => {}

  constructor({ from, to, begun }: SwitchTerms) {
    this.from = from
    this.to = to
    this.#begun = begun
    this.ended = new Promise((resolve) => (this.#end = resolve))
    this.#bound = setTimeout(() => this.giveUp(), CATCH_UP_MS)
  }

  /** Somebody has proposed itself. */
  adopted(): void {
    clearTimeout(this.#bound)
    this.#bound = setTimeout(() => this.giveUp(), RECOVERY_MS)
  }

  established(by: string, view: ViewNumber, at: Instant): void {
    clearTimeout(this.#bound)
    this.#end({ end: 'led', by, view, tookMs: Math.max(0, at - this.#begun) / 1000 })
  }

  giveUp(): void {
    clearTimeout(this.#bound)
    this.#end({ end: 'given-up' })
  }
}
