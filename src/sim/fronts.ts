import { newestFirst } from '../core/index.js'
import type { CommitMode, Limits } from '../core/index.js'
import type { PeerPort } from '../driver/index.js'
import { openPeer } from '../driver/index.js'
import type { Frame, GroupId, Locator, MemberId, PeerInfo } from '../message/index.js'
import { GROUP } from '../message/index.js'
import { drawDrift, SimulatedClock } from './clock.js'
import { EPOCH, GROUP_LOCATOR } from './identities.js'
import type { Identities } from './identities.js'
import type { Network } from './network.js'
import { Pace } from './pace.js'
import type { Front, Process } from './processes.js'
import type { Referee } from './referee.js'
import type { World } from './world.js'

/** A host passes on what a standby tells it so often, until the standby is heard of in the group itself. */
const TELL_EVERY = 5_000
const TELL_LOSS = 300
const TELL_SPREAD = 4_000

export interface FrontsTerms {
  readonly world: World
  readonly network: Network
  readonly referee: Referee
  readonly ids: Identities
  readonly limits: Limits
  readonly commit: CommitMode
  readonly reflects: boolean
  readonly multicast: boolean
  readonly driftMax: number | undefined
  readonly openPeer: typeof openPeer | undefined
  /** Founders, whether they run or not. */
  readonly founders: readonly Locator[]
  readonly processes: () => readonly Process[]
  /** Clients find another gateway. */
  readonly adoptedAgain: () => void
}

/** The connected groups of a cluster, gateway and console, and what is done when both are lost at once (ADR 59). */
export class Fronts {
  readonly #terms: FrontsTerms
  readonly founding: readonly PeerInfo[]
  gateway: Front
  console: Front
  gateways = 1
  /** Said to have failed since; bounded by the members of a simulation. */
  #lost: MemberId[] = []
  #telling = false
  /** Replicas that were there when the standby came. */
  #contacts: ReadonlySet<Locator> = new Set()

  constructor(terms: FrontsTerms) {
    this.#terms = terms
    const [gateway, console] = [terms.ids.peer(GROUP.gateway), terms.ids.peer(GROUP.console)]
    this.founding = [gateway, console]
    this.console = this.#openConsole(console)
    this.gateway = this.#openGateway(gateway)
  }

  /** The group knows this console: what it says of failures counts. */
  get adopted(): boolean {
    return !this.console.down && this.console.port.status.members.length > 0
  }

  /** Gateway and console that run and have been told of a view. */
  get informed(): readonly PeerPort[] {
    const fronts = [this.gateway, this.console].filter(({ down }) => !down)
    return fronts.map(({ port }) => port).filter(({ status }) => status.members.length > 0)
  }

  kill(front: Front): void {
    front.down = true
    front.clock.stop()
    this.#terms.network.close(front.info.locator)
  }

  /** Their supervisor tells them of a replica that starts. */
  met(locator: Locator): void {
    for (const { down, pace, port } of [this.gateway, this.console]) if (!down) pace.enter(() => port.meet(locator))
  }

  startGateway(): void {
    this.gateway = this.#openGateway(this.#terms.ids.peer(GROUP.gateway))
    this.gateways++
  }

  /** A standby adopts the replicas: both groups come anew, and the hosts are told that the old are lost. */
  adopt(): void {
    this.#contacts = new Set(this.#terms.processes().map(({ locator }) => locator))
    this.console = this.#openConsole(this.#terms.ids.peer(GROUP.console))
    this.startGateway()
    this.#tell()
  }

  suspect(group: GroupId, memberId: MemberId): void {
    if (!this.console.down) this.console.port.announceFault(group, memberId)
    if (this.adopted) return
    this.#lost.push(memberId)
    this.#tell()
  }

  /** Everybody whom this standby knows is gone before the group knows it: it ends, and the next one looks anew. */
  get #isForlorn(): boolean {
    if (this.adopted || this.console.down) return false
    return !this.#terms.processes().some(({ locator }) => this.#contacts.has(locator))
  }

  #adoptAgain(): void {
    for (const front of [this.gateway, this.console]) if (!front.down) this.kill(front)
    this.adopt()
    this.#terms.adoptedAgain()
  }

  /** Each replica by its own host, which may not hear it, and not at the same time as others. */
  #tell(): void {
    if (this.#telling) return
    const { world } = this.#terms
    this.#telling = true
    if (!this.console.down) {
      for (const process of this.#members) {
        if (world.random.chance(TELL_LOSS)) continue
        world.after(world.random.below(TELL_SPREAD), () => this.#tellOne(process))
      }
    }
    world.after(TELL_EVERY, () => {
      this.#telling = false
      if (this.adopted) this.#lost = []
      if (this.#isForlorn) this.#adoptAgain()
      else if (!this.adopted || this.#foreign.length > 0) this.#tell()
    })
  }

  /**
   * Those of the newest view that is known to any: who was left out of it and does not know must not be told that its
   * judges are gone, and goes on as it is.
   */
  get #members(): readonly Process[] {
    const all = this.#terms.processes()
    const memberships = all.map(({ replica }) => replica.membership)
    const [newest] = memberships.toSorted((left, right) => newestFirst(left.view, right.view))
    return all.filter(({ memberId, replica: { role } }) => {
      return role === 'joining' || newest?.members.some((member) => member.memberId === memberId) === true
    })
  }

  /** Members of connected groups that replicas still count on, and that are not this standby's. */
  get #foreign(): readonly MemberId[] {
    const own = new Set<MemberId>([this.gateway.info.memberId, this.console.info.memberId])
    return this.#members.flatMap(({ replica }) => replica.peers).filter((memberId) => !own.has(memberId))
  }

  /** Whom the replicas that are heard count on, and the standby does not hear. */
  get #missed(): readonly MemberId[] {
    const living = new Set(this.#terms.processes().map(({ memberId }) => memberId))
    const counted = this.#members.flatMap(({ replica: { membership, leaving } }) => {
      return [...membership.members.map(({ memberId }) => memberId), ...leaving]
    })
    return [...new Set([...this.#foreign, ...counted.filter((memberId) => !living.has(memberId))])]
  }

  #tellOne(process: Process): void {
    for (const memberId of this.adopted ? this.#foreign : [...this.#lost, ...this.#missed]) {
      process.pace.enter(() => {
        if (this.#terms.processes().includes(process)) process.member.fault(memberId)
      })
    }
  }

  #openGateway(info: PeerInfo): Front {
    const front: Front = this.#open(info, (frame) => {
      this.#terms.referee.shown(frame, front.port.status.historyIndex)
    })
    return front
  }

  #openConsole(info: PeerInfo): Front {
    return this.#open(info, (frame) => this.#terms.referee.printed(frame))
  }

  #open(info: PeerInfo, released: (frame: Frame) => void): Front {
    const { world, network, referee, driftMax, founders, processes, multicast, limits, commit, reflects } = this.#terms
    const pace = new Pace(world)
    const clock = new SimulatedClock(world, drawDrift(world.random, driftMax), pace)
    const port = (this.#terms.openPeer ?? openPeer)({
      peer: {
        identity: info,
        application: { group: GROUP.application, epoch: EPOCH },
        contacts: [...processes().map(({ locator }) => locator), ...founders],
        limits,
        commit,
        reflects,
      },
      transport: network.open(info.locator, pace),
      clock,
      group: multicast ? GROUP_LOCATOR : undefined,
      listener: {
        released,
        relieved: () => {},
        askLease: () => {},
        event: (event) => referee.adopted(info.locator, event),
      },
    })
    return { info, clock, pace, port, down: false }
  }
}
