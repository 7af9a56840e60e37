import type { World } from './world.js'

/** Datagrams that a socket keeps while its process does not read; what comes beyond is lost, as in a kernel. */
const BUFFERED_DATAGRAMS_MAX = 64

/** Whether a process runs. While it is stopped what happens to it waits, datagrams in a bounded buffer. */
export class Pace {
  readonly #world: World
  #stops = 0
  #datagrams = 0
  #waiting: (() => void)[] = []
  overflows = 0

  constructor(world: World) {
    this.#world = world
  }

  get stopped(): boolean {
    return this.#stops > 0
  }

  stop(duration: number): void {
    this.#stops++
    this.#world.after(duration, () => this.#resume())
  }

  /** Now, or when the process runs again. */
  enter(run: () => void): void {
    if (this.stopped) this.#waiting.push(run)
    else run()
  }

  receive(run: () => void): void {
    if (!this.stopped) return run()
    if (this.#datagrams === BUFFERED_DATAGRAMS_MAX) {
      this.overflows++
      return
    }
    this.#datagrams++
    this.#waiting.push(run)
  }

  /** What was stopped died meanwhile: nothing that waits happens. */
  end(): void {
    this.#stops = Number.POSITIVE_INFINITY
    this.#waiting = []
  }

  #resume(): void {
    if (--this.#stops > 0) return
    const waiting = this.#waiting
    this.#waiting = []
    this.#datagrams = 0
    for (const run of waiting) run()
  }
}
