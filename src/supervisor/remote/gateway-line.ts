import type { Endpoint } from '../endpoint.js'
import type { Link } from './link.js'
import type { HostOrder, StandbyWord, Word } from './words.js'

type Said<Kind> = Omit<Kind, 'group' | 'speaker' | 'sequence'>
type Ear = (word: Word, from: Endpoint) => void

export interface GatewayLineTerms {
  readonly group: string
  readonly speaker: number
  link(heard: Ear): Link
}

/** The link of a gateway to its hosts. Its generations share it: to the hosts they are one that speaks. */
export class GatewayLine {
  readonly #terms: GatewayLineTerms
  readonly #link: Link
  /** One for each generation that lives. */
  readonly #ears = new Set<Ear>()
  #opened: Promise<void> | undefined
  #sequence = 0

  constructor(terms: GatewayLineTerms) {
    this.#terms = terms
    this.#link = terms.link((word, from) => {
      for (const heard of this.#ears) heard(word, from)
    })
  }

  /** Opens the link with the first. */
  join(heard: Ear): Promise<void> {
    this.#ears.add(heard)
    this.#opened ??= this.#link.open()
    return this.#opened
  }

  /** Closes the link with the last. */
  leave(heard: Ear): void {
    this.#ears.delete(heard)
    if (this.#ears.size === 0) this.#link.close()
  }

  get known(): readonly Endpoint[] {
    return this.#link.known
  }

  say(word: Said<HostOrder> | Said<StandbyWord>, to: Endpoint): void {
    const { group, speaker } = this.#terms
    this.#link.say({ ...word, group, speaker, sequence: ++this.#sequence }, to)
  }
}
