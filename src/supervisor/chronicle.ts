import type { EventKind, EventMember, Failover, TakeoverPhases } from '../admin/index.js'
import { byRank } from '../core/index.js'
import type { PeerEvent } from '../driver/index.js'
import type { Instant, MemberId, MemberInfo, View, ViewNumber } from '../message/index.js'
import { NO_VIEW } from '../message/index.js'
import { EventLog } from './event-log.js'
import { FailoverTimeline } from './failover-timeline.js'
import type { PrimaryLoss } from './failover-timeline.js'

/** What happens to the group as a whole: its gateway's process, its lease, its generation. */
type GroupKind = Extract<
  EventKind,
  'gateway-lost' | 'gateway-started' | 'fenced' | 'unfenced' | 'snapshot' | 'snapshot-kept'
>

/** Members that events may still name after their end: more than a group has had in a long while. */
const NAMES_MAX = 1024
/** Why the primary removes a backup whose process runs. */
const SILENT = 'silent, or too far behind'

interface Name {
  readonly id: string
  /** Why it was started. */
  readonly origin: string
}

interface Entry {
  readonly kind: EventKind
  readonly cause: string
  readonly replica?: string | null
  readonly proposer?: string | null
  readonly phases?: TakeoverPhases
}

/** Writes down what happens to the membership: every event with its cause, takeovers with their phases. */
export class Chronicle {
  log: EventLog = new EventLog()
  readonly timeline: FailoverTimeline = new FailoverTimeline()
  /** Bounded by `NAMES_MAX`. */
  readonly #names = new Map<MemberId, Name>()
  /** Why members were announced to have failed; bounded by the members that are still to be left out. */
  readonly #causes = new Map<MemberId, string>()
  #view: View = NO_VIEW
  #members: readonly MemberInfo[] = []
  /** Of the view that is adopted and not yet established. */
  #proposer: string | null = null
  /** Why the group of another gateway was adopted, until its view is known. */
  #adoption: string | undefined
  /** What the gateway last said to follow. */
  #followed: { readonly view: ViewNumber; readonly at: Instant } | undefined

  /** One story with what an earlier generation has written (ADR 55); what was written here comes after that. */
  continues({ log, timeline }: Chronicle): void {
    for (const event of this.log.recent) log.append(event)
    this.log = log
    this.timeline.continues(timeline)
  }

  named(memberId: MemberId, name: Name): void {
    this.#names.set(memberId, name)
    for (const oldest of this.#names.keys()) {
      if (this.#names.size <= NAMES_MAX) break
      this.#names.delete(oldest)
    }
  }

  /** A member has failed, or is to leave. `wasPrimary`: a takeover follows. */
  suspected(memberId: MemberId, loss: PrimaryLoss, wasPrimary: boolean): void {
    const { cause, planned } = loss
    const isMember = this.#members.some((member) => member.memberId === memberId)
    if (isMember && !this.#causes.has(memberId)) this.#causes.set(memberId, cause)
    if (wasPrimary) this.timeline.lost(loss)
    this.#write({ kind: planned ? 'leaving' : 'suspected', cause, replica: this.#idOf(memberId) })
  }

  /** A member that was to leave stays. */
  kept(memberId: MemberId, cause: string): void {
    this.#causes.delete(memberId)
    this.timeline.kept()
    this.#write({ kind: 'kept', cause, replica: this.#idOf(memberId) })
  }

  /** The replicas of a gateway that is lost are this one's. */
  takesOver(cause: string): void {
    this.#adoption = cause
    this.group('gateway-lost', cause)
  }

  adopted({ at, view, members }: PeerEvent): void {
    this.timeline.adopted(at)
    this.#proposer = this.#idAt(members, view)
    const supersedes = this.#members.find((member) => member.precedence === this.#view.precedence)
    const cause = (supersedes && this.#causes.get(supersedes.memberId)) ?? 'no answer'
    const entry = { kind: 'proposed', cause, replica: this.#proposer, proposer: this.#proposer } as const
    this.#write(entry, { view, members })
  }

  /** A view is established; returns the fail-over that this ends. */
  established({ at, view, members }: PeerEvent): Failover | undefined {
    const before = this.#members
    const primary = this.#idAt(members, view)
    const failover = this.timeline.established({ id: primary ?? '?', view: view.number }, at, Date.now())
    this.#view = view
    this.#members = members
    const first = this.#adoption === undefined ? 'founded' : 'adopted'
    const kind = before.length === 0 ? first : 'established'
    this.#write({
      kind,
      cause: failover?.cause ?? this.#adoption ?? 'start',
      replica: primary,
      proposer: before.length === 0 ? null : (this.#proposer ?? primary),
      ...(failover === undefined ? {} : { phases: failover.phases }),
    })
    this.#proposer = null
    this.#adoption = undefined
    this.#departures(before)
    this.#resume()
    return failover
  }

  /** Backups have changed inside the view. */
  members({ view, members }: PeerEvent): void {
    const before = this.#members
    this.#view = view
    this.#members = members
    this.#departures(before)
    const proposer = this.#idAt(members, view)
    for (const { memberId, caughtUp } of members) {
      const earlier = before.find((member) => member.memberId === memberId)
      const cause = this.#names.get(memberId)?.origin ?? 'unknown'
      if (earlier === undefined) this.#write({ kind: 'joined', cause, replica: this.#idOf(memberId), proposer })
      if (caughtUp && earlier?.caughtUp !== true) {
        this.#write({ kind: 'caught-up', cause, replica: this.#idOf(memberId), proposer })
      }
    }
  }

  /** The gateway follows a view; it may have heard of it before this process has. */
  resumed(view: ViewNumber, at: Instant): void {
    this.#followed = { view, at }
    this.#resume()
  }

  group(kind: GroupKind, cause: string): void {
    this.#write({ kind, cause })
  }

  #resume(): void {
    const failover = this.#followed && this.timeline.resumed(this.#followed.view, this.#followed.at)
    if (failover === undefined) return
    const { cause, primary, phases } = failover
    this.#write({ kind: 'resumed', cause, replica: primary, proposer: primary, phases })
  }

  #departures(before: readonly MemberInfo[]): void {
    const proposer = this.#idAt(this.#members, this.#view)
    for (const { memberId } of before) {
      if (this.#members.some((member) => member.memberId === memberId)) continue
      const cause = this.#causes.get(memberId) ?? SILENT
      this.#causes.delete(memberId)
      this.#write({ kind: 'removed', cause, replica: this.#idOf(memberId), proposer })
    }
  }

  #write(entry: Entry, { view, members } = { view: this.#view, members: this.#members }): void {
    const { kind, cause, replica = null, proposer = null, phases = null } = entry
    this.log.append({
      at: new Date().toISOString(),
      kind,
      replica,
      cause,
      view: { primary: view.number, backup: view.backupView },
      members: byRank({ view, members }).map((member) => this.#memberOf(member, view)),
      proposer,
      phases,
    })
  }

  #memberOf({ memberId, precedence, caughtUp }: MemberInfo, view: View): EventMember {
    return { id: this.#idOf(memberId), role: precedence === view.precedence ? 'primary' : 'backup', caughtUp }
  }

  #idAt(members: readonly MemberInfo[], { precedence }: View): string | null {
    const member = members.find((each) => each.precedence === precedence)
    return member === undefined ? null : this.#idOf(member.memberId)
  }

  #idOf(memberId: MemberId): string {
    return this.#names.get(memberId)?.id ?? '?'
  }
}
