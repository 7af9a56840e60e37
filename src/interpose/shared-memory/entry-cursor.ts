import type { Group } from '../../driver/index.js'
import { isOfThreads, isWholeOrder, type ThreadOrder } from './thread-order.js'

export interface EntryCursorTerms {
  readonly group: Pick<Group, 'live' | 'draining' | 'peekAhead'>
  readonly threadOrder: ThreadOrder
  /** The next entry of the history is taken. */
  readonly consume: (entry: Uint8Array) => void
}

/** The history at a backup: entries of operations, and before each what belongs to it of the threads' order. */
export class EntryCursor {
  readonly #terms: EntryCursorTerms

  constructor(terms: EntryCursorTerms) {
    this.#terms = terms
  }

  /** The next entry of an operation. */
  find(): Uint8Array | undefined {
    return this.#terms.group.peekAhead(this.#ofThreads())
  }

  /** Takes what needs no entry of an operation: what is whole by itself, and what such an entry can never follow. */
  settle(): void {
    const { group } = this.#terms
    const count = this.#ofThreads()
    if (count === 0) return
    const ends = group.draining && !group.live && group.peekAhead(count) === undefined
    let taken = count
    if (!ends) while (taken > 0 && !isWholeOrder(group.peekAhead(taken - 1) as Uint8Array)) taken--
    this.#take(taken)
  }

  /** The entry that was found comes next, and what belongs to it counts; true: there was something. */
  bind(): boolean {
    const count = this.#ofThreads()
    this.#take(count)
    this.#terms.threadOrder.bind()
    return count > 0
  }

  #ofThreads(): number {
    let count = 0
    for (let entry = this.#at(0); entry !== undefined && isOfThreads(entry); entry = this.#at(count)) count++
    return count
  }

  #at(ahead: number): Uint8Array | undefined {
    return this.#terms.group.peekAhead(ahead)
  }

  #take(count: number): void {
    for (let taken = 0; taken < count; taken++) {
      const entry = this.#at(0) as Uint8Array
      this.#terms.threadOrder.read(entry)
      this.#terms.consume(entry)
    }
  }
}
