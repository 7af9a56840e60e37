/** `unknown`: a number that was never asked. */
export type Judgement = 'right' | 'reordered' | 'repeated' | 'unknown'

/** Judges the answers on one connection: each request has one, in the order of the requests. */
export class SequenceJudge {
  #asked = 0
  #expected = 0
  /** Passed over by a later answer; bounded by what may be asked without an answer. */
  readonly #passedOver = new Set<number>()

  /** The number of the next request. */
  ask(): number {
    return this.#asked++
  }

  answer(sequence: number): Judgement {
    if (sequence >= this.#asked) return 'unknown'
    if (sequence < this.#expected) return this.#passedOver.delete(sequence) ? 'reordered' : 'repeated'
    while (this.#expected < sequence) this.#passedOver.add(this.#expected++)
    this.#expected++
    return 'right'
  }

  /** Requests that have no answer. */
  get unanswered(): number {
    return this.#asked - this.#expected + this.#passedOver.size
  }
}
