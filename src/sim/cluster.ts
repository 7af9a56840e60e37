import { mixNumber } from '../base/index.js'
import type { Limits } from '../core/index.js'
import { DEFAULT_LIMITS, NO_MEMBERSHIP, Replica } from '../core/index.js'
import type { PeerPort } from '../driver/index.js'
import { Member, openPeer } from '../driver/index.js'
import type { Epoch, Frame, GroupId, Locator, MemberId, MemberInfo, PeerInfo } from '../message/index.js'
import { GROUP } from '../message/index.js'
import { Clients } from './clients.js'
import { Network, SimulatedClock } from './network.js'
import { ToyProgram } from './toy-program.js'
import { World } from './world.js'

const EPOCH = 7 as Epoch
const REQUEST_BYTES = 8
/** How soon a supervisor starts a replacement, and how soon it sees an exit. */
const RESTART_DELAY = 5_000
const DETECTION_DELAY = 500

interface Process {
  readonly memberId: MemberId
  readonly locator: Locator
  readonly clock: SimulatedClock
  readonly member: Member
  readonly program: ToyProgram
}

export interface ClusterTerms {
  readonly seed: number
  readonly replicas: number
  readonly streams: number
  readonly requestsPerStream: number
  readonly requestBytes?: number
  readonly limits?: Partial<Limits>
  readonly reflects?: boolean
}

/** A replicated toy program with gateway, console and clients in one process on virtual time. */
export class Cluster {
  readonly world: World
  readonly network: Network
  readonly clients: Clients
  /** What was broken, in words; empty when all is well. */
  readonly violations: string[] = []
  /** By history index: the digest that the first replica had there. */
  readonly #digests = new Map<number, number>()
  readonly #limits: Limits
  readonly #reflects: boolean
  readonly #processes: Process[] = []
  readonly #founders: readonly MemberInfo[]
  readonly #foundingPeers: readonly PeerInfo[]
  #console: PeerPort
  #gateway: PeerPort
  #gatewayClock = new SimulatedClock(new World(0))
  #gatewayInfo: PeerInfo
  #gatewayDown = false
  #lines = 0
  #ids = 100
  compared = 0
  takeovers = 0

  constructor(terms: ClusterTerms) {
    this.world = new World(terms.seed)
    this.network = new Network(this.world)
    this.#limits = { ...DEFAULT_LIMITS, ...terms.limits }
    this.#reflects = terms.reflects ?? true
    this.clients = new Clients(terms.streams, terms.requestsPerStream, terms.requestBytes ?? REQUEST_BYTES)
    this.#founders = Array.from({ length: terms.replicas }, (_, at) => this.#memberInfo(at + 1))
    this.#gatewayInfo = this.#peerInfo(GROUP.gateway)
    const consoleInfo = this.#peerInfo(GROUP.console)
    this.#foundingPeers = [this.#gatewayInfo, consoleInfo]
    this.#console = this.#openConsole(consoleInfo)
    this.#gateway = this.#openGateway()
    for (const founder of this.#founders) this.#startReplica(founder, true)
  }

  /** Kills a replica; its supervisor notices, and starts a replacement. */
  crash(memberId: MemberId, replace: boolean): void {
    const at = this.#processes.findIndex((process) => process.memberId === memberId)
    const process = this.#processes[at]
    if (process === undefined) return
    this.#processes.splice(at, 1)
    process.clock.stop()
    this.network.close(process.locator)
    this.world.after(DETECTION_DELAY, () => this.#console.announceFault(GROUP.application, memberId))
    if (replace) this.world.after(RESTART_DELAY, () => this.#startReplica(this.#memberInfo(0), false))
  }

  /** Kills the gateway; its clients start anew at the next one. */
  crashGateway(): void {
    const gone = this.#gatewayInfo
    if (this.#gatewayDown) return
    this.#gatewayDown = true
    this.#gatewayClock.stop()
    this.network.close(gone.locator)
    this.clients.disconnect()
    this.world.after(DETECTION_DELAY, () => this.#console.announceFault(GROUP.gateway, gone.memberId))
    this.world.after(RESTART_DELAY, () => {
      this.#gatewayInfo = this.#peerInfo(GROUP.gateway)
      this.#gateway = this.#openGateway()
      this.#gatewayDown = false
      this.clients.connect()
      this.pump()
    })
  }

  /** Where the gateway that is running is reached. */
  get gateway(): Locator {
    return this.#gatewayInfo.locator
  }

  get primary(): MemberId | undefined {
    return this.#processes.find((process) => process.member.live)?.memberId
  }

  get backups(): readonly MemberId[] {
    return this.#processes.filter((process) => !process.member.live).map((process) => process.memberId)
  }

  executedOf(memberId: MemberId): number {
    return this.#processes.find((process) => process.memberId === memberId)?.member.executed ?? 0
  }

  /** Members that the console knows as caught up and that are alive. */
  get caughtUp(): number {
    const alive = new Set(this.#processes.map((process) => process.memberId))
    return this.#console.status.members.filter((member) => member.caughtUp && alive.has(member.memberId)).length
  }

  /** Lets clients send what they may, and the program decide something by itself. */
  pump(): void {
    for (const frame of this.clients.due()) this.#gateway.send(frame)
    this.#gateway.flush()
  }

  tick(): void {
    for (const process of this.#processes) process.program.tick()
  }

  /** Every replica that executed entry i has the digest that all others had there (law L2). */
  #witness(index: number, digest: number): void {
    const known = this.#digests.get(index)
    if (known === undefined) this.#digests.set(index, digest)
    else if (known !== digest) this.violations.push(`L2: two digests at index ${index}: ${known} and ${digest}`)
    else this.compared++
  }

  /** What the old primary executed beyond the established history was never seen by anybody: it did not happen. */
  #established(length: number): void {
    this.takeovers++
    for (const index of this.#digests.keys()) if (index > length) this.#digests.delete(index)
  }

  #startReplica(info: MemberInfo, founding: boolean): void {
    const clock = new SimulatedClock(this.world)
    const replica = new Replica({
      identity: { memberId: info.memberId, locator: info.locator, group: GROUP.application, epoch: EPOCH },
      limits: this.#limits,
      membership: founding
        ? { view: { number: 1, precedence: 1, backupView: 0 } as never, members: this.#founders }
        : NO_MEMBERSHIP,
      peers: this.#foundingPeers,
      contacts: this.#processes.map((process) => process.locator),
      heartbeatsCarryOrder: this.#reflects,
    })
    const member = new Member({ replica, transport: this.network.open(info.locator), clock })
    member.onTakeover = (stage): void => {
      if (stage === 'established') this.#established(member.executed)
    }
    const program = new ToyProgram(member, this.world.random, {
      executed: (index, digest) => this.#witness(index, digest),
      ended: (reason) => this.#ended(info.memberId, reason),
    })
    this.#processes.push({ memberId: info.memberId, locator: info.locator, clock, member, program })
    member.start(program)
  }

  #ended(memberId: MemberId, reason: string): void {
    this.violations.push(`a replica was stopped: ${reason}`)
    this.crash(memberId, false)
  }

  #openGateway(): PeerPort {
    this.#gatewayClock = new SimulatedClock(this.world)
    return openPeer({
      peer: this.#peerTerms(this.#gatewayInfo),
      transport: this.network.open(this.#gatewayInfo.locator),
      clock: this.#gatewayClock,
      listener: {
        released: (frame) => {
          const wrong = this.clients.receive(frame)
          if (wrong !== undefined) this.violations.push(wrong)
        },
        relieved: () => {},
        event: () => {},
      },
    })
  }

  #openConsole(info: PeerInfo): PeerPort {
    return openPeer({
      peer: this.#peerTerms(info),
      transport: this.network.open(info.locator),
      clock: new SimulatedClock(this.world),
      listener: { released: (frame) => this.#printed(frame), relieved: () => {}, event: () => {} },
    })
  }

  #peerTerms(identity: PeerInfo): Parameters<typeof openPeer>[0]['peer'] {
    const contacts = [
      ...this.#processes.map((process) => process.locator),
      ...this.#founders.map((each) => each.locator),
    ]
    return {
      identity,
      application: { group: GROUP.application, epoch: EPOCH },
      contacts,
      limits: this.#limits,
      reflects: this.#reflects,
    }
  }

  #printed(frame: Frame): void {
    if (frame.frame !== 'output') return
    const line = frame.bytes[0] as number
    if (line !== (this.#lines + 1) % 256) this.violations.push(`L1: line ${line} was printed after ${this.#lines}`)
    this.#lines++
  }

  #memberInfo(precedence: number): MemberInfo {
    const id = this.#ids++
    return { memberId: id, precedence, locator: id, caughtUp: true } as unknown as MemberInfo
  }

  #peerInfo(group: GroupId): PeerInfo {
    const id = this.#ids++
    return { group, epoch: id, memberId: id, locator: id } as unknown as PeerInfo
  }

  /** One number for everything that happened: equal for equal seeds (law L8). */
  get fingerprint(): number {
    let fingerprint = mixNumber(this.world.now, this.network.delivered)
    for (const [index, digest] of this.#digests) fingerprint = mixNumber(mixNumber(fingerprint, index), digest)
    return fingerprint
  }
}
