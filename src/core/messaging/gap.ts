import type { Instant } from '../../message/index.js'

export interface GapTerms {
  /** A gap may be reordering; it is asked for after this, or when so many datagrams have come since. */
  readonly nackDelay: number
  readonly nackCount: number
  /** What was asked for and does not come is asked for again after this, not sooner. */
  readonly repeatDelay: number
}

/** When a receiver asks for what it lacks, and when it keeps quiet because it has just asked (protocol.md 4.5). */
export class Gap {
  readonly #terms: GapTerms
  #deadline: Instant | undefined
  #passed = 0
  #asked = false

  constructor(terms: GapTerms) {
    this.#terms = terms
  }

  get deadline(): Instant | undefined {
    return this.#deadline
  }

  /**
   * A datagram came and something is missing still. `progress`: it brought part of it, so that the answer is on its way
   * or has ended. Returns whether it is time to ask.
   */
  seen(now: Instant, progress: boolean): boolean {
    if (this.#asked && !progress) return this.due(now)
    if (progress) this.#passed = 0
    this.#asked = false
    this.#passed++
    const soon = (now + this.#terms.nackDelay) as Instant
    if (this.#deadline === undefined || this.#deadline > soon) this.#deadline = soon
    return this.due(now) || this.#passed >= this.#terms.nackCount
  }

  /** Something is missing that may come by itself soon. */
  expect(now: Instant): void {
    this.#deadline ??= (now + this.#terms.nackDelay) as Instant
  }

  /** A sender that has waited says that there is more: that is no reordering. Returns whether it is time to ask. */
  revealed(now: Instant): boolean {
    return !this.#asked || this.due(now)
  }

  due(now: Instant): boolean {
    return this.#deadline !== undefined && this.#deadline <= now
  }

  /** It was asked for, or it comes from somebody else: not again for a while. */
  asked(now: Instant): void {
    this.#asked = true
    this.#passed = 0
    this.#deadline = (now + this.#terms.repeatDelay) as Instant
  }

  /** To be asked for at `at`, whatever comes until then. */
  askAt(at: Instant): void {
    this.#asked = true
    this.#deadline = at
  }

  /** Nothing is missing. */
  close(): void {
    this.#deadline = undefined
    this.#passed = 0
    this.#asked = false
  }
}
