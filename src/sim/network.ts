import type { Clock, Transport } from '../driver/index.js'
import type { Instant, Locator } from '../message/index.js'
import type { World } from './world.js'

/** What a simulated network does to datagrams; chances in per mille, delays in microseconds. */
export interface Weather {
  readonly loss: number
  readonly duplication: number
  readonly delayMin: number
  readonly delaySpread: number
  /** Chance of a delay ten times as long, which reorders. */
  readonly spike: number
}

export const CALM: Weather = { loss: 0, duplication: 0, delayMin: 30, delaySpread: 20, spike: 0 }

/** Carries datagrams between simulated processes. */
export class Network {
  weather: Weather = CALM
  /** Links that carry nothing. */
  cut: (from: Locator, to: Locator) => boolean = () => false
  readonly #world: World
  /** Bounded by the processes of one simulation. */
  readonly #ports = new Map<Locator, SimulatedTransport>()
  delivered = 0
  lost = 0

  constructor(world: World) {
    this.#world = world
  }

  open(locator: Locator): SimulatedTransport {
    const transport = new SimulatedTransport(this, locator)
    this.#ports.set(locator, transport)
    return transport
  }

  close(locator: Locator): void {
    this.#ports.delete(locator)
  }

  carry(from: Locator, to: Locator, datagram: Uint8Array): void {
    const { random } = this.#world
    if (random.chance(this.weather.loss) || this.cut(from, to)) {
      this.lost++
      return
    }
    const copies = random.chance(this.weather.duplication) ? 2 : 1
    const copy = datagram.slice()
    for (let sent = 0; sent < copies; sent++) {
      const delay = this.weather.delayMin + random.below(this.weather.delaySpread + 1)
      const late = random.chance(this.weather.spike) ? delay * 10 : delay
      this.#world.after(late, () => {
        this.delivered++
        this.#ports.get(to)?.onDatagram(copy)
      })
    }
  }
}

export class SimulatedTransport implements Transport {
  readonly #network: Network
  readonly locator: Locator
  onDatagram: (datagram: Uint8Array) => void = () => {}

  constructor(network: Network, locator: Locator) {
    this.#network = network
    this.locator = locator
  }

  send(to: Locator, datagram: Uint8Array): void {
    this.#network.carry(this.locator, to, datagram)
  }

  /** Nothing arrives while a simulated thread waits: its programs never wait inside an operation. */
  poll(): number {
    return 0
  }

  close(): void {
    this.#network.close(this.locator)
  }
}

/** A process's clock on virtual time; silent once the process is dead. */
export class SimulatedClock implements Clock {
  readonly #world: World
  #generation = 0
  #stopped = false

  constructor(world: World) {
    this.#world = world
  }

  now(): Instant {
    return this.#world.now
  }

  arm(deadline: Instant | undefined, wake: () => void): void {
    const generation = ++this.#generation
    if (deadline === undefined) return
    this.#world.after(deadline - this.#world.now, () => {
      if (!this.#stopped && generation === this.#generation) wake()
    })
  }

  pause(): void {}

  stop(): void {
    this.#stopped = true
  }
}
