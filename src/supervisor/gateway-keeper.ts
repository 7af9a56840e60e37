import type { Entropy, GroupSettings, TestFaults } from '../driver/index.js'
import { GROUP } from '../message/index.js'
import type { Epoch, Locator, MemberId, PeerInfo, ViewNumber } from '../message/index.js'
import type { ListenMapping, SideReport } from '../gateway/index.js'
import { Backoff } from './backoff.js'
import { GatewayProcess } from './gateway-process.js'
import type { GatewayListener, GatewayListening } from './gateway-process.js'
import type { ProcessEnd } from './process-end.js'
import type { Reaper } from './reaper.js'

/** Clients are waiting to connect again: the first restart is immediate, a gateway that keeps dying is not. */
const RESTART_DELAY_MIN_MS = 10
const RESTART_DELAY_MAX_MS = 5000
/** A gateway that lived for so long did not die of its start. */
const STABLE_MS = 10_000

export interface GatewayTerms {
  /** The script that a gateway process runs. */
  readonly entry: string
  /** Of the application group. */
  readonly epoch: () => Epoch
  /** Own IPv4 address that its group's datagrams come to. */
  readonly address: string
  readonly listen: readonly ListenMapping[]
  readonly faults: TestFaults
  readonly entropy: Entropy
  readonly reaper: Reaper
  /**
   * The gateway of the generation before, while there is one: served on as its successor until `own` (ADR 55). Not
   * given where there is none before.
   */
  readonly shared?: () => GatewayProcess | undefined
  /** Members of the application group to speak to; empty before the founding. */
  contacts(): readonly Locator[]
  settings(): GroupSettings
}

export interface GatewayLoss {
  readonly memberId: MemberId
  readonly end: ProcessEnd
  readonly evidence: string
  readonly streams: number
  /** It never got as far as to be reached. */
  readonly atStart: boolean
}

export type GatewayWarned = Extract<SideReport, { type: 'warning' }>

export interface GatewayKeeperListener {
  ready(peer: PeerInfo): void
  /** It has adopted an established view. */
  follows(view: ViewNumber): void
  /** The lease is to be renewed. */
  askLease(granted: () => void): void
  /** The program offers snapshots. */
  offers(): void
  listening(): void
  warned(warning: GatewayWarned): void
  /** It ended; one that is the group's own is started again. */
  lost(loss: GatewayLoss): void
}

/**
 * Sees to it that there is a gateway: one that dies is followed by another, as a new member with a new epoch. For a
 * generation that is to follow another it shares the other's, and starts none before the clients are its own.
 */
export class GatewayKeeper {
  readonly #terms: GatewayTerms
  readonly #listener: GatewayKeeperListener
  readonly #backoff = new Backoff(RESTART_DELAY_MIN_MS, RESTART_DELAY_MAX_MS)
  #process: GatewayProcess | undefined
  /** Of the gateway that runs, or that ran last. */
  memberId: MemberId | undefined
  /** Of the application group that it serves. */
  #epoch: Epoch | undefined
  #owns: boolean
  #stopped = false

  constructor(terms: GatewayTerms, listener: GatewayKeeperListener) {
    this.#terms = terms
    this.#listener = listener
    this.#owns = terms.shared === undefined
  }

  get process(): GatewayProcess | undefined {
    return this.#process
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  get streams(): number {
    return this.#process?.streams ?? 0
  }

  get datagramsRejected(): number {
    return this.#process?.datagramsRejected ?? 0
  }

  get open(): readonly GatewayListening[] {
    return (this.#epoch && this.#process?.open(this.#epoch)) ?? []
  }

  async refresh(): Promise<void> {
    await this.#process?.refresh()
  }

  /** Once more is the same as once. Where one is to be shared, and there is none, nothing is started. */
  start(): void {
    if (this.#stopped || this.#process !== undefined) return
    const gateway = this.#owns ? new GatewayProcess(this.#terms.entry) : this.#terms.shared?.()
    if (gateway === undefined) return
    this.#process = gateway
    this.#serve(gateway)
    if (gateway.pid !== undefined) this.#terms.reaper.watch(gateway.pid)
  }

  /** The clients are this generation's: from now on there is a gateway whatever happens. */
  own(): void {
    this.#owns = true
    this.start()
  }

  /** The gateway is another generation's, which goes on with it: there is none here any more. */
  leave(): void {
    this.#stopped = true
    const gateway = this.#process
    this.#process = undefined
    if (gateway === undefined) return
    if (this.#epoch !== undefined) gateway.forget(this.#epoch)
    if (gateway.pid !== undefined) this.#terms.reaper.forget(gateway.pid)
  }

  /** A replica has started there. */
  meet(locator: Locator): void {
    if (this.#epoch !== undefined) this.#process?.meet(this.#epoch, locator)
  }

  /** Its generation is the group no more, or never was. */
  retire(): void {
    if (this.#owns) this.leave()
    else this.#drop()
  }

  #serve(gateway: GatewayProcess): void {
    const [contacts, settings] = [this.#terms.contacts(), this.#terms.settings()]
    const { epoch, address, listen, faults, entropy } = this.#terms
    const identity = {
      group: GROUP.gateway,
      epoch: entropy.identity() as Epoch,
      memberId: entropy.identity() as MemberId,
    }
    const application = { group: GROUP.application, epoch: epoch() }
    this.memberId = identity.memberId
    this.#epoch = application.epoch
    gateway.serve(
      { type: 'start', identity, application, contacts, settings, address, listen, faults },
      this.#sideOf(gateway, identity),
    )
  }

  #sideOf(gateway: GatewayProcess, identity: Omit<PeerInfo, 'locator'>): GatewayListener {
    let reached = false
    const stable = setTimeout(() => this.#backoff.reset(), STABLE_MS).unref()
    return {
      ready: ({ locator }) => {
        reached = true
        this.#listener.ready({ ...identity, locator })
      },
      follows: ({ view }) => this.#listener.follows(view),
      askLease: (granted) => this.#listener.askLease(granted),
      offers: () => this.#listener.offers(),
      listening: () => this.#listener.listening(),
      warned: (warning) => this.#listener.warned(warning),
      ended: (end) => {
        clearTimeout(stable)
        const { evidence, streams } = gateway
        this.#ended(gateway, { memberId: identity.memberId, end, evidence, streams, atStart: !reached })
      },
    }
  }

  /** It is another group's gateway from now on: one that runs already, for a group never founded, is replaced. */
  renew(): void {
    const before = this.#process
    this.#process = undefined
    before?.kill()
    this.start()
  }

  /** Resolves when the clients have got what was released to them and the process has ended. */
  async stop(): Promise<void> {
    if (!this.#owns) return this.#drop()
    this.#stopped = true
    await this.#process?.stop()
  }

  kill(): void {
    if (!this.#owns) return this.#drop()
    this.#stopped = true
    this.#process?.kill()
  }

  /** The clients are another generation's, and stay. */
  #drop(): void {
    if (this.#epoch !== undefined) this.#process?.drop(this.#epoch)
    this.leave()
  }

  #ended(gateway: GatewayProcess, loss: GatewayLoss): void {
    if (gateway.pid !== undefined) this.#terms.reaper.forget(gateway.pid)
    if (this.#process !== gateway) return
    this.#process = undefined
    if (this.#stopped) return
    this.#listener.lost(loss)
    if (this.#owns) setTimeout(() => this.start(), this.#backoff.next())
  }
}
