import type { SeededRandom } from '../base/index.js'
import type { Clock } from '../driver/index.js'
import type { Instant } from '../message/index.js'
import { Pace } from './pace.js'
import type { World } from './world.js'

/** How far a clock is from true time, and how many microseconds per second it goes wrong. */
interface Drift {
  readonly offset: number
  readonly partsPerMillion: number
}

const TRUE_TIME: Drift = { offset: 0, partsPerMillion: 0 }

/** One of the clocks that go wrong by at most so many microseconds per second, and differ from the start. */
export function drawDrift(random: SeededRandom, driftMax = 0): Drift | undefined {
  if (driftMax === 0) return undefined
  return { offset: random.below(1e9), partsPerMillion: random.below(2 * driftMax) - driftMax }
}

/** A process's clock on virtual time; silent once the process is dead. */
export class SimulatedClock implements Clock {
  readonly #world: World
  readonly #drift: Drift
  readonly #pace: Pace
  #generation = 0
  #stopped = false
  #jumped = 0

  constructor(world: World, drift: Drift = TRUE_TIME, pace: Pace = new Pace(world)) {
    this.#world = world
    this.#drift = drift
    this.#pace = pace
  }

  now(): Instant {
    const { offset, partsPerMillion } = this.#drift
    return Math.trunc(this.#world.now * (1 + partsPerMillion / 1e6) + offset + this.#jumped) as Instant
  }

  /** So much time has passed at once, as when a machine was suspended; timers that were armed do not know it. */
  jump(duration: number): void {
    this.#jumped += duration
  }

  arm(deadline: Instant | undefined, wake: () => void): void {
    const generation = ++this.#generation
    if (deadline === undefined) return
    const delay = Math.ceil((deadline - this.now()) / (1 + this.#drift.partsPerMillion / 1e6))
    this.#world.after(delay, () => {
      this.#pace.enter(() => {
        if (!this.#stopped && generation === this.#generation) wake()
      })
    })
  }

  pause(): void {}

  stop(): void {
    this.#stopped = true
  }
}
