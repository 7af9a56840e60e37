import { SeededRandom } from '../base/index.js'
import type { Instant } from '../message/index.js'

interface Event {
  readonly at: number
  /** Breaks ties in the order of scheduling, so that a seed replays byte for byte. */
  readonly order: number
  readonly run: () => void
}

/** Virtual time: one queue of events, one source of chance. Everything that happens in a simulation happens here. */
export class World {
  readonly random: SeededRandom
  readonly #heap: Event[] = []
  #now = 0
  #scheduled = 0

  constructor(seed: number) {
    this.random = new SeededRandom(seed)
  }

  get now(): Instant {
    return this.#now as Instant
  }

  after(delay: number, run: () => void): void {
    this.#push({ at: this.#now + Math.max(0, delay), order: this.#scheduled++, run })
  }

  /** Lets virtual time go on to `until`; returns how many events ran. */
  run(until: number): number {
    let ran = 0
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#pop()
      this.#now = next.at
      next.run()
      ran++
    }
    this.#now = until
    return ran
  }

  #push(event: Event): void {
    const heap = this.#heap
    let at = heap.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(event, heap[parent] as Event)) break
      heap[at] = heap[parent] as Event
      at = parent
    }
    heap[at] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as Event
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child++
      if (!before(heap[child] as Event, last)) break
      heap[at] = heap[child] as Event
      at = child
    }
    heap[at] = last
  }
}

function before(left: Event, right: Event): boolean {
  return left.at === right.at ? left.order < right.order : left.at < right.at
}
