import { constants } from 'node:os'

/**
 * `npx` and `npm` pass on a Ctrl-C that the terminal has already given to the whole foreground group: the same signal
 * again within this time is the same key.
 */
const SAME_KEY_MS = 150

/** What asks a program to end. */
const STOPS: ReadonlySet<number> = new Set(
  (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const).map((name) => constants.signals[name]),
)

/** Why nothing new is begun with it. */
export const TOLD_TO_STOP = 'the program has been told to stop'

export function isStop(signal: number): boolean {
  return STOPS.has(signal)
}

export interface StopTerms {
  readonly graceMs: number
  /** The program gets the signal, as an ordered operation. */
  deliver(signal: number): void
  /** Everything ends now. `late`: because the program did not end in time. */
  force(signal: number, late: boolean): void
}

/** Ctrl-C reaches the program once; its handler runs, then the grace, then the end; a second Ctrl-C ends at once. */
export class StopPolicy {
  readonly #terms: StopTerms
  #first: { readonly signal: number; readonly atMs: number } | undefined
  #grace: NodeJS.Timeout | undefined

  constructor(terms: StopTerms) {
    this.#terms = terms
  }

  /** The program was told to stop. */
  get stopping(): boolean {
    return this.#first !== undefined
  }

  signal(signal: number): void {
    const first = this.#first
    if (first === undefined) {
      this.#first = { signal, atMs: performance.now() }
      this.#grace = setTimeout(() => this.#terms.force(signal, true), this.#terms.graceMs)
      this.#terms.deliver(signal)
    } else if (signal !== first.signal || performance.now() - first.atMs > SAME_KEY_MS) {
      this.#terms.force(signal, false)
    }
  }

  /** The program has ended. */
  close(): void {
    clearTimeout(this.#grace)
  }
}
