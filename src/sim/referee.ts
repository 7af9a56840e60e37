import type { PeerEvent } from '../driver/index.js'
import type { Frame, Locator } from '../message/index.js'
import type { Clients } from './clients.js'
import type { Laws, Subject } from './laws.js'
import type { Network } from './network.js'
import type { Observer } from './observer.js'
import { readNumber } from './toy-program.js'

export interface RefereeTerms {
  readonly laws: Laws
  readonly observer: Observer
  readonly clients: Clients
  readonly network: Network
  /** Under `commit: acknowledged` a backup's confirmation may let something out, which says nothing of who leads. */
  readonly primaryReleases: boolean
  readonly subjectAt: (locator: Locator | undefined) => Subject | undefined
}

/** Fewer than lines are counted to, so that one that comes a second time shows. */
const LINES_LOST_MAX = 200

/** Holds what leaves the group, at the gateway and at the console, against the laws. */
export class Referee {
  readonly #terms: RefereeTerms
  /** Lines printed so far. */
  #lines = 0
  /** The console was lost, and with it what it had not printed: the next line says where it goes on. */
  #lost = false

  constructor(terms: RefereeTerms) {
    this.#terms = terms
  }

  /** To a client, by a gateway that holds entries up to `held`. */
  shown(frame: Frame, held: number): void {
    const { laws, clients, network, subjectAt } = this.#terms
    const digest = frame.frame === 'data' ? readNumber(frame.bytes, 8) : undefined
    laws.released(this.#releaser, digest)
    // Whoever sent the reply knows what it depends on.
    const source = digest === undefined ? undefined : subjectAt(network.delivering)
    if (source !== undefined && digest !== undefined) laws.explained(source, digest, held)
    const wrong = clients.receive(frame)
    if (wrong !== undefined) laws.broken(wrong)
  }

  printed(frame: Frame): void {
    const { laws } = this.#terms
    laws.released(this.#releaser, undefined)
    if (frame.frame !== 'output') return
    const line = frame.bytes[0] as number
    if (this.#lost) this.#goOn(line)
    if (line !== (this.#lines + 1) % 256) laws.broken(`L1: line ${line} was printed after ${this.#lines}`)
    this.#lines++
  }

  printerLost(): void {
    this.#lost = true
  }

  /** Lines may be missing, and none is printed again. */
  #goOn(line: number): void {
    this.#lost = false
    const missing = (line - this.#lines - 1) & 0xff
    if (missing < LINES_LOST_MAX) this.#lines += missing
  }

  adopted(locator: Locator, { event, view, members }: PeerEvent): void {
    const { laws, observer } = this.#terms
    observer.note(`process ${locator} sees ${event} ${view.number}.${view.precedence}.${view.backupView}`)
    laws.adopted(Number(locator), view)
    if (event === 'established') laws.announced(view, members)
    if (event !== 'adopted') laws.judged(view)
  }

  get #releaser(): number | undefined {
    return this.#terms.primaryReleases ? this.#terms.network.delivering : undefined
  }
}
