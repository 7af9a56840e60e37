import type { EntryBlock, OrderIndex } from '../../message/index.js'
import type { History } from './history.js'
import { lastOf } from './history.js'

/**
 * Which entries ride on the messages to one receiver: each at least once, again while it is not acknowledged and fits,
 * never one that is stable (protocol.md 5.2).
 */
export class Carrier {
  #acknowledged = 0
  #carried = 0

  /** The receiver holds entries up to here. */
  get acknowledged(): OrderIndex {
    return this.#acknowledged as OrderIndex
  }

  acknowledge(index: number): boolean {
    if (index <= this.#acknowledged) return false
    this.#acknowledged = index
    this.#carried = Math.max(this.#carried, index)
    return true
  }

  /** The entries for the next datagram; the receiver lacks none of them afterwards unless datagrams were lost. */
  next(
    history: History,
    stable: number,
    limits: { readonly bytesMax: number; readonly repeatBytesMax: number },
  ): EntryBlock {
    const floor = Math.max(this.#acknowledged, stable) + 1
    const fresh = Math.max(floor, this.#carried + 1)
    const from = history.reachBack(fresh - 1, floor, limits.repeatBytesMax)
    const block = history.block(from, history.held, limits.bytesMax)
    if (block.entries.length > 0) this.#carried = Math.max(this.#carried, lastOf(block))
    return block
  }

  /** Something is on its way that the receiver has not acknowledged. */
  outstanding(stable: number): boolean {
    return this.#carried > Math.max(this.#acknowledged, stable)
  }

  /** What is not acknowledged counts as not sent. */
  rewind(): void {
    this.#carried = this.#acknowledged
  }

  /** A new view: what the receiver holds must be said again under it. */
  restart(acknowledged: number): void {
    this.#acknowledged = acknowledged
    this.#carried = acknowledged
  }
}
