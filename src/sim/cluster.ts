import { mixNumber } from '../base/index.js'
import type { CommitMode, Limits } from '../core/index.js'
import { DEFAULT_LIMITS, foundingMembership, NO_MEMBERSHIP, Replica } from '../core/index.js'
import type { openPeer, PeerStatus } from '../driver/index.js'
import { Member } from '../driver/index.js'
import type { GroupId, Locator, MemberId, MemberInfo } from '../message/index.js'
import { GROUP } from '../message/index.js'
import { Clients } from './clients.js'
import { drawDrift, SimulatedClock } from './clock.js'
import { Fronts } from './fronts.js'
import { EPOCH, FIRST_VIEW, GROUP_LOCATOR, Identities } from './identities.js'
import { Laws } from './laws.js'
import type { Milestone } from './milestones.js'
import { Network } from './network.js'
import { Observer } from './observer.js'
import { Pace } from './pace.js'
import type { Process } from './processes.js'
import { Processes } from './processes.js'
import { Referee } from './referee.js'
import { ToyProgram } from './toy-program.js'
import { World } from './world.js'

const REQUEST_BYTES = 8
/** How soon a supervisor starts a replacement, and how soon it sees an exit. */
const RESTART_DELAY = 5_000
const DETECTION_DELAY = 500

export type TakeoverStage = 'proposed' | 'recovered' | 'established'

export interface ClusterTerms {
  readonly seed: number
  readonly replicas: number
  readonly streams: number
  readonly requestsPerStream: number
  readonly requestBytes?: number
  readonly limits?: Partial<Limits>
  readonly reflects?: boolean
  /** Gateway and console reach several replicas with one datagram to their group. */
  readonly multicast?: boolean
  readonly commit?: CommitMode
  /** Clocks go wrong by at most so many microseconds per second, and differ from each other from the start. */
  readonly driftMax?: number
  readonly traces?: boolean
  /** Reasons for which a replica may stop; it is then replaced. */
  readonly stops?: ReadonlySet<string>
  /** A supervisor sees what dies and starts another, unless this is false: then whoever directs the run does it. */
  readonly supervised?: boolean
  /** Instead of the usual one, around it. */
  readonly openPeer?: typeof openPeer
}

/** A replicated toy program with gateway, console and clients in one process on virtual time. */
export class Cluster {
  readonly world: World
  readonly network: Network
  readonly clients: Clients
  readonly laws: Laws
  readonly observer: Observer
  /** How often each rare path was reached. */
  readonly reached: Partial<Record<Milestone, number>> = {}
  readonly #terms: ClusterTerms
  readonly limits: Limits
  readonly #referee: Referee
  readonly #processes = new Processes()
  readonly #founders: readonly MemberInfo[]
  readonly #fronts: Fronts
  readonly #ids = new Identities()
  takeovers = 0
  /** Called with each stage of a takeover, in the middle of the step that reaches it. */
  onTakeover: (memberId: MemberId, stage: TakeoverStage) => void = () => {}
  onExecuted: (memberId: MemberId, index: number) => void = () => {}

  constructor(terms: ClusterTerms) {
    this.#terms = terms
    this.world = new World(terms.seed)
    this.network = new Network(this.world)
    this.limits = { ...DEFAULT_LIMITS, ...terms.limits }
    const { streams: count, requestsPerStream: requests, requestBytes = REQUEST_BYTES } = terms
    this.clients = new Clients({ count, requests, requestBytes, random: this.world.random })
    this.observer = new Observer({
      now: () => this.world.now,
      reach: (milestone) => this.reach(milestone),
      alive: (locator) => this.#processes.at(locator) !== undefined,
      traces: terms.traces ?? false,
    })
    this.laws = new Laws((memberId) => this.observer.members.some((member) => member.memberId === memberId))
    this.#referee = new Referee({
      laws: this.laws,
      observer: this.observer,
      clients: this.clients,
      network: this.network,
      primaryReleases: terms.commit !== 'acknowledged',
      subjectAt: (locator) => this.#processes.at(locator),
    })
    this.network.observe = (passage): void => this.observer.see(passage)
    this.#founders = Array.from({ length: terms.replicas }, (_, at) => this.#ids.member(at + 1))
    this.#fronts = new Fronts({
      world: this.world,
      network: this.network,
      referee: this.#referee,
      ids: this.#ids,
      limits: this.limits,
      commit: terms.commit ?? 'reflected',
      reflects: terms.reflects ?? true,
      multicast: terms.multicast ?? false,
      driftMax: terms.driftMax,
      openPeer: terms.openPeer,
      founders: this.#founders.map(({ locator }) => locator),
      processes: () => this.#processes.all,
      adoptedAgain: () => this.#connectClients(),
    })
    this.observer.founded(FIRST_VIEW, this.#founders)
    for (const founder of this.#founders) this.#start(founder, true)
  }

  reach(milestone: Milestone): void {
    this.reached[milestone] = (this.reached[milestone] ?? 0) + 1
  }

  get violations(): readonly string[] {
    return this.laws.violations
  }

  get compared(): number {
    return this.laws.compared
  }

  /** Kills a replica; its supervisor notices, and starts a replacement. */
  crash(memberId: MemberId, replace: boolean): void {
    const process = this.#processes.of(memberId)
    if (process === undefined) return
    this.observer.note(`member ${memberId} dies`)
    if (process.pace.overflows > 0) this.reach('a receive buffer overflows')
    this.#processes.remove(process)
    process.clock.stop()
    process.program.pace.end()
    this.network.close(process.locator)
    if (this.#terms.supervised === false) return
    this.world.after(DETECTION_DELAY, () => this.suspect(memberId))
    if (replace) this.world.after(RESTART_DELAY, () => this.startReplica())
  }

  /** A new replica, which asks to be added. */
  startReplica(): void {
    this.#start(this.#ids.member(0), false)
  }

  /** The supervisor says that a member has failed; it may be alive still. */
  suspect(memberId: MemberId, group: GroupId = GROUP.application): void {
    this.observer.note(`member ${memberId} is said to have failed`)
    this.#fronts.suspect(group, memberId)
  }

  /** Kills the gateway; its clients start anew at the next one. */
  crashGateway(): void {
    if (this.gatewayDown) return
    const { gateway } = this.#fronts
    const { memberId } = gateway.info
    this.observer.note(`gateway ${memberId} dies`)
    this.reach('a gateway dies')
    this.#fronts.kill(gateway)
    this.clients.disconnect()
    if (this.#terms.supervised === false) return
    this.world.after(DETECTION_DELAY, () => this.suspect(memberId, GROUP.gateway))
    this.world.after(RESTART_DELAY, () => {
      // The host of both may have been lost meanwhile.
      if (this.gatewayDown && !this.consoleDown) this.startGateway()
    })
  }

  /** The next gateway, once the last is dead. */
  startGateway(): void {
    this.#fronts.startGateway()
    this.#connectClients()
  }

  /** Kills gateway and console with their host; after `silence` another one adopts the replicas (ADR 59). */
  loseFronts(silence: number): void {
    const { gateway, console } = this.#fronts
    if (console.down) return
    const lost = [gateway.info.memberId, console.info.memberId]
    this.observer.note(`gateway and console ${lost.join(' ')} die`)
    this.reach('gateway and console die together')
    for (const front of [gateway, console]) if (!front.down) this.#fronts.kill(front)
    this.clients.disconnect()
    this.#referee.printerLost()
    this.world.after(silence, () => {
      this.observer.note('a standby adopts the group')
      this.#fronts.adopt()
      this.#connectClients()
    })
  }

  #connectClients(): void {
    this.clients.connect()
    this.pump()
  }

  /** An operator wants another to lead. */
  handOver(to: MemberId): void {
    this.observer.note(`the primary is to hand over to ${to}`)
    this.#fronts.console.port.handOver(to)
  }

  /** Stops a process for a while, or makes it read too late. */
  stall(locator: Locator, duration: number): void {
    this.observer.note(`process ${locator} is stopped for ${duration}`)
    this.#running(locator)?.pace.stop(duration)
  }

  /** Its program waits inside an operation for a while, as one does that writes into a full pipe. */
  busy(locator: Locator, duration: number): void {
    this.observer.note(`the program of process ${locator} is busy for ${duration}`)
    this.#processes.at(locator)?.program.pace.stop(duration)
  }

  /** Its clock goes forward by so much at once. */
  jump(locator: Locator, duration: number): void {
    this.observer.note(`the clock of process ${locator} jumps by ${duration}`)
    this.#running(locator)?.clock.jump(duration)
  }

  /** Where the gateway that is running is reached. */
  get gateway(): Locator {
    return this.#fronts.gateway.info.locator
  }

  get gatewayDown(): boolean {
    return this.#fronts.gateway.down
  }

  /** The console runs, and the group knows it. */
  get adopted(): boolean {
    return this.#fronts.adopted
  }

  get consoleDown(): boolean {
    return this.#fronts.console.down
  }

  get console(): Locator {
    return this.#fronts.console.info.locator
  }

  /** What the gateway and the console know of the group. */
  get statuses(): readonly PeerStatus[] {
    return [this.#fronts.gateway.port.status, this.#fronts.console.port.status]
  }

  /** The same, of those that run and have been told of a view. */
  get judges(): readonly PeerStatus[] {
    return this.#fronts.informed.map(({ status }) => status)
  }

  get processes(): readonly Process[] {
    return this.#processes.all
  }

  get primary(): MemberId | undefined {
    return this.processes.find((process) => process.member.live)?.memberId
  }

  get backups(): readonly MemberId[] {
    return this.processes.filter((process) => !process.member.live).map((process) => process.memberId)
  }

  executedOf(memberId: MemberId): number {
    return this.#processes.of(memberId)?.member.executed ?? 0
  }

  /** How many gateways a member's history has seen the end of. */
  gatewaysLostAt(memberId: MemberId): number {
    return this.#processes.of(memberId)?.program.gatewaysLost ?? 0
  }

  /** Members that the console knows as caught up and that are alive. */
  get caughtUp(): number {
    const alive = new Set(this.processes.map((process) => process.memberId))
    return this.#fronts.console.port.status.members.filter((member) => member.caughtUp && alive.has(member.memberId))
      .length
  }

  isCaughtUp(memberId: MemberId): boolean {
    return this.#fronts.console.port.status.members.some((member) => member.memberId === memberId && member.caughtUp)
  }

  /** Lets clients send what they may, and the program decide something by itself. */
  pump(): void {
    if (!this.#gatewayRuns) return
    for (const frame of this.clients.due()) this.#fronts.gateway.port.send(frame)
    this.#fronts.gateway.port.flush()
  }

  tick(): void {
    for (const process of this.processes) if (!process.pace.stopped) process.program.tick()
  }

  /** A client breaks its connection, or sends its half of the end; any client, if it is not named. */
  part(how: 'reset' | 'end', client?: number): void {
    if (!this.#gatewayRuns) return
    const frame = how === 'reset' ? this.clients.reset(client) : this.clients.end()
    if (frame === undefined) return
    this.reach(how === 'reset' ? 'a client resets its stream' : 'a client ends its stream')
    this.#fronts.gateway.port.send(frame)
    this.#fronts.gateway.port.flush()
  }

  get #gatewayRuns(): boolean {
    const { down, pace } = this.#fronts.gateway
    return !down && !pace.stopped
  }

  #running(locator: Locator): { readonly pace: Pace; readonly clock: SimulatedClock } | undefined {
    return locator === this.gateway ? this.#fronts.gateway : this.#processes.at(locator)
  }

  #clock(pace: Pace): SimulatedClock {
    return new SimulatedClock(this.world, drawDrift(this.world.random, this.#terms.driftMax), pace)
  }

  #start(info: MemberInfo, founding: boolean): void {
    const pace = new Pace(this.world)
    const clock = this.#clock(pace)
    const { memberId, locator } = info
    const replica = new Replica({
      identity: { memberId, locator, group: GROUP.application, epoch: EPOCH },
      limits: this.limits,
      membership: founding ? foundingMembership(FIRST_VIEW, this.#founders) : NO_MEMBERSHIP,
      peers: this.#fronts.founding,
      contacts: this.#processes.locators,
      commit: this.#terms.commit ?? 'reflected',
      heartbeatsCarryOrder: this.#terms.reflects ?? true,
    })
    const transport = this.network.open(locator, pace)
    if (this.#group !== undefined) transport.join(this.#group)
    const member = new Member({ replica, transport, clock })
    const program: ToyProgram = new ToyProgram(member, this.world, {
      executed: (index, digest) => {
        if (this.#processes.of(memberId) === undefined) return
        this.laws.executed({ memberId, member, program }, { index, digest, view: replica.view.number })
        this.onExecuted(memberId, index)
      },
      ended: (reason) => this.#ended(memberId, reason),
    })
    const process: Process = { memberId, locator, clock, pace, replica, member, program }
    member.onTakeover = (stage): void => this.#takeover(process, stage)
    this.observer.note(`member ${memberId} starts`)
    this.#processes.add(process)
    this.#fronts.met(locator)
    if (founding && member.live) this.#leads(process)
    member.start(program)
  }

  #takeover(process: Process, stage: TakeoverStage): void {
    const { memberId } = process
    if (this.#processes.of(memberId) === undefined) return
    this.observer.note(`member ${memberId} has ${stage}`)
    if (stage === 'established') {
      this.takeovers++
      this.reach('a takeover')
      if (this.#fronts.gateways > 1) this.reach('a takeover under a second gateway')
      this.#leads(process)
    }
    this.onTakeover(memberId, stage)
  }

  #leads(process: Process): void {
    this.observer.established()
    if (!this.laws.established(process, process.replica.view, process.member.executed)) return
    this.laws.followed(this.observer.members)
    // Its program is still in the middle of the last operation of the history.
    this.world.after(0, () => {
      if (this.processes.includes(process)) this.laws.survives(process)
    })
  }

  #ended(memberId: MemberId, reason: string): void {
    if (this.#processes.of(memberId) === undefined) return
    const tolerated = this.#terms.stops?.has(reason) === true
    this.observer.note(`member ${memberId} stops: ${reason}`)
    if (!tolerated) this.laws.broken(`a replica was stopped: ${reason}`)
    if (reason === 'declared to have failed') this.reach('a member that is said to have failed stops')
    if (reason === 'handed over') this.reach('a primary hands over')
    if (reason === 'removed from the group') this.reach('a living backup is removed')
    this.crash(memberId, tolerated)
  }

  get #group(): Locator | undefined {
    return this.#terms.multicast === true ? GROUP_LOCATOR : undefined
  }

  /** One number for everything that happened: equal for equal seeds (law L8). */
  get fingerprint(): number {
    let fingerprint = mixNumber(mixNumber(this.world.now, this.network.delivered), this.network.fingerprint)
    for (const [index, digest] of this.laws.digests) fingerprint = mixNumber(mixNumber(fingerprint, index), digest)
    return fingerprint
  }
}
