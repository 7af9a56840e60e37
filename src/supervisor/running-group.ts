import type { Clock, Founding, PeerEvent, PeerPort, PeerStatus } from '../driver/index.js'
import { report } from '../errors/index.js'
import { GROUP } from '../message/index.js'
import type { Instant, Locator, MemberId, MemberInfo, ViewNumber } from '../message/index.js'
import type { Chronicle } from './chronicle.js'
import type { Notice } from './notice.js'
import { outcomeOf } from './process-end.js'
import type { ProcessEnd } from './process-end.js'
import type { Replacements } from './replacements.js'
import type { Replica, ReplicaSet } from './replica-set.js'

/** A replica that ended of itself may turn out to have ended in order within this: its last frames still travel. */
const LAST_WORDS_MS = 250
/** How often the progress of joining replicas is looked at. */
const OBSERVE_MS = 20

export interface RunningGroupTerms {
  readonly founding: Founding
  readonly clock: Clock
  readonly port: PeerPort
  readonly replicas: ReplicaSet
  readonly replacements: Replacements
  readonly chronicle: Chronicle
  readonly notice: (notice: Notice) => void
}

/** The group between its founding and its end: who is lost is announced at once and replaced, who comes is told. */
export class RunningGroup {
  readonly #terms: RunningGroupTerms
  readonly #observer: NodeJS.Timeout
  /** When replicas were killed by request, which is when they ended; bounded by the living replicas. */
  readonly #killed = new Map<string, Instant>()
  /** Who has been a member of an established view; bounded by the replicas that live or have just ended. */
  readonly #members = new Set<MemberId>()

  constructor(terms: RunningGroupTerms) {
    this.#terms = terms
    this.#observer = setInterval(() => this.#observe(), OBSERVE_MS)
    const at = terms.clock.now()
    for (const { memberId } of terms.founding.members) {
      const founder = terms.replicas.ofMember(memberId)
      if (founder === undefined) continue
      terms.chronicle.named(memberId, { id: founder.slot, origin: founder.origin })
      terms.replicas.start(founder.slot, at, { founding: terms.founding, join: undefined })
    }
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

  /** A replacement has its slot: it is told whom to ask for the history. */
  claimed(replica: Replica): void {
    const { replicas, clock, founding, chronicle } = this.#terms
    const { memberId, slot, origin } = replica
    if (memberId !== undefined) chronicle.named(memberId, { id: slot, origin })
    replicas.start(replica.slot, clock.now(), { founding, join: { contacts: this.contacts() } })
  }

  contacts(): readonly Locator[] {
    const living = this.peer.members.filter(({ memberId }) => this.#terms.replicas.ofMember(memberId)?.gone === false)
    return living.map(({ locator }) => locator)
  }

  killing(replica: Replica): void {
    this.#killed.set(replica.slot, this.#terms.clock.now())
  }

  /** Whoever ended is no member any more, however it ended. */
  announce({ memberId, started }: Replica): void {
    if (memberId !== undefined && started !== undefined) {
      this.#terms.port.announceFault(GROUP.application, memberId)
    }
  }

  gone(replica: Replica): void {
    const { slot, process, memberId } = replica
    const noticed = this.#terms.clock.now()
    const wasPrimary = this.#isPrimary(replica)
    this.announce(replica)
    const { end, pid } = process
    const outcome = end === undefined ? 'ended' : outcomeOf(end)
    if (memberId !== undefined && replica.started !== undefined) {
      const cause = `${slot} (pid ${pid}) ${outcome}`
      const silent = this.#killed.get(slot) ?? noticed
      const loss = { cause, wallTimeMs: Date.now(), silent, suspected: noticed, announced: noticed }
      this.#terms.chronicle.suspected(memberId, loss, wasPrimary)
    }
    this.#killed.delete(slot)
    if (end !== undefined && end.signal !== 0) this.#terms.notice({ notice: 'replica-ended', id: slot, pid, outcome })
  }

  /** `over`: whether the program has ended in order meanwhile. */
  ended(replica: Replica, end: ProcessEnd, over: () => boolean): void {
    if (end.signal !== 0 && replica.process.direct) {
      this.#terms.replacements.lost(replica, end)
      return
    }
    setTimeout(() => {
      if (over()) return
      const { slot, process } = replica
      this.#terms.notice({ notice: 'replica-ended', id: slot, pid: process.pid, outcome: outcomeOf(end) })
      this.#terms.replacements.lost(replica, end)
    }, LAST_WORDS_MS)
  }

  /** The gateway follows a view: clients are served under it. */
  gatewayFollows(view: ViewNumber): void {
    this.#terms.chronicle.resumed(view, this.#terms.clock.now())
  }

  gatewayLost(memberId: MemberId, cause: string): void {
    this.#terms.chronicle.gateway('gateway-lost', cause)
    this.#terms.port.announceFault(GROUP.gateway, memberId)
  }

  event(event: PeerEvent): void {
    const { chronicle, notice } = this.#terms
    if (event.event === 'adopted') return chronicle.adopted(event)
    this.#endRemoved(event.members)
    if (event.event === 'members') {
      chronicle.members(event)
      return this.#observe()
    }
    const failover = chronicle.established(event)
    if (failover !== undefined) notice({ notice: 'failover', failover })
  }

  close(): void {
    clearInterval(this.#observer)
    this.#terms.replacements.close()
    this.#terms.port.close()
  }

  /** Whoever was a member and is none any more must not come back with stale ideas (protocol.md section 6). */
  #endRemoved(members: readonly MemberInfo[]): void {
    for (const { memberId, slot, process } of this.#terms.replicas.living) {
      if (memberId === undefined) continue
      if (members.some((member) => member.memberId === memberId)) this.#members.add(memberId)
      else if (this.#members.has(memberId)) {
        this.#terms.notice({ notice: 'report', report: report('LLFT_W_REPLICA_REMOVED', { replica: slot }) })
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

  #observe(): void {
    const { replicas, replacements, clock, notice } = this.#terms
    for (const { slot, ready, gone, started, memberId } of replicas.all) {
      if (ready || gone || started === undefined) continue
      if (!this.peer.members.some((member) => member.memberId === memberId && member.caughtUp)) continue
      replicas.caughtUp(slot)
      replacements.joined()
      notice({ notice: 'joined', id: slot, tookMs: (clock.now() - started) / 1000 })
    }
  }
}
