import type { PeerPort } from '../driver/index.js'
import { openPeer } from '../driver/index.js'
import type { Frame, Locator, PeerInfo } from '../message/index.js'
import { GROUP } from '../message/index.js'
import { Cluster } from './cluster.js'
import type { Grants } from './lease-grants.js'
import { DRIFT_MAX, LEASE, StoreGrants } from './lease-grants.js'
import { MajorityGrants } from './lease-majority.js'

const STEP = 1_000
const REPLICAS = 3
const PARTITIONS = 3
const DURATIONS: readonly number[] = [20, 70, 150, 300]
const DETECTION_STEPS = 2
/** From a healed partition until all is well; longer than any timeout that a run meets. */
const WHOLE_STEPS_MAX = 8_000
const ABSENCE_STEPS = 2_000
const BUSY_STEPS = 40
const TICK_EVERY = 7
const REQUEST_BYTES = 8
/** What a member may do that others go on without; a replacement is started. */
const STOPS: ReadonlySet<string> = new Set([
  'left out of the established view',
  'removed from the group',
  'superseded',
  'superseded by a newer view',
  'declared to have failed',
])

export interface LeaseOutcome {
  readonly violations: readonly string[]
  readonly answered: number
  /** Gateways that were given up when their lease had run out, and what those let out that were cut off. */
  readonly givenUp: number
  readonly releasedApart: number
  /** Partitions that a gateway outlived, since it could renew its lease. */
  readonly kept: number
  /** Gateways that were replaced as nobody could tell any more whether another had had the lease. */
  readonly forgotten: number
}

interface Fenced {
  readonly side: number
  readonly info: PeerInfo
  readonly port: () => PeerPort
  superseded: boolean
}

/**
 * A gateway on either side of partitions, on clocks that drift (protocol.md section 7). The gateway is cut off, mostly
 * with the primary; the supervisor goes on with a new gateway and the replicas that it reaches, but only when the lease
 * of the old one has run out. Whichever view is followed, only one side lets anything out.
 */
export function runLease(seed: number, grants: 'store' | 'majority' = 'store'): LeaseOutcome {
  return new LeaseRun(seed, grants).run()
}

class LeaseRun {
  /** The last is the one that clients are connected to. */
  readonly #gateways: Fenced[] = []
  readonly #cluster: Cluster
  readonly #grants: Grants
  /** Who is cut off. */
  #far: ReadonlySet<Locator> = new Set()
  /** Asked while the cluster was being made. */
  #early: (() => void)[] | undefined = []
  #givenUp = 0
  #releasedApart = 0
  #kept = 0
  #forgotten = 0

  constructor(seed: number, grants: 'store' | 'majority') {
    this.#cluster = new Cluster({
      seed,
      replicas: REPLICAS,
      streams: 3,
      requestsPerStream: Infinity,
      driftMax: DRIFT_MAX,
      stops: STOPS,
      openPeer: (terms) => this.#open(terms),
    })
    this.#grants = new (grants === 'store' ? StoreGrants : MajorityGrants)(this.#cluster.world, {
      granted: (side, nonce) => this.#granted(side, nonce),
      lost: (side) => this.#lost(side),
      isFar: (side) => this.#isFar(this.#gateways[side - 1]),
    })
    const early = this.#early ?? []
    this.#early = undefined
    for (const ask of early) ask()
  }

  run(): LeaseOutcome {
    const { clients, laws } = this.#cluster
    for (let count = 0; count < PARTITIONS && this.#fine; count++) {
      this.#work(BUSY_STEPS)
      this.#rest()
      if (this.#fine) this.#part()
      this.#rest()
    }
    return {
      violations: laws.violations,
      answered: clients.answered,
      givenUp: this.#givenUp,
      releasedApart: this.#releasedApart,
      kept: this.#kept,
      forgotten: this.#forgotten,
    }
  }

  get #fine(): boolean {
    return this.#cluster.violations.length === 0
  }

  get #current(): Fenced {
    return this.#gateways.at(-1) as Fenced
  }

  #open(terms: Parameters<typeof openPeer>[0]): PeerPort {
    const { identity } = terms.peer
    if (identity.group !== GROUP.gateway) return openPeer(terms)
    const fenced: Fenced = { side: this.#gateways.length + 1, info: identity, port: () => port, superseded: false }
    this.#gateways.push(fenced)
    const { listener } = terms
    const port = openPeer({
      ...terms,
      peer: { ...terms.peer, lease: LEASE },
      listener: {
        ...listener,
        released: (frame) => this.#released(fenced, frame, () => listener.released(frame)),
        askLease: (nonce) => {
          if (this.#early === undefined) this.#grants.ask(fenced.side, nonce)
          else this.#early.push(() => this.#grants.ask(fenced.side, nonce))
        },
      },
    })
    return port
  }

  /** What a gateway lets out that is cut off with the primary may be lost with both, as when they die together. */
  #released(fenced: Fenced, frame: Frame, judge: () => void): void {
    const { laws, clients } = this.#cluster
    if (fenced !== this.#current) {
      return laws.broken(`L7: gateway ${fenced.info.memberId} let something out after it was given up`)
    }
    if (!this.#isFar(fenced)) return judge()
    this.#releasedApart++
    const wrong = clients.receive(frame)
    if (wrong !== undefined) laws.broken(wrong)
  }

  #granted(side: number, nonce: number): void {
    const fenced = this.#gateways[side - 1]
    if (fenced?.superseded === false) fenced.port().granted(nonce)
  }

  /** It knows now, and ends; its clients' connections with it. */
  #lost(side: number): void {
    const fenced = this.#gateways[side - 1]
    if (fenced === undefined || fenced.superseded) return
    fenced.superseded = true
    this.#cluster.network.close(fenced.info.locator)
    if (fenced === this.#current) this.#forgotten++
  }

  /** A gateway that is not there yet is where the clients are. */
  #isFar(fenced: Fenced | undefined): boolean {
    return fenced !== undefined && this.#far.has(fenced.info.locator)
  }

  #part(): void {
    const { cluster, far } = { cluster: this.#cluster, far: this.#drawFar() }
    const { random } = cluster.world
    this.#grants.parts()
    const steps = DURATIONS[random.below(DURATIONS.length)] as number
    this.#far = far
    cluster.network.cutFor((from, to) => far.has(from) !== far.has(to), steps * STEP)
    const before = this.#current
    const lost = cluster.processes.filter(({ locator }) => far.has(locator)).map(({ memberId }) => memberId)
    for (let step = 0; step < steps && this.#fine; step++) {
      if (step === DETECTION_STEPS) for (const memberId of lost) cluster.suspect(memberId)
      if (step > DETECTION_STEPS && this.#current === before) this.#takeLease(before)
      this.#work(1)
    }
    this.#far = new Set()
    this.#grants.heals()
    this.#grants.standsBy()
    if (this.#current === before && !before.superseded) this.#kept++
  }

  /** The gateway, mostly the primary, and as many others as leave one that can go on. */
  #drawFar(): ReadonlySet<Locator> {
    const { processes, world } = this.#cluster
    const far = new Set([this.#current.info.locator])
    const near = processes.filter(({ member }) => !member.live)
    const keep = near.splice(world.random.below(near.length), 1)
    for (const { locator } of processes) {
      if (!keep.some((each) => each.locator === locator) && world.random.chance(700)) far.add(locator)
    }
    return far
  }

  /** The supervisor gives a gateway up that it cannot reach, when it has the lease itself. */
  #takeLease(before: Fenced): void {
    if (!this.#grants.takes(before.side + 1)) return
    const { clients } = this.#cluster
    this.#givenUp++
    clients.disconnect()
    this.#cluster.suspect(before.info.memberId, GROUP.gateway)
    this.#cluster.startGateway()
  }

  /** Law L5: everything is answered, and there are as many replicas as before, abreast. */
  #rest(): void {
    const { clients, laws } = this.#cluster
    clients.rest()
    for (let step = 0; step < WHOLE_STEPS_MAX && this.#fine && !this.#whole; step++) {
      this.#step()
      if (step === ABSENCE_STEPS) this.#replaceAbsent()
    }
    if (!this.#fine) return
    if (!this.#whole) return laws.broken(`L5: ${this.#states}`)
    // One primary, and it has all that was let out.
    for (const process of this.#cluster.processes) laws.survives(process)
    clients.resume()
  }

  get #states(): string {
    const { clients, caughtUp, processes, statuses } = this.#cluster
    const states = processes.map(({ memberId, replica, member }) => {
      const { number, precedence, backupView } = replica.view
      const view = `${number}.${precedence}.${backupView}`
      return `${memberId} ${replica.role} ${view} at ${member.executed} of ${replica.held}`
    })
    const views = statuses.map(({ view, members, mayRelease }) => {
      return `${view.number}.${view.backupView} of ${members.map(({ memberId }) => memberId).join(' ')} ${mayRelease}`
    })
    const answered = clients.done ? 'answered' : 'unanswered'
    return `${answered}; ${caughtUp} of ${REPLICAS} caught up; ${states.join(', ')}; known: ${views.join(', ')}`
  }

  get #whole(): boolean {
    const { clients, caughtUp, processes, primary } = this.#cluster
    const executed = primary === undefined ? -1 : this.#cluster.executedOf(primary)
    return clients.done && caughtUp === REPLICAS && processes.every(({ member }) => member.executed === executed)
  }

  /** The supervisor's part: who is no member, and was told so by nobody, is replaced. */
  #replaceAbsent(): void {
    const { processes, statuses } = this.#cluster
    for (const { memberId } of processes) {
      if (statuses.some(({ members }) => members.some((member) => member.memberId === memberId))) continue
      this.#cluster.crash(memberId, true)
    }
  }

  #work(steps: number): void {
    for (let step = 0; step < steps; step++) {
      this.#cluster.pump()
      this.#pumpOthers()
      if (step % TICK_EVERY === 0) this.#cluster.tick()
      this.#step()
    }
  }

  /** Clients on the other side know nothing, and go on. */
  #pumpOthers(): void {
    for (const fenced of this.#gateways) {
      if (fenced === this.#current || fenced.superseded) continue
      fenced.port().send({ frame: 'data', stream: 1, bytes: new Uint8Array(REQUEST_BYTES) })
      fenced.port().flush()
    }
  }

  #step(): void {
    const { world } = this.#cluster
    world.run(world.now + STEP)
    this.#grants.passes()
    if (this.#current.superseded) this.#takeLease(this.#current)
  }
}
