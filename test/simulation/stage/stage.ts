import type { CommitMode, Limits } from '../../../src/core/index.js'
import type { MemberId, Message } from '../../../src/message/index.js'
import { GROUP } from '../../../src/message/index.js'
import type { Course, Passage, TakeoverStage } from '../../../src/sim/index.js'
import { CALM, Cluster } from '../../../src/sim/index.js'
import { decode } from '../../../src/wire/index.js'
import type { Selection } from './direction.js'
import { Direction, selects } from './direction.js'
import { Names } from './names.js'

export type Cast = Cluster['processes'][number]

export const MILLISECOND = 1_000
/** One way, for every datagram, so that a play is the same whatever chance gives. */
export const DELAY = 50
const FOUNDING = 20 * MILLISECOND
const SEED = 1
/** Who stops for one of these does what the protocol wants of it. */
const STOPS: ReadonlySet<string> = new Set([
  'left out of the established view',
  'removed from the group',
  'superseded',
  'superseded by a newer view',
  'declared to have failed',
  'executed beyond the established history',
  'no view followed that of the last primary',
  'the surviving history cannot be executed: what it needs is lost',
  'the history that others have seen is lost: nobody who lives holds it',
])

/** A datagram as those see it who can read it. */
export interface Wire {
  readonly from: string
  readonly to: string
  readonly at: number
  readonly message: Message
}

export type Happening =
  | { readonly what: 'arrived' | 'lost' | 'held'; readonly wire: Wire }
  /** `decided`: it was not in the history before. */
  | { readonly what: 'executed' | 'decided'; readonly who: string; readonly index: number }
  | { readonly what: 'answered'; readonly client: number; readonly word: string }
  /** Something that the simulation notes itself, with numbers for names. */
  | { readonly what: 'noted'; readonly event: string }
  | { readonly what: 'became'; readonly who: string; readonly role: string }

export interface StageTerms {
  readonly replicas: number
  readonly clients?: number
  readonly requestBytes?: number
  readonly commit?: CommitMode
  readonly limits?: Partial<Limits>
  readonly multicast?: boolean
  readonly reflects?: boolean
  readonly seed?: number
}

interface Doom {
  readonly who: string
  readonly stage: TakeoverStage
}

/**
 * A simulated cluster under direction: every datagram takes the same time, is lost or held where that is said, and
 * nothing dies or starts unless it is said. Tells what happens, in names.
 */
export class Stage {
  readonly cluster: Cluster
  readonly names = new Names()
  readonly direction = new Direction()
  witness: (happening: Happening) => void = () => {}
  /** Everything that left a process since the founding. */
  readonly sent: Wire[] = []
  readonly #held: Passage[] = []
  readonly #words = new Map<string, string>()
  readonly #answers = new Map<string, string>()
  /** What the history of whoever leads was when it began to. */
  readonly #begunAt = new Map<MemberId, number>()
  readonly #roles = new Map<MemberId, string>()
  #dooms: Doom[] = []

  constructor({ clients = 2, seed = SEED, ...terms }: StageTerms) {
    const fixed = { requestsPerStream: 0, stops: STOPS, supervised: false }
    this.cluster = new Cluster({ ...fixed, seed, streams: clients, ...terms })
    const { network, world, observer, processes } = this.cluster
    network.weather = { ...CALM, delayMin: DELAY, delaySpread: 0 }
    for (const { memberId } of processes) this.names.replica(memberId)
    this.names.gateway(this.cluster.gateway)
    this.names.console(this.cluster.console)
    world.run(FOUNDING)
    this.#look()
    const { observe } = network
    network.observe = (passage): void => {
      observe(passage)
      this.#see(passage)
    }
    network.steer = (passage): Course => this.#steer(passage)
    observer.told = (event): void => this.#note(event)
    this.cluster.clients.onAnswer = (client, number): void => this.#answered(client + 1, number)
    this.cluster.onExecuted = (memberId, index): void => this.#executed(memberId, index)
    this.cluster.onTakeover = (memberId, stage): void => this.#staged(this.names.of(memberId), stage)
  }

  /** Time goes on; clients send what had to wait until they had other answers. */
  run(duration: number): void {
    const { world, clients } = this.cluster
    const end = world.now + duration
    while (world.now < end) {
      world.run(Math.min(end, world.now + MILLISECOND))
      if (!clients.done) this.cluster.pump()
    }
    this.#look()
  }

  /** A client, counted from 1, sends a request; answers are told by its word. */
  ask(client: number, word: string): void {
    this.#words.set(`${client} ${this.cluster.clients.ask(client - 1)}`, word)
    this.cluster.pump()
    this.#look()
  }

  /** A client, counted from 1, breaks its connection. */
  breakOff(client: number): void {
    this.cluster.part('reset', client - 1)
    this.#look()
  }

  tick(): void {
    this.cluster.tick()
    this.#look()
  }

  /** The word of a request, by the stream it came on and its number. */
  word(stream: number, number: number): string {
    const owner = this.cluster.clients.ownerOf(stream)
    return this.#words.get(`${owner === undefined ? '?' : owner + 1} ${number}`) ?? String(number)
  }

  /** The words that a client has got answers to, in their order. */
  answers(client: number): readonly string[] {
    return [...this.#answers].filter(([key]) => key.startsWith(`${client} `)).map(([, word]) => word)
  }

  kill(name: string): void {
    if (this.#isGateway(name)) this.cluster.crashGateway()
    else this.cluster.crash(this.#alive(name).memberId, false)
    this.#look()
  }

  killWhen(who: string, stage: TakeoverStage): void {
    this.#dooms.push({ who, stage })
  }

  /** The console says that somebody has failed, whether it has or not. */
  suspect(name: string): void {
    const member = this.names.identityOf(name) as MemberId
    this.cluster.suspect(member, name.startsWith('gateway') ? GROUP.gateway : GROUP.application)
    this.#look()
  }

  startReplica(): void {
    this.cluster.startReplica()
    this.#look()
  }

  startGateway(): void {
    if (!this.cluster.gatewayDown) throw new Error('there is a gateway')
    this.cluster.startGateway()
    this.#look()
  }

  pause(name: string, duration: number): void {
    this.cluster.stall(this.#isGateway(name) ? this.cluster.gateway : this.#alive(name).locator, duration)
  }

  /** Held datagrams arrive, oldest first; returns how many there were. */
  deliver(selection: Selection): number {
    const chosen = this.#held.filter((passage) => selects(selection, this.#leaving(passage)))
    for (const passage of chosen) {
      this.#held.splice(this.#held.indexOf(passage), 1)
      this.cluster.network.arrive(passage)
    }
    this.#look()
    return chosen.length
  }

  /** Everybody who is alive, in the order of their names. */
  get cast(): readonly { readonly name: string; readonly process: Cast }[] {
    return this.cluster.processes.map((process) => ({ name: this.names.of(process.memberId), process }))
  }

  find(name: string): Cast | undefined {
    return this.cast.find((each) => each.name === name)?.process
  }

  /** What the play foresaw and did not come. */
  get unused(): readonly string[] {
    return [...this.direction.unused, ...this.#dooms.map(({ who, stage }) => `kill ${who} when it has ${stage}`)]
  }

  #alive(name: string): Cast {
    const process = this.find(name)
    if (process === undefined) throw new Error(`no replica that is alive is called ${name}`)
    return process
  }

  /** The gateway that runs now. */
  #isGateway(name: string): boolean {
    const { gateway, gatewayDown } = this.cluster
    return !gatewayDown && name === this.names.of(gateway)
  }

  #steer(passage: Passage): Course {
    const course = this.direction.course(this.#leaving(passage))
    if (course === 'hold') {
      this.#held.push(passage)
      this.witness({ what: 'held', wire: this.#wire(passage) })
    }
    return course
  }

  #see(passage: Passage): void {
    this.#look()
    if (passage.fate === 'sent') this.sent.push(this.#wire(passage))
    else this.witness({ what: passage.fate === 'lost' ? 'lost' : 'arrived', wire: this.#wire(passage) })
  }

  #wire({ from, to, datagram }: Passage): Wire {
    for (const identity of [from, to]) if (!this.names.knows(identity)) this.names.gateway(identity)
    const decoded = decode(datagram.slice())
    if (!decoded.ok) throw new Error(`a datagram from ${this.names.of(from)} cannot be read: ${decoded.reason}`)
    const { now: at } = this.cluster.world
    return { from: this.names.of(from), to: this.names.of(to), at, message: decoded.message }
  }

  #leaving(passage: Passage): { readonly kind: Message['kind']; readonly from: string; readonly to: string } {
    const { from, to, message } = this.#wire(passage)
    return { kind: message.kind, from, to }
  }

  /** Tells what has changed inside processes since the last look. */
  #look(): void {
    for (const { name: who, process } of this.cast) {
      const { memberId, replica } = process
      const { role, held } = replica
      if (this.#roles.get(memberId) === role) continue
      this.#roles.set(memberId, role)
      if (role === 'primary') this.#begunAt.set(memberId, held)
      this.witness({ what: 'became', who, role })
    }
  }

  #note(event: string): void {
    const started = /^member (\d+) starts$/.exec(event)
    if (started !== null) this.names.replica(Number(started[1]))
    this.#look()
    this.witness({
      what: 'noted',
      event: event.replace(/(?:member|process|gateway) (\d+)/g, (_, id: string) => this.names.of(Number(id))),
    })
  }

  #executed(memberId: MemberId, index: number): void {
    this.#look()
    const what = index > (this.#begunAt.get(memberId) ?? Infinity) ? 'decided' : 'executed'
    this.witness({ what, who: this.names.of(memberId), index })
  }

  #answered(client: number, number: number): void {
    const word = this.#words.get(`${client} ${number}`) ?? String(number)
    this.#answers.set(`${client} ${number}`, word)
    this.witness({ what: 'answered', client, word })
  }

  #staged(who: string, stage: TakeoverStage): void {
    const doom = this.#dooms.find((each) => each.who === who && each.stage === stage)
    if (doom === undefined) return
    this.#dooms = this.#dooms.filter((each) => each !== doom)
    this.kill(who)
  }
}
