import type { Instant, Message, MessageOf } from '../../message/index.js'
import { sameView } from '../membership/view.js'
import type { Connection } from './connection.js'
import type { Following } from './following.js'
import type { Inbox } from './inbox.js'
import type { Leading } from './leading.js'
import type { Sending } from './sending.js'
import { earliest } from '../deadlines.js'
import type { ReplicaState } from './state.js'

/** The end of what a recovering replica asks for: all that the peer has. */
const LAST = Number.MAX_SAFE_INTEGER

export interface FromPeersParts {
  readonly sending: Sending
  readonly leading: Leading
  readonly following: Following
}

/** What a replica, primary or backup, does with datagrams from connected groups. */
export class FromPeers {
  readonly #state: ReplicaState
  readonly #sending: Sending
  readonly #leading: Leading
  readonly #following: Following

  constructor(state: ReplicaState, parts: FromPeersParts) {
    this.#state = state
    this.#sending = parts.sending
    this.#leading = parts.leading
    this.#following = parts.following
  }

  get deadline(): Instant | undefined {
    let first: Instant | undefined
    for (const connection of this.#state.connections.values()) {
      first = earliest(first, earliest(connection.ackAt, connection.gap.deadline, connection.retransmit.deadline))
    }
    return first
  }

  receive(message: Message): void {
    const { sourceGroup, sourceEpoch } = message
    if (!this.#state.groups.has(sourceGroup)) return
    const current = this.#state.connections.get(sourceGroup)
    const connection = current?.peer.epoch === sourceEpoch ? current : undefined
    if (connection?.isFrom(message) === false) return
    const inbox = connection?.inbox ?? this.#state.inboxOfSource(sourceGroup, sourceEpoch)
    if (inbox === undefined) return
    const receivedBefore = inbox.receivedUpTo
    connection?.heardOf(message.peerView)
    if (connection !== undefined && this.#state.isPrimary) this.#leading.peerViewSeen(connection, message.peerView)
    const exact = this.#state.settledView && sameView(message.peerView, this.#state.adopted)
    const news = exact && this.#order(connection, message)
    if (message.kind === 'Data' && !this.#overflows(inbox) && inbox.put(message.sequence, message.payloads)) {
      this.#state.work()
      if (this.#state.role === 'recovering' && connection !== undefined) connection.gap.askAt(this.#state.now)
      else if (!this.#state.leads) this.#following.noteNews(message.payloads.length)
      this.boundHistory()
    }
    if (message.kind === 'KeepAlive') this.#keepAlive(connection, message)
    if (connection === undefined) return
    if (message.kind === 'Data') this.#owe(connection, message)
    if (message.kind === 'Nack' && this.#state.isPrimary) this.#sending.repair(connection, message)
    if (message.kind === 'FirstAck' && news && !this.#state.isPrimary) {
      this.#following.reportTo(connection)
      this.#following.reportTo(undefined)
    }
    if (inbox.window.hasGap) this.#missing(connection, inbox.receivedUpTo > receivedBefore)
    else if (this.#state.role !== 'recovering' && !this.#following.lacksEntries) connection.gap.close()
  }

  expire(): void {
    for (const connection of this.#state.connections.values()) {
      if (connection.gap.due(this.#state.now)) this.#nack(connection)
    }
  }

  /**
   * A takeover has begun: what the history says may need inputs that only a connected group still holds, and its
   * answer to the proposal has room for one datagram of them. They are asked for until the takeover is over.
   */
  recover(): void {
    const at = (this.#state.now + this.#state.limits.repeatDelay) as Instant
    for (const connection of this.#state.connections.values()) if (!connection.givenUp) connection.gap.askAt(at)
  }

  /** Keeps what is held for newcomers within its bound: beyond it the older half goes, and newcomers are refused. */
  boundHistory(): void {
    const { history, inboxes, limits } = this.#state
    let bytes = history.bytes
    for (const inbox of inboxes.values()) bytes += inbox.bytes
    if (bytes < limits.historyBytesMax) return
    this.#state.historyTruncated = true
    history.dropThrough(Math.min(this.#state.executed, Math.floor((history.first + history.held) / 2)))
    for (const inbox of inboxes.values()) inbox.dropOlderHalf()
  }

  /**
   * A peer heeds the window of all that it knows as caught-up members. Whoever gets more was left out and does not know
   * yet; a newcomer, or a new primary, takes what it can get.
   */
  #overflows(inbox: Inbox): boolean {
    return inbox.isFull && this.#state.role === 'backup' && !this.#following.catchingUp
  }

  /**
   * Acknowledgements and reflected order, which count only under the exact view (protocol.md 5.5). True when a
   * backup got news.
   */
  #order(connection: Connection | undefined, message: Message): boolean {
    if (this.#state.isPrimary) {
      if (connection !== undefined) this.#sending.progress(connection, message)
      return false
    }
    const acknowledged = connection?.sent.acknowledge(message.ack) === true
    const ordered = this.#state.merge(message.reflected)
    if (ordered) this.#following.noteNews(message.reflected.entries.length)
    this.#following.peerHolds(connection, message.heldIndex)
    return acknowledged || ordered
  }

  /** The primary owes an acknowledgement: at once when much has come, else it waits for data to ride on. */
  #owe(connection: Connection, message: MessageOf<'Data'>): void {
    if (!this.#state.isPrimary) return
    for (const payload of message.payloads) connection.unackedBytes += payload.length
    if (connection.unackedBytes >= this.#state.limits.ackBytesMax) return this.#sending.acknowledge(connection)
    connection.ackAt ??= (this.#state.now + this.#state.limits.ackDelay) as Instant
  }

  #keepAlive(connection: Connection | undefined, message: MessageOf<'KeepAlive'>): void {
    if (connection === undefined) {
      if (!this.#state.isPrimary) return
      const { sourceGroup: group, sourceEpoch: epoch, sourceMember: memberId, locator } = message
      return this.#leading.greeted({ group, epoch, memberId, locator })
    }
    const { window } = connection.inbox
    window.learn(message.lastSequence)
    if (window.hasGap && connection.gap.revealed(this.#state.now)) this.#nack(connection)
    if (this.#state.isPrimary) this.#leading.peerGreeted(connection)
    else if (!this.#state.leads) this.#following.reportTo(connection)
  }

  /** The program has taken messages: a peer that waits for room hears of it. */
  taken(connection: Connection): void {
    if (connection.givenUp || !connection.widened) return
    if (this.#state.isPrimary) this.#sending.acknowledge(connection)
    else if (!this.#state.leads) this.#following.reportTo(connection)
  }

  #missing(connection: Connection, progress: boolean): void {
    if (connection.gap.seen(this.#state.now, progress)) this.#nack(connection)
  }

  #nack(connection: Connection): void {
    const { gap } = connection
    if (connection.givenUp) return gap.close()
    // It is coming from a member: peers need not send it a second time, unless something is left at the end.
    if (this.#following.pulling) return gap.asked(this.#state.now)
    const { receivedUpTo, window } = connection.inbox
    const { role, limits } = this.#state
    const recovering = role === 'recovering'
    const messages = recovering ? [{ from: receivedUpTo + 1, to: LAST }] : window.missing(limits.rangesPerNackMax)
    const entries = this.#state.leads ? [] : this.#following.missingEntries()
    if (messages.length === 0 && entries.length === 0) return gap.close()
    const { group: from, epoch: fromEpoch } = connection.peer
    this.#state.sendPeer(connection, { kind: 'Nack', entries, from, fromEpoch, messages })
    gap.asked(this.#state.now)
  }
}
