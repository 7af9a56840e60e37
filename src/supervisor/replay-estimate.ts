/** Shorter histories say more about how long a process takes to start than about how fast it executes. */
const ENTRIES_MIN = 100

interface Measured {
  readonly tookMs: number
  readonly entries: number
}

/**
 * How long a newcomer would need for the history as it is now: as long as the last one took, in proportion. What it
 * took includes what was decided meanwhile, so this is rather too much than too little.
 */
export class ReplayEstimate {
  #last: Measured | undefined

  /** A newcomer has caught up with a history of so many entries. */
  joined(tookMs: number, entries: number): void {
    this.#last = { tookMs, entries: Math.max(entries, ENTRIES_MIN) }
  }

  /** Milliseconds; undefined until somebody has joined. */
  of(entries: number): number | undefined {
    if (this.#last === undefined) return undefined
    return Math.round((this.#last.tookMs * Math.max(entries, ENTRIES_MIN)) / this.#last.entries)
  }
}
