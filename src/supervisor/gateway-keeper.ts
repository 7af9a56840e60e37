import type { Entropy, GroupSettings, TestFaults } from '../driver/index.js'
import { GROUP } from '../message/index.js'
import type { Epoch, Locator, MemberId, PeerInfo, ViewNumber } from '../message/index.js'
import type { GatewayReport, ListenMapping } from '../gateway/index.js'
import { Backoff } from './backoff.js'
import { GatewayProcess } from './gateway-process.js'
import type { GatewayListening } from './gateway-process.js'
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

export type GatewayWarned = Extract<GatewayReport, { type: 'warning' }>

export interface GatewayKeeperListener {
  ready(peer: PeerInfo): void
  /** It has adopted an established view. */
  follows(view: ViewNumber): void
  /** The lease is to be renewed. */
  askLease(granted: () => void): void
  listening(): void
  warned(warning: GatewayWarned): void
  /** It ended, and is started again. */
  lost(loss: GatewayLoss): void
}

/** Sees to it that there is a gateway: one that dies is followed by another, as a new member with a new epoch. */
export class GatewayKeeper {
  readonly #terms: GatewayTerms
  readonly #listener: GatewayKeeperListener
  readonly #backoff = new Backoff(RESTART_DELAY_MIN_MS, RESTART_DELAY_MAX_MS)
  #process: GatewayProcess | undefined
  /** Of the gateway that runs, or that ran last. */
  memberId: MemberId | undefined
  #stopped = false

  constructor(terms: GatewayTerms, listener: GatewayKeeperListener) {
    this.#terms = terms
    this.#listener = listener
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
    return this.#process?.open ?? []
  }

  async refresh(): Promise<void> {
    await this.#process?.refresh()
  }

  /** Once more is the same as once. */
  start(): void {
    if (this.#stopped || this.#process !== undefined) return
    const [contacts, settings] = [this.#terms.contacts(), this.#terms.settings()]
    const { entry, epoch, address, listen, faults, entropy } = this.#terms
    const identity = {
      group: GROUP.gateway,
      epoch: entropy.identity() as Epoch,
      memberId: entropy.identity() as MemberId,
    }
    const application = { group: GROUP.application, epoch: epoch() }
    this.memberId = identity.memberId
    let reached = false
    const stable = setTimeout(() => this.#backoff.reset(), STABLE_MS).unref()
    const gateway = new GatewayProcess(
      entry,
      { type: 'start', identity, application, contacts, settings, address, listen, faults },
      {
        ready: ({ locator }) => {
          reached = true
          this.#listener.ready({ ...identity, locator })
        },
        follows: ({ view }) => this.#listener.follows(view),
        askLease: (granted) => this.#listener.askLease(granted),
        listening: () => this.#listener.listening(),
        warned: (warning) => this.#listener.warned(warning),
        ended: (end) => {
          clearTimeout(stable)
          const { evidence, streams } = gateway
          this.#ended(gateway, { memberId: identity.memberId, end, evidence, streams, atStart: !reached })
        },
      },
    )
    this.#process = gateway
    if (gateway.pid !== undefined) this.#terms.reaper.watch(gateway.pid)
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
    this.#stopped = true
    await this.#process?.stop()
  }

  kill(): void {
    this.#stopped = true
    this.#process?.kill()
  }

  #ended(gateway: GatewayProcess, loss: GatewayLoss): void {
    if (gateway.pid !== undefined) this.#terms.reaper.forget(gateway.pid)
    if (this.#process !== gateway) return
    this.#process = undefined
    if (this.#stopped) return
    this.#listener.lost(loss)
    setTimeout(() => this.start(), this.#backoff.next())
  }
}
