import type { Clock, Founding, PeerEvent, PeerPort, PeerStatus } from '../driver/index.js'
import { report } from '../errors/index.js'
import { GROUP } from '../message/index.js'
import type { Instant, Locator, MemberId, MemberInfo, ViewNumber } from '../message/index.js'
import type { Chronicle } from './chronicle.js'
import type { GatewayKeeper } from './gateway-keeper.js'
import type { Notice } from './notice.js'
import type { LeaseKeeper } from './lease/lease-keeper.js'
import { outcomeOf } from './process-end.js'
import type { ProcessEnd } from './process-end.js'
import { PlannedSwitch } from './planned-switch.js'
import type { SwitchEnd } from './planned-switch.js'
import type { Replacements } from './replacements.js'
import type { Replica, Replicas } from './replicas.js'
import { ReplayEstimate } from './replay-estimate.js'
import { Standstill } from './standstill.js'
import { historyLength } from './status-model.js'

/** A replica that ended of itself may turn out to have ended in order within this: its last frames still travel. */
const LAST_WORDS_MS = 250
/** How often the progress of joining replicas is looked at. */
const OBSERVE_MS = 20

interface Killed {
  /** Its last sign of life. */
  readonly silent: Instant
  /** Set where it was ended because it gave none. */
  readonly stalled?: { readonly suspected: Instant; readonly why: string }
}

export interface RunningGroupTerms {
  readonly founding: Founding
  /** Its replicas run already, and were another gateway's. */
  readonly adopted: boolean
  readonly clock: Clock
  readonly port: PeerPort
  readonly gateway: Pick<GatewayKeeper, 'meet'>
  readonly replicas: Replicas
  readonly replacements: Replacements
  readonly chronicle: Chronicle
  readonly timingWindowMs: number
  readonly guestStartMs: number
  readonly lease: LeaseKeeper | undefined
  readonly notice: (notice: Notice) => void
  readonly closed: () => void
}

/** The group between its founding and its end: who is lost is announced at once and replaced, who comes is told. */
export class RunningGroup {
  readonly #terms: RunningGroupTerms
  readonly #observer: NodeJS.Timeout
  readonly replay: ReplayEstimate = new ReplayEstimate()
  /** Replicas that were killed, and why; bounded by the living replicas. */
  readonly #killed = new Map<string, Killed>()
  readonly #standstill: Standstill
  /** Who has been a member of an established view; bounded by the replicas that live or have just ended. */
  readonly #members = new Set<MemberId>()
  #switch: PlannedSwitch | undefined
  /** Undefined before the first renewal. */
  #released: boolean | undefined

  constructor(terms: RunningGroupTerms) {
    this.#terms = terms
    this.#observer = setInterval(() => this.#observe(), OBSERVE_MS)
    this.#standstill = new Standstill({ ...terms, end: (replica, sinceMs) => this.#endStalled(replica, sinceMs) })
    for (const { memberId, slot, origin } of terms.replicas.living) {
      if (memberId !== undefined) terms.chronicle.named(memberId, { id: slot, origin })
    }
    if (!terms.adopted) this.#found()
  }

  get replacements(): Replacements {
    return this.#terms.replacements
  }

  get peer(): PeerStatus {
    return this.#terms.port.status
  }

  get primary(): Replica | undefined {
    const { members, view } = this.peer
    const primary = members.find(({ precedence }) => precedence === view.precedence)
    const replica = primary && this.#terms.replicas.ofMember(primary.memberId)
    return replica?.gone === false ? replica : undefined
  }

  /** The program gets the signal as an ordered operation. */
  signal(signal: number): void {
    this.#terms.port.send({ frame: 'signal', signal })
    this.#terms.port.flush()
  }

  #found(): void {
    const { clock, founding, replicas } = this.#terms
    const at = clock.now()
    for (const { memberId } of founding.members) {
      const founder = replicas.ofMember(memberId)
      if (founder !== undefined) replicas.start(founder.slot, at, { founding, join: undefined })
    }
  }

  /** A replacement has its slot: it is told whom to ask for the history. */
  claimed(replica: Replica): void {
    const { replicas, clock, founding, chronicle, port, gateway } = this.#terms
    const { memberId, slot, origin, claim } = replica
    if (memberId !== undefined) chronicle.named(memberId, { id: slot, origin })
    if (claim !== undefined) for (const front of [port, gateway]) front.meet(claim.locator)
    replicas.start(replica.slot, clock.now(), { founding, join: { contacts: this.contacts() } })
  }

  contacts(): readonly Locator[] {
    const { replicas } = this.#terms
    const living = this.peer.members.filter(({ memberId }) => replicas.ofMember(memberId)?.gone === false)
    if (living.length > 0) return living.map(({ locator }) => locator)
    // Nothing is known of the membership yet.
    return replicas.living.flatMap(({ started, claim }) => (started === undefined ? [] : (claim?.locator ?? [])))
  }

  /** It is killed by request, and ends now. */
  killing(replica: Replica): void {
    this.#killed.set(replica.slot, { silent: this.#terms.clock.now() })
  }

  /** The program has opened a port. */
  listening(): void {
    this.#standstill.up()
  }

  /** It answered a probe. */
  alive(slot: string, looped: boolean): void {
    this.#standstill.alive(slot, looped)
  }

  /** Whoever ended is no member any more, however it ended. */
  announce({ memberId, started, retired }: Replica): void {
    if (memberId === undefined || started === undefined) return
    // The group knows already, since it went as was wanted.
    if (retired !== undefined && !this.peer.members.some((member) => member.memberId === memberId)) return
    this.#terms.port.announceFault(GROUP.application, memberId)
  }

  /** The primary leaves its place to this backup; `remove`: it does not come back. */
  async handOver(to: Replica, remove: boolean): Promise<SwitchEnd> {
    const { clock, replicas, port, chronicle } = this.#terms
    const from = this.primary
    if (from?.memberId === undefined || to.memberId === undefined || this.#switch !== undefined) {
      return { end: 'given-up' }
    }
    const begun = clock.now()
    const cause = remove ? `removed by request, in favour of ${to.slot}` : `planned switch to ${to.slot}`
    const loss = { cause, planned: true, wallTimeMs: Date.now(), silent: begun, suspected: begun, announced: begun }
    chronicle.suspected(from.memberId, loss, true)
    replicas.retire(from.slot, remove ? 'removed' : 'switched')
    this.#switch = new PlannedSwitch({ from, to, begun })
    port.handOver(to.memberId)
    const ended = await this.#switch.ended
    this.#switch = undefined
    if (ended.end === 'given-up' && !from.gone) {
      replicas.retire(from.slot, undefined)
      chronicle.kept(from.memberId, `${to.slot} did not catch up in time`)
    }
    return ended
  }

  /** It is killed before another takes over: it must not come back with stale ideas (protocol.md section 6). */
  #endStalled({ slot, process }: Replica, sinceMs: number): void {
    const suspected = this.#terms.clock.now()
    const quietMs = Math.round(performance.now() - sinceMs)
    const why = `did not answer for ${quietMs} ms`
    this.#killed.set(slot, { silent: (suspected - quietMs * 1000) as Instant, stalled: { suspected, why } })
    this.#terms.notice({ notice: 'stalled', id: slot, pid: process.pid, quietMs })
    process.kill('SIGKILL')
  }

  get switching(): PlannedSwitch | undefined {
    return this.#switch
  }

  /** A backup leaves, and is not replaced. */
  remove(replica: Replica): void {
    const { chronicle, clock, replicas } = this.#terms
    const { memberId, slot, started, process } = replica
    replicas.retire(slot, 'removed')
    this.announce(replica)
    const at = clock.now()
    const times = { silent: at, suspected: at, announced: at, wallTimeMs: Date.now() }
    if (memberId !== undefined && started !== undefined) {
      chronicle.suspected(memberId, { cause: 'removed by request', planned: true, ...times }, false)
    }
    process.destroy()
  }

  gone(replica: Replica): void {
    const { slot, process, memberId } = replica
    const noticed = this.#terms.clock.now()
    const wasPrimary = this.#isPrimary(replica)
    this.announce(replica)
    const { end, pid, outcome } = process
    if (memberId !== undefined && replica.started !== undefined && replica.retired === undefined) {
      const lastSign = (noticed - Math.round(process.quietMs * 1000)) as Instant
      const { silent = lastSign, stalled } = this.#killed.get(slot) ?? {}
      const cause = `${slot} (pid ${pid}) ${stalled?.why ?? outcome}`
      const times = { silent, suspected: stalled?.suspected ?? noticed, announced: noticed, wallTimeMs: Date.now() }
      this.#terms.chronicle.suspected(memberId, { cause, planned: false, ...times }, wasPrimary)
    }
    this.#killed.delete(slot)
    this.#standstill.gone(slot)
    if (end !== undefined && end.signal !== 0 && replica.retired === undefined) {
      this.#terms.notice({ notice: 'replica-ended', id: slot, pid, outcome })
    }
  }

  /** `over`: whether the program has ended in order meanwhile. */
  ended(replica: Replica, end: ProcessEnd, over: () => boolean): void {
    if (end.signal !== 0 && replica.process.direct) {
      this.#terms.replacements.lost(replica, end)
      return
    }
    setTimeout(() => {
      if (over()) return
      const { slot, process, retired } = replica
      if (retired === undefined) {
        this.#terms.notice({ notice: 'replica-ended', id: slot, pid: process.pid, outcome: outcomeOf(end) })
      }
      this.#terms.replacements.lost(replica, end)
    }, LAST_WORDS_MS)
  }

  /** The gateway follows a view: clients are served under it. */
  gatewayFollows(view: ViewNumber): void {
    this.#terms.chronicle.resumed(view, this.#terms.clock.now())
  }

  gatewayLost(memberId: MemberId, cause: string): void {
    this.#terms.chronicle.group('gateway-lost', cause)
    this.#terms.port.announceFault(GROUP.gateway, memberId)
  }

  event(event: PeerEvent): void {
    const { chronicle, notice } = this.#terms
    if (event.event === 'adopted') {
      this.#switch?.adopted()
      return chronicle.adopted(event)
    }
    this.#endRemoved(event.members)
    if (this.#terms.adopted) this.#announceMissing(event.members)
    if (event.event === 'members') {
      chronicle.members(event)
      return this.#observe()
    }
    const failover = chronicle.established(event)
    if (failover !== undefined) this.#switch?.established(failover.primary, event.view.number, event.at)
    if (failover !== undefined) notice({ notice: 'failover', failover })
  }

  close(): void {
    clearInterval(this.#observer)
    this.#standstill.close()
    this.#switch?.giveUp()
    this.#terms.replacements.close()
    this.#terms.port.close()
    this.#terms.closed()
  }

  /** Who was lost together with the gateway before. */
  #announceMissing(members: readonly MemberInfo[]): void {
    const { replicas, port } = this.#terms
    for (const { memberId } of members) {
      if (replicas.ofMember(memberId) === undefined) port.announceFault(GROUP.application, memberId)
    }
  }

  /** Whoever was a member and is none any more must not come back with stale ideas (protocol.md section 6). */
  #endRemoved(members: readonly MemberInfo[]): void {
    for (const { memberId, slot, process, retired } of this.#terms.replicas.living) {
      if (memberId === undefined) continue
      if (members.some((member) => member.memberId === memberId)) this.#members.add(memberId)
      else if (this.#members.has(memberId)) {
        const warning = report('LLFT_W_REPLICA_REMOVED', { replica: slot })
        if (retired === undefined) this.#terms.notice({ notice: 'report', report: warning })
        process.kill('SIGKILL')
      }
    }
    for (const memberId of this.#members) {
      if (!members.some((member) => member.memberId === memberId)) this.#members.delete(memberId)
    }
  }

  #isPrimary({ memberId }: Replica): boolean {
    const { members, view } = this.peer
    // The founder may be gone before it has said a word.
    if (members.length === 0) return memberId === this.#terms.founding.members[0]?.memberId
    return members.some((member) => member.memberId === memberId && member.precedence === view.precedence)
  }

  /** The lease ends, or is renewed again. */
  #observeLease(): void {
    const { lease, chronicle, notice, founding } = this.#terms
    const { mayRelease } = this.peer
    if (lease === undefined || this.#released === mayRelease || (this.#released === undefined && !mayRelease)) return
    const first = this.#released === undefined
    this.#released = mayRelease
    lease.releases(mayRelease)
    if (first) return
    const { store, ttlMs } = lease.status
    if (mayRelease) return chronicle.group('unfenced', `${store} has renewed the lease`)
    chronicle.group('fenced', `${store} has not renewed the lease in time`)
    notice({ notice: 'report', report: report('LLFT_W_FENCED', { group: founding.name, store, ttlMs }) })
  }

  #observe(): void {
    this.#observeLease()
    const { replicas, replacements, clock, notice } = this.#terms
    for (const { slot, ready, gone, started, memberId } of replicas.all) {
      if (ready || gone || started === undefined) continue
      if (!this.peer.members.some((member) => member.memberId === memberId && member.caughtUp)) continue
      replicas.caughtUp(slot)
      replacements.joined()
      const tookMs = (clock.now() - started) / 1000
      this.replay.joined(tookMs, historyLength(this.peer))
      notice({ notice: 'joined', id: slot, tookMs })
    }
  }
}
