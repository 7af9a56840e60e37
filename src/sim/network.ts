import { mixBytes, mixNumber } from '../base/index.js'
import { DATAGRAM_BYTES_MAX } from '../driver/index.js'
import type { Transport } from '../driver/index.js'
import type { Locator } from '../message/index.js'
import { Pace } from './pace.js'
import type { World } from './world.js'

/** What a simulated network does to datagrams; chances in per mille, delays in microseconds. */
export interface Weather {
  readonly loss: number
  readonly duplication: number
  readonly delayMin: number
  readonly delaySpread: number
  /** Chance of a delay `spikeFactor` times as long, which reorders. */
  readonly spike: number
  readonly spikeFactor?: number
  /** What each process can send, in bytes per millisecond; unlimited unless said. */
  readonly bandwidth?: number
}

export const CALM: Weather = { loss: 0, duplication: 0, delayMin: 30, delaySpread: 20, spike: 0 }
const SPIKE_FACTOR = 10
/** A datagram that would wait longer than this for those before it is dropped, as by a full queue of a network card. */
const QUEUE_MICROSECONDS_MAX = 20_000

type Link = (from: Locator, to: Locator) => boolean

/** One datagram on its way, as observers see it. */
export interface Passage {
  readonly from: Locator
  readonly to: Locator
  readonly datagram: Uint8Array
  readonly fate: 'sent' | 'lost' | 'delivered'
}

/** What somebody who directs the network wants of one datagram; what is held comes when they say so. */
export type Course = 'carry' | 'lose' | 'hold'

/** Links that hold everything back for a while and then let it go at once. */
interface Jam {
  readonly link: Link
  readonly held: (() => void)[]
}

/** Carries datagrams between simulated processes. */
export class Network {
  weather: Weather = CALM
  /** Links that carry nothing. */
  cut: Link = () => false
  observe: (passage: Passage) => void = () => {}
  steer: (passage: Passage) => Course = () => 'carry'
  /** What is sent to a group reaches nobody. */
  dropsMulticast = false
  readonly #world: World
  /** Bounded by the processes of one simulation. */
  readonly #ports = new Map<Locator, SimulatedTransport>()
  /** Who has joined, by multicast address. */
  readonly #groups = new Map<Locator, Set<Locator>>()
  #cuts: Link[] = []
  #jams: Jam[] = []
  /** By sender: when all that it has sent is on the wire; bounded by the processes of one simulation. */
  readonly #busyUntil = new Map<Locator, number>()
  delivered = 0
  lost = 0
  /** Whose datagram is being delivered. */
  delivering: Locator | undefined
  /** Everything that was delivered, when and to whom, in one number. */
  fingerprint = 1

  constructor(world: World) {
    this.#world = world
  }

  open(locator: Locator, pace: Pace = new Pace(this.#world)): SimulatedTransport {
    const transport = new SimulatedTransport(this, locator, pace)
    this.#ports.set(locator, transport)
    return transport
  }

  /** Its process is dead: nothing comes from there any more, even if that process is in the middle of something. */
  close(locator: Locator): void {
    this.#ports.delete(locator)
    for (const members of this.#groups.values()) members.delete(locator)
  }

  join(group: Locator, member: Locator): void {
    const members = this.#groups.get(group) ?? new Set()
    this.#groups.set(group, members.add(member))
  }

  /** Links that carry nothing for `duration`, besides all others that do not. */
  cutFor(link: Link, duration: number): void {
    this.#cuts.push(link)
    this.#world.after(duration, () => {
      this.#cuts = this.#cuts.filter((each) => each !== link)
    })
  }

  jamFor(link: Link, duration: number): void {
    const jam: Jam = { link, held: [] }
    this.#jams.push(jam)
    this.#world.after(duration, () => this.#release(jam))
  }

  /** A datagram that was held comes through. */
  arrive({ from, to, datagram }: Passage): void {
    this.#arrive(from, to, datagram)
  }

  /** All that was wrong is over; what is under way still arrives. */
  heal(): void {
    this.weather = CALM
    this.cut = () => false
    this.#cuts = []
    for (const jam of this.#jams) this.#release(jam)
  }

  /** Each copy of a datagram to a group has its own fate: a multicast may reach only some. */
  carry(from: Locator, to: Locator, datagram: Uint8Array): void {
    if (!this.#ports.has(from) || datagram.length > DATAGRAM_BYTES_MAX) return
    const members = this.#groups.get(to)
    if (members === undefined) return this.#carryOne(from, to, datagram)
    if (!this.dropsMulticast) for (const member of members) this.#carryOne(from, member, datagram)
  }

  #divert(passage: Passage, course: Exclude<Course, 'carry'>): void {
    if (course === 'hold') return
    this.lost++
    this.observe({ ...passage, fate: 'lost' })
  }

  #carryOne(from: Locator, to: Locator, datagram: Uint8Array): void {
    if (!this.#ports.has(from)) return
    const { random } = this.#world
    const copy = datagram.slice()
    const passage: Passage = { from, to, datagram: copy, fate: 'sent' }
    this.observe(passage)
    const course = this.steer(passage)
    if (course !== 'carry') return this.#divert(passage, course)
    const cut = this.cut(from, to) || this.#cuts.some((link) => link(from, to))
    const queued = this.#queue(from, copy.length)
    if (random.chance(this.weather.loss) || cut || queued === undefined) {
      this.lost++
      this.observe({ from, to, datagram: copy, fate: 'lost' })
      return
    }
    const copies = random.chance(this.weather.duplication) ? 2 : 1
    for (let sent = 0; sent < copies; sent++) {
      const delay = queued + this.weather.delayMin + random.below(this.weather.delaySpread + 1)
      const late = random.chance(this.weather.spike) ? delay * (this.weather.spikeFactor ?? SPIKE_FACTOR) : delay
      this.#world.after(late, () => this.#arrive(from, to, copy))
    }
  }

  /** How long until a datagram is on the wire; undefined: its sender's queue is full. */
  #queue(from: Locator, bytes: number): number | undefined {
    const { bandwidth } = this.weather
    if (bandwidth === undefined) return 0
    const { now } = this.#world
    const until = Math.max(now, this.#busyUntil.get(from) ?? 0) + Math.ceil((1000 * bytes) / bandwidth)
    if (until - now > QUEUE_MICROSECONDS_MAX) return undefined
    this.#busyUntil.set(from, until)
    return until - now
  }

  #arrive(from: Locator, to: Locator, datagram: Uint8Array): void {
    const jam = this.#jams.find(({ link }) => link(from, to))
    if (jam === undefined) this.#deliver(from, to, datagram)
    else jam.held.push(() => this.#deliver(from, to, datagram))
  }

  #deliver(from: Locator, to: Locator, datagram: Uint8Array): void {
    const port = this.#ports.get(to)
    if (port === undefined) return
    port.pace.receive(() => {
      // Its process may have died while the datagram waited for it.
      if (this.#ports.get(to) !== port) return
      this.delivered++
      this.fingerprint = mixNumber(this.fingerprint, this.#world.now)
      this.fingerprint = mixBytes(mixNumber(this.fingerprint, to), datagram)
      this.observe({ from, to, datagram, fate: 'delivered' })
      this.delivering = from
      port.onDatagram(datagram)
      this.delivering = undefined
    })
  }

  #release(jam: Jam): void {
    this.#jams = this.#jams.filter((each) => each !== jam)
    for (const deliver of jam.held.splice(0)) deliver()
  }
}

export class SimulatedTransport implements Transport {
  readonly #network: Network
  readonly locator: Locator
  readonly pace: Pace
  onDatagram: (datagram: Uint8Array) => void = () => {}

  constructor(network: Network, locator: Locator, pace: Pace) {
    this.#network = network
    this.locator = locator
    this.pace = pace
  }

  /** Hears from now on what is sent to the group of this address. */
  join(group: Locator): void {
    this.#network.join(group, this.locator)
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
