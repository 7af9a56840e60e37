import { GROUP, type Frame } from '../../message/index.js'
import type { EdgeTerms } from '../edge-terms.js'
import { clientsOf, obstacleOf } from './obstacles.js'
import { reasonOf } from './reason.js'
import { savedValue } from './saved-value.js'
import type { Upgrades } from './upgrades.js'

/** What a program gives to `snapshot` of `llft/app`. */
export interface Offer {
  save(): unknown
  restore(value: unknown): unknown
}

/** The module `v8`. */
interface Serializing {
  serialize(value: unknown): Uint8Array
  deserialize(bytes: Uint8Array): unknown
}

type Snapshotted = Extract<Frame, { frame: 'snapshotted' }>

const NO_OFFER = 'the program offers no snapshot (llft/app)'

/** The program's side of a snapshot (ADR 55): asked by the gateway, in operations. */
export class Snapshots {
  readonly #terms: EdgeTerms
  readonly #upgrades: Upgrades
  #offer: Offer | undefined
  /** Loaded with the first offer, because what is replaced in bindings must have been by then. */
  #v8: Serializing | undefined
  /** The gateway is there, as far as the history says. */
  #connected = true

  constructor(terms: EdgeTerms, upgrades: Upgrades) {
    this.#terms = terms
    this.#upgrades = upgrades
  }

  /** The last offer counts; the gateway is told of the first. */
  offer(offer: Offer): void {
    const isFirst = this.#offer === undefined
    this.#offer = offer
    if (!isFirst) return
    this.#v8 = this.#terms.internals.module<Serializing>('v8')
    this.#upgrades.watching = true
    if (this.#connected) this.#answer('offered')
  }

  receive({ ask, bytes }: Extract<Frame, { frame: 'snapshot' }>): void {
    if (ask === 'thaw') this.#terms.operations.thaw()
    else if (ask === 'restore') void this.#restore(bytes)
    else {
      const reason = this.#save()
      if (reason !== undefined) this.#answer('declined', Buffer.from(reason))
    }
  }

  lost(): void {
    this.#connected = false
    this.#terms.operations.thaw()
  }

  found(): void {
    this.#connected = true
    if (this.#offer !== undefined) this.#answer('offered')
  }

  /** Returns why not. */
  #save(): string | undefined {
    const { operations } = this.#terms
    const offer = this.#offer
    const v8 = this.#v8
    if (offer === undefined || v8 === undefined) return NO_OFFER
    const obstacle = obstacleOf(this.#terms, this.#upgrades)
    if (obstacle !== undefined) return obstacle
    let value: unknown
    try {
      value = offer.save()
    } catch (error) {
      return `save() failed: ${reasonOf(error)}`
    }
    if (value === undefined) return 'save() said not now'
    // What it has put off belongs to it, and may have something to say to clients.
    operations.drain()
    const since = obstacleOf(this.#terms, this.#upgrades)
    if (since !== undefined) return since
    const saved = savedValue(operations, () => v8.serialize(value))
    if ('reason' in saved) return saved.reason
    this.#tellUpgrades()
    this.#answer('saved', saved.bytes)
    operations.freeze()
    return undefined
  }

  #tellUpgrades(): void {
    for (const stream of clientsOf(this.#terms)) {
      const bytes = this.#upgrades.of(stream)?.head
      if (bytes === undefined) continue
      this.#terms.operations.submit(GROUP.gateway, { frame: 'upgraded', stream: stream.number, bytes })
    }
  }

  async #restore(bytes: Uint8Array): Promise<void> {
    const offer = this.#offer
    if (offer === undefined) return this.#answer('failed', Buffer.from(NO_OFFER))
    try {
      // A copy, because buffers in the value are views of it.
      await offer.restore(this.#v8?.deserialize(Uint8Array.from(bytes)))
    } catch (error) {
      return this.#answer('failed', Buffer.from(`restore() failed: ${reasonOf(error)}`))
    }
    this.#answer('restored')
  }

  #answer(outcome: Snapshotted['outcome'], bytes: Uint8Array = new Uint8Array()): void {
    this.#terms.operations.submit(GROUP.gateway, { frame: 'snapshotted', outcome, bytes })
  }
}
