import type { Report } from '../errors/index.js'
import type { Notice } from './notice.js'

/** Distinct reports of one kind of trouble; whoever has read a hundred knows. */
const REPORTED_MAX = 100

/** Reports what would only be repeated, by each replica or client. */
export class ReportedOnce {
  readonly #notice: (notice: Notice) => void
  /** Bounded by `REPORTED_MAX`. */
  readonly #keys = new Set<string>()

  constructor(notice: (notice: Notice) => void) {
    this.#notice = notice
  }

  report({ key, what }: { readonly key: string; readonly what: Report }): void {
    if (this.#keys.has(key) || this.#keys.size >= REPORTED_MAX) return
    this.#keys.add(key)
    this.#notice({ notice: 'report', report: what })
  }
}
