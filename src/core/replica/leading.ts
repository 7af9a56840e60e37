import type {
  GroupId,
  Instant,
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
import { byPrecedence, memberOf, sameView } from '../membership/view.js'
import { Announcer } from './announcer.js'
import type { Connection } from './connection.js'
import type { ReplicaState } from './state.js'
import { supply } from './supply.js'

/** What only the primary does: send and send again, keep the backups supplied, change the membership. */
export class Leading {
  readonly #state: ReplicaState
  readonly #announcer: Announcer
  /** Removed, but some connected group may not know it yet: still counted for stability (protocol.md section 6). */
  #retiring: readonly MemberId[] = []
  #idleOrderAt: Instant | undefined
  #lastStable = 0
  /** Entries up to here were sent to the backups at once; what is lost of it comes with a heartbeat or a reflection. */
  #orderedDirectly = 0
  /** Incarnations already handed on as `peerUp`; bounded by the inboxes. */
  readonly #greetings = new Set<number>()

  constructor(state: ReplicaState) {
    this.#state = state
    this.#announcer = new Announcer(state)
  }

  get deadline(): Instant | undefined {
    return earliest(this.#idleOrderAt, this.#announcer.deadline)
  }

  /** This replica is the primary of the established view from now on. */
  begin(): void {
    this.#retiring = []
    this.#orderedDirectly = this.#state.history.held
    this.#greetings.clear()
    this.#count()
    for (const connection of this.#state.connections.values()) {
      connection.sent.rewind()
      connection.retransmit.stop()
      if (connection.givenUp) this.#tellLoss(connection)
    }
    this.#announcer.begin()
    this.flush()
  }

  flush(): void {
    for (const connection of this.#state.connections.values()) this.transmit(connection)
    if (this.#state.commit === 'acknowledged') this.#orderDirectly()
    if (this.#idleOrderAt === undefined && this.#state.stableIndex < this.#state.history.held) {
      this.#idleOrderAt = (this.#state.now + this.#state.limits.idleOrderDelay) as Instant
    }
  }

  /**
   * Sends what the peer has not been sent, as far as the window lets it; the order goes first or along
   * (protocol.md 5.1).
   */
  transmit(connection: Connection): void {
    const { history, limits, now } = this.#state
    if (connection.givenUp || !sameView(connection.readyView, this.#state.established.view)) return
    while (connection.sent.transmitted < connection.sent.last && connection.sent.flightBytes < limits.flightBytesMax) {
      let order = this.#nextOrder(connection)
      while (order.entries.length > 0 && lastOf(order) < history.held) {
        this.#state.sendPeer(connection, { kind: 'FirstAck' }, order)
        order = this.#nextOrder(connection)
      }
      const { sequence, payloads } = connection.sent.take(limits.payloadBytesMax)
      this.#state.sendPeer(connection, { kind: 'Data', sequence, payloads }, order)
      connection.retransmit.sent(now, connection.sent.transmitted)
      connection.acked()
    }
  }

  /** An acknowledgement with whatever order the peer lacks. */
  acknowledge(connection: Connection): void {
    let order = this.#nextOrder(connection)
    do {
      this.#state.sendPeer(connection, { kind: 'FirstAck' }, order)
      if (order.entries.length > 0) connection.retransmit.sent(this.#state.now, connection.sent.last + 1)
      order = lastOf(order) < this.#state.history.held ? this.#nextOrder(connection) : NO_ENTRIES
    } while (order.entries.length > 0)
    connection.acked()
  }

  /** The peer acknowledged messages or entries. */
  peerProgress(connection: Connection, message: { readonly ack: number; readonly heldIndex: number }): void {
    const news = connection.sent.acknowledge(message.ack)
    const held = connection.carrier.acknowledge(message.heldIndex)
    if (news || held) {
      connection.retransmit.acknowledged(this.#state.now, connection.sent.acknowledged, this.#outstanding(connection))
    }
    if (news) this.transmit(connection)
  }

  /** The peer lacks what it names. */
  peerNack(connection: Connection, message: MessageOf<'Nack'>): void {
    const { history, limits } = this.#state
    for (const range of message.entries.slice(0, limits.rangesPerNackMax)) {
      const order = history.block(range.from, range.to, limits.orderBytesMax)
      if (order.entries.length > 0) this.#state.sendPeer(connection, { kind: 'FirstAck' }, order)
    }
    for (const range of message.messages.slice(0, limits.rangesPerNackMax)) {
      const payloads = connection.sent.slice(
        range.from,
        Math.min(range.to, connection.sent.transmitted),
        limits.payloadBytesMax,
      )
      const sequence = range.from as MessageOf<'Data'>['sequence']
      if (payloads.length > 0) this.#state.sendPeer(connection, { kind: 'Data', sequence, payloads })
    }
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
    if (sameView(connection.peerView, this.#state.established.view)) this.acknowledge(connection)
    else this.#announcer.repeat()
  }

  /** A new incarnation is connected: it is told the membership. */
  connected(): void {
    this.#announcer.repeat()
  }

  /** A peer said which view it has adopted. */
  peerViewSeen(connection: Connection, view: View): void {
    const known = sameView(connection.readyView, this.#state.established.view)
    connection.peerView = view
    if (!known && sameView(view, this.#state.established.view)) {
      connection.readyView = view
      this.transmit(connection)
    }
    this.#retire()
    this.#announcer.heard()
  }

  secondAck(message: MessageOf<'SecondAck'>): void {
    const member = memberOf(this.#state.established.members, message.sourceMember)
    if (member === undefined) return
    this.#announcer.memberHeard(message.sourceMember, message.view)
    this.#state.stability.report(message.sourceMember, message.held)
    this.#stabilityMoved()
    this.#supplyOrphaned(member, message)
    if (!member.caughtUp) this.#confirmCaughtUp(member, message)
  }

  /** Inputs of an incarnation that is gone can only come from a member. */
  #supplyOrphaned(member: MemberInfo, message: MessageOf<'SecondAck'>): void {
    let left = this.#state.limits.supplyDatagramsMax
    for (const report of message.received) {
      const inbox = this.#state.inboxes.get(`${report.group}:${report.epoch}`)
      const connection = this.#state.connections.get(report.group)
      const alive = connection?.inbox === inbox && connection?.givenUp === false
      if (inbox === undefined || alive || report.upTo >= inbox.receivedUpTo) continue
      if (left-- === 0) return
      supply(this.#state, member.locator, { entriesFrom: 1, upTo: 0, inbox, messagesFrom: report.upTo + 1 })
    }
  }

  join(message: MessageOf<'ProposeBackup'>): void {
    const { established, history, limits } = this.#state
    if (memberOf(established.members, message.sourceMember) !== undefined) return this.#announcer.repeat()
    if (this.#state.faulty.has(message.sourceMember) || established.members.length >= limits.membersMax) return
    if (this.#state.historyTruncated) {
      this.#state.sendInside([message.locator], {
        kind: 'Refuse',
        known: established.view,
        members: established.members,
      })
      return
    }
    const precedence = ++this.#state.precedenceMax as MemberInfo['precedence']
    this.#decideMembership(ENTRY.join, message.sourceMember, precedence)
    const member = { memberId: message.sourceMember, precedence, locator: message.locator, caughtUp: false }
    this.#announcer.joinIndex = history.held
    this.#announcer.grew = true
    this.#changeMembers([...established.members, member])
  }

  fault(member: MemberId): void {
    const gone = memberOf(this.#state.established.members, member)
    if (gone !== undefined) {
      this.#retiring = [...this.#retiring, member]
      this.#announcer.grew = false
      this.#changeMembers(this.#state.established.members.filter((other) => other.memberId !== member))
    }
    for (const connection of this.#state.connections.values()) if (connection.givenUp) this.#tellLoss(connection)
    this.#retire()
  }

  expire(): void {
    const { now, limits } = this.#state
    for (const connection of this.#state.connections.values()) {
      if (connection.ackAt !== undefined && connection.ackAt <= now) this.acknowledge(connection)
      if (connection.retransmit.deadline !== undefined && connection.retransmit.deadline <= now)
        this.#resend(connection)
    }
    if (this.#idleOrderAt !== undefined && this.#idleOrderAt <= now) {
      this.#idleOrderAt = undefined
      this.#heartbeat()
      if (this.#state.stableIndex < this.#state.history.held)
        this.#idleOrderAt = (now + limits.idleOrderDelay) as Instant
    }
    this.#announcer.expire()
  }

  #nextOrder(connection: Connection): ReturnType<Connection['carrier']['next']> {
    const { history, limits, stableIndex } = this.#state
    return connection.carrier.next(history, stableIndex, {
      bytesMax: limits.orderBytesMax,
      repeatBytesMax: limits.orderRepeatBytesMax,
    })
  }

  #outstanding(connection: Connection): boolean {
    return (
      connection.sent.transmitted > connection.sent.acknowledged ||
      connection.carrier.outstanding(this.#state.stableIndex)
    )
  }

  #resend(connection: Connection): void {
    if (connection.givenUp || !this.#outstanding(connection)) return connection.retransmit.stop()
    connection.retransmit.expired(this.#state.now)
    connection.sent.rewind()
    connection.carrier.rewind()
    if (connection.sent.transmitted < connection.sent.last) this.transmit(connection)
    else this.acknowledge(connection)
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
    const behind = stable < this.#state.history.held
    this.#idleOrderAt = behind ? ((this.#state.now + this.#state.limits.idleOrderDelay) as Instant) : undefined
  }

  #confirmCaughtUp(member: MemberInfo, message: MessageOf<'SecondAck'>): void {
    const { history, limits } = this.#state
    if (message.executed < Math.max(this.#announcer.joinIndex, history.held - limits.caughtUpLagMax)) return
    this.#decideMembership(ENTRY.caughtUp, member.memberId, member.precedence)
    this.#changeMembers(
      this.#state.established.members.map((other) => (other === member ? { ...other, caughtUp: true } : other)),
    )
  }

  #decideMembership(kind: typeof ENTRY.join | typeof ENTRY.caughtUp, memberId: MemberId, precedence: number): void {
    this.#state.history.append(encodeMemberEntry({ kind, memberId, precedence }))
    this.#state.executed = this.#state.history.held
  }

  #changeMembers(members: readonly MemberInfo[]): void {
    const { view } = this.#state.established
    this.#state.established = {
      view: { ...view, backupView: view.backupView + 1 },
      members: byPrecedence(members),
    }
    this.#state.adopted = this.#state.established.view
    this.#count()
    this.#announcer.repeat()
    this.flush()
  }

  /** Once every connected group knows the smaller membership, the removed count no more. */
  #retire(): void {
    if (this.#retiring.length === 0) return
    const { backupView } = this.#state.established.view
    for (const connection of this.#state.connections.values()) {
      if (!connection.givenUp && connection.peerView.backupView < backupView) return
    }
    this.#retiring = []
    this.#count()
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
