import type {
  GroupId,
  Instant,
  Locator,
  MemberId,
  MemberInfo,
  MessageOf,
  OrderIndex,
  PeerInfo,
  View,
} from '../../message/index.js'
import { ENTRY, NO_ENTRIES } from '../../message/index.js'
import { earliest } from '../deadlines.js'
import { lastOf } from '../determinizer/history.js'
import { encodeMemberEntry } from '../membership/join-entry.js'
import { byPrecedence, knows, memberOf, sameView } from '../membership/view.js'
import { Announcer } from './announcer.js'
import type { Connection } from './connection.js'
import type { Inbox } from './inbox.js'
import { HandOver } from './hand-over.js'
import { Laggards } from './laggards.js'
import type { Sending } from './sending.js'
import type { ReplicaState } from './state.js'
import { supply } from './supply.js'

/** Removed members that are remembered: more than can be alive still, since their supervisors end them. */
const REMOVED_MAX = 64

/** What only the primary does: keep connected groups and backups supplied, change the membership. */
export class Leading {
  readonly #state: ReplicaState
  readonly #sending: Sending
  readonly #announcer: Announcer
  readonly #laggards: Laggards
  readonly #handOver: HandOver
  /** Removed, but some connected group may not know it yet: still counted for stability (protocol.md section 6). */
  #retiring: readonly MemberId[] = []
  /** Confirmed, but some connected group may not know it yet, and not wait for them; bounded by the membership. */
  readonly #unconfirmed = new Set<MemberId>()
  /** Where they were, to be told should they still speak; bounded by `REMOVED_MAX`. */
  readonly #removed = new Map<MemberId, Locator>()
  #idleOrderAt: Instant | undefined
  #lastStable = 0
  /** Entries up to here were sent to the backups at once; what is lost of it comes with a heartbeat or a reflection. */
  #orderedDirectly = 0
  /** Incarnations already handed on as `peerUp`; bounded by the inboxes. */
  readonly #greetings = new Set<number>()

  constructor(state: ReplicaState, sending: Sending) {
    this.#state = state
    this.#sending = sending
    this.#announcer = new Announcer(state)
    this.#laggards = new Laggards(state)
    this.#handOver = new HandOver(state)
  }

  get deadline(): Instant | undefined {
    const others = earliest(this.#laggards.deadline, this.#handOver.deadline)
    return earliest(this.#idleOrderAt, this.#announcer.deadline, others)
  }

  /** A successor is catching up: nothing is taken in. */
  get handingOver(): boolean {
    return this.#handOver.active
  }

  /** This replica is the primary of the established view from now on. */
  begin(): void {
    this.#retiring = []
    this.#unconfirmed.clear()
    const { lacking, others, inboxes } = this.#state
    lacking.clear()
    // Until they have said what they hold; where no incarnation is gone there is nothing to lack.
    const isGone = [...inboxes.values()].some((inbox) => !this.#isAlive(inbox))
    for (const { memberId, caughtUp } of others) if (caughtUp && isGone) lacking.add(memberId)
    this.#orderedDirectly = this.#state.history.held
    this.#greetings.clear()
    this.#count()
    this.#sending.begin()
    for (const connection of this.#state.connections.values()) if (connection.givenUp) this.#tellLoss(connection)
    this.#announcer.begin()
    this.#laggards.begin()
    this.flush()
  }

  flush(): void {
    for (const connection of this.#state.connections.values()) this.#sending.transmit(connection)
    if (this.#state.commit === 'acknowledged') this.#orderDirectly()
    if (this.#idleOrderAt === undefined) this.#heartbeatSoon()
  }

  /** A greeting from an incarnation that is not connected. */
  greeted(peer: PeerInfo): void {
    if (this.#state.connections.has(peer.group) || this.#greetings.has(peer.epoch)) return
    if (this.#state.faulty.has(peer.memberId)) return
    this.#greetings.add(peer.epoch)
    this.#state.outputs.push({ output: 'peerUp', peer })
  }

  /** A greeting on a live connection: the peer wants to know the membership, or an acknowledgement. */
  peerGreeted(connection: Connection): void {
    if (sameView(connection.peerView, this.#state.established.view)) this.#sending.acknowledge(connection)
    else this.#announcer.repeat()
  }

  /** A new incarnation is connected: it is told the membership. */
  connected(): void {
    this.#announcer.repeat()
  }

  /** A peer said which view it has adopted. */
  peerViewSeen(connection: Connection, view: View): void {
    const known = sameView(connection.readyView, this.#state.established.view)
    if (!known && sameView(view, this.#state.established.view)) {
      connection.readyView = view
      this.#sending.transmit(connection)
    }
    this.#retire()
    this.#confirm()
    this.#announcer.heard()
  }

  secondAck(message: MessageOf<'SecondAck'>): void {
    const member = memberOf(this.#state.established.members, message.sourceMember)
    if (member === undefined) return
    this.#laggards.heard(message.sourceMember, message.executed)
    this.#handOver.reported(message.sourceMember, message.executed)
    this.#announcer.memberHeard(message.sourceMember, message.view)
    this.#state.stability.report(message.sourceMember, message.held)
    this.#stabilityMoved()
    this.#supplyOrphaned(member, message)
    if (!member.caughtUp) this.#confirmCaughtUp(member, message)
  }

  /** Inputs of an incarnation that is gone can only come from a member. */
  #supplyOrphaned(member: MemberInfo, message: MessageOf<'SecondAck'>): void {
    let left = this.#state.limits.supplyDatagramsMax
    this.#state.lacking.delete(member.memberId)
    for (const report of message.received) {
      const inbox = this.#state.inboxes.get(`${report.group}:${report.epoch}`)
      if (inbox === undefined || this.#isAlive(inbox) || report.upTo >= inbox.receivedUpTo) continue
      this.#state.lacking.add(member.memberId)
      if (left-- === 0) break
      supply(this.#state, member.locator, { entriesFrom: 1, upTo: 0, inbox, messagesFrom: report.upTo + 1 })
    }
    if (this.#idleOrderAt === undefined) this.#heartbeatSoon()
  }

  /** Of an incarnation that sends again what somebody lacks. */
  #isAlive(inbox: Inbox): boolean {
    for (const each of this.#state.connections.values()) if (each.inbox === inbox) return !each.givenUp
    return false
  }

  join(message: MessageOf<'ProposeBackup'>): void {
    const { established, history, limits } = this.#state
    if (memberOf(established.members, message.sourceMember) !== undefined) return this.#announcer.repeat()
    if (this.#state.faulty.has(message.sourceMember) || established.members.length >= limits.membersMax) return
    if (this.#state.historyTruncated) {
      return this.#state.sendInside([message.locator], this.#state.refusal())
    }
    const precedence = ++this.#state.precedenceMax as MemberInfo['precedence']
    this.#decideMembership(ENTRY.join, message.sourceMember, precedence)
    const member = { memberId: message.sourceMember, precedence, locator: message.locator, caughtUp: false }
    this.#announcer.joinIndex = history.held
    this.#announcer.grew = true
    this.#changeMembers([...established.members, member])
  }

  /** A connected group asks for another primary. */
  handOver(member: MemberId): void {
    if (this.#handOver.begin(member)) this.#heartbeat()
  }

  fault(member: MemberId): void {
    this.#handOver.lost(member)
    this.#remove(member)
    for (const connection of this.#state.connections.values()) if (connection.givenUp) this.#tellLoss(connection)
    this.#retire()
    this.#confirm()
  }

  /** Somebody that was removed is alive and does not know it. */
  strange(member: MemberId): void {
    const locator = this.#removed.get(member)
    if (locator === undefined) return
    this.#state.sendInside([locator], { kind: 'RemoveBackup', members: this.#state.established.members })
  }

  expire(): void {
    const { now } = this.#state
    this.#sending.expire()
    if (this.#idleOrderAt !== undefined && this.#idleOrderAt <= now) {
      this.#heartbeat()
      this.#heartbeatSoon()
    }
    if (this.#handOver.due()) this.#heartbeat()
    this.#announcer.expire()
    for (const member of this.#laggards.due()) {
      this.#remove(member)
      this.strange(member)
    }
  }

  #heartbeat(): void {
    const { history, limits, stability } = this.#state
    for (const member of this.#state.others) {
      const from = stability.heldBy(member.memberId) + 1
      const order = this.#state.heartbeatsCarryOrder
        ? history.block(from, history.held, limits.orderBytesMax)
        : NO_ENTRIES
      this.#state.sendInside(
        [member.locator],
        { kind: 'Heartbeat', executed: this.#state.executed as OrderIndex },
        order,
      )
    }
    // Only its end frees the others of it.
    if (!this.#judged) for (const member of this.#retiring) this.strange(member)
  }

  /** The backups do not wait for a reflection: their confirmation is awaited elsewhere (protocol.md 5.9). */
  #orderDirectly(): void {
    const { history, limits, others, executed } = this.#state
    const to = others.map((member) => member.locator)
    while (this.#orderedDirectly < history.held) {
      const order = history.block(this.#orderedDirectly + 1, history.held, limits.orderBytesMax)
      this.#orderedDirectly = order.entries.length > 0 ? lastOf(order) : history.held
      this.#state.sendInside(to, { kind: 'Heartbeat', executed: executed as OrderIndex }, order)
    }
  }

  #stabilityMoved(): void {
    const stable = this.#state.stableIndex
    if (stable === this.#lastStable) return
    this.#lastStable = stable
    this.#heartbeatSoon()
  }

  /** While somebody lacks order or inputs of the primary, or a newcomer's report is awaited that may be lost. */
  #heartbeatSoon(): void {
    const { stableIndex, history, others, now, limits, lacking } = this.#state
    const awaits = ({ memberId, caughtUp }: MemberInfo): boolean => !caughtUp || lacking.has(memberId)
    const awaited = stableIndex < history.held || others.some(awaits)
    this.#idleOrderAt = awaited ? ((now + limits.idleOrderDelay) as Instant) : undefined
  }

  #confirmCaughtUp(member: MemberInfo, message: MessageOf<'SecondAck'>): void {
    const { history, limits, connections } = this.#state
    // Whoever leads without knowing the present judges would not ask them what they have let out.
    const begun = [...connections.values()].map(({ begunAt }) => begunAt)
    const least = Math.max(this.#announcer.joinIndex, history.held - limits.caughtUpLagMax, ...begun)
    if (message.executed < least) return
    // It could be the only one left: a connected group that does not know it yet would refuse its proposal for ever.
    if (!this.#allKnow()) return
    this.#unconfirmed.add(member.memberId)
    this.#changeMembers(
      this.#state.established.members.map((other) => (other === member ? { ...other, caughtUp: true } : other)),
    )
    this.#confirm()
  }

  /** Every connected group knows that they count: what is let out from this entry on they have executed. */
  #confirm(): void {
    if (this.#unconfirmed.size === 0 || !this.#allKnow()) return
    for (const { memberId, precedence } of this.#state.established.members) {
      if (this.#unconfirmed.has(memberId)) this.#decideMembership(ENTRY.caughtUp, memberId, precedence)
    }
    this.#unconfirmed.clear()
    this.flush()
  }

  #decideMembership(kind: typeof ENTRY.join | typeof ENTRY.caughtUp, memberId: MemberId, precedence: number): void {
    this.#state.history.append(encodeMemberEntry({ kind, memberId, precedence }))
    this.#state.executed = this.#state.history.held
  }

  #remove(member: MemberId): void {
    const gone = memberOf(this.#state.established.members, member)
    if (gone === undefined) return
    this.#state.lacking.delete(member)
    this.#unconfirmed.delete(member)
    this.#removed.set(member, gone.locator)
    if (this.#removed.size > REMOVED_MAX) this.#removed.delete(this.#removed.keys().next().value as MemberId)
    this.#retiring = [...this.#retiring, member]
    this.#announcer.grew = false
    this.#changeMembers(this.#state.established.members.filter((other) => other.memberId !== member))
  }

  #changeMembers(members: readonly MemberInfo[]): void {
    const { view, length } = this.#state.established
    this.#state.established = {
      view: { ...view, backupView: view.backupView + 1 },
      members: byPrecedence(members),
      length,
    }
    this.#state.adopted = this.#state.established.view
    this.#laggards.changed()
    this.#count()
    this.#announcer.repeat()
    this.flush()
  }

  /** Once every connected group knows the smaller membership, the removed count no more. */
  #retire(): void {
    if (this.#retiring.length === 0 || !this.#allKnow()) return
    this.#retiring = this.#judged ? [] : this.#retiring.filter((member) => !this.#state.faulty.has(member))
    this.#count()
  }

  /**
   * A connected group is there that knows a view, and so judges between primaries. Without one a member that was only
   * silent may lead others meanwhile, and the next judge must not be told of a view without it before its supervisor
   * has given it up (ADR 59).
   */
  get #judged(): boolean {
    for (const connection of this.#state.connections.values()) {
      if (!connection.givenUp && this.#state.isTold(connection)) return true
    }
    return false
  }

  /** Every connected group knows the present membership; who has been told of none yet will take what it is told. */
  #allKnow(): boolean {
    const { established, connections } = this.#state
    for (const connection of connections.values()) {
      const { givenUp, peerView } = connection
      if (!givenUp && this.#state.isTold(connection) && !knows(peerView, established.view)) return false
    }
    return true
  }

  #count(): void {
    const members = [...this.#state.others.map((member) => member.memberId), ...this.#retiring]
    this.#state.stabilityMembers = members
    this.#state.stability.retain(members)
    this.#stabilityMoved()
  }

  #tellLoss(connection: Connection): void {
    if (connection.lossTold) return
    connection.lossTold = true
    const group: GroupId = connection.peer.group
    this.#state.outputs.push({ output: 'peerLost', group })
  }
}
