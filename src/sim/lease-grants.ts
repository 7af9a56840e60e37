import type { LeaseTerms } from '../core/index.js'
import { LeaseGrantor } from '../core/index.js'
import { SimulatedClock } from './clock.js'
import type { World } from './world.js'

/** Clocks go wrong by a tenth, so that a margin of a tenth is needed, and its absence shows. */
export const DRIFT_MAX = 100_000
export const LEASE: LeaseTerms = { ttl: 60_000, driftBound: 6_100 }
/** A datagram takes so long; some as long as half a lease. */
const TRIP_MAX = 3_000
const SLOW_TRIP_MAX = 30_000
const SLOW_CHANCE = 100

export interface GrantsListener {
  granted(side: number, nonce: number): void
  /** Another side has the lease, or may have had it. */
  lost(side: number): void
  /** This side is cut off from the others. */
  isFar(side: number): boolean
}

/** Who grants the lease in a run. Gateways are sides, numbered as they come. */
export interface Grants {
  /** A gateway asks for a renewal. */
  ask(side: number, nonce: number): void
  /** The next gateway wants the lease; true once it has it. */
  takes(side: number): boolean
  /** The next gateway is not needed any more. */
  standsBy(): void
  parts(): void
  heals(): void
  /** A step has passed. */
  passes(): void
}

export function tripOf({ random }: World): number {
  return 1 + random.below(random.chance(SLOW_CHANCE) ? SLOW_TRIP_MAX : TRIP_MAX)
}

export function driftingClock(world: World): SimulatedClock {
  const partsPerMillion = world.random.below(2 * DRIFT_MAX) - DRIFT_MAX
  return new SimulatedClock(world, { offset: world.random.below(1e9), partsPerMillion })
}

/** One store, on one side of a partition. */
export class StoreGrants implements Grants {
  readonly #world: World
  readonly #listener: GrantsListener
  readonly #grantor = new LeaseGrantor(LEASE)
  readonly #clock: SimulatedClock
  /** On the side that is cut off; undefined: there is no partition. */
  #far: boolean | undefined

  constructor(world: World, listener: GrantsListener) {
    this.#world = world
    this.#listener = listener
    this.#clock = driftingClock(world)
  }

  ask(side: number, nonce: number): void {
    this.#world.after(tripOf(this.#world), () => {
      if (!this.#reaches(side)) return
      const granted = this.#grantor.ask(this.#clock.now(), side)
      this.#world.after(tripOf(this.#world), () => {
        if (!this.#reaches(side)) return
        if (granted) this.#listener.granted(side, nonce)
        else this.#listener.lost(side)
      })
    })
  }

  takes(side: number): boolean {
    return this.#far !== true && this.#grantor.ask(this.#clock.now(), side)
  }

  standsBy(): void {}

  parts(): void {
    this.#far = this.#world.random.chance(300)
  }

  heals(): void {
    this.#far = undefined
  }

  passes(): void {}

  #reaches(side: number): boolean {
    return this.#far === undefined || this.#far === this.#listener.isFar(side)
  }
}
