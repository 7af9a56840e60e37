import type { Instant, MemberInfo, MessageOf, OrderIndex } from '../../message/index.js'
import { GROUP } from '../../message/index.js'
import { memberOf } from '../membership/view.js'
import type { Connection } from './connection.js'
import type { Inbox } from './inbox.js'
import { earliest } from '../deadlines.js'
import { Patience } from '../patience.js'
import type { ReplicaState } from './state.js'
import { supply } from './supply.js'

/** What every member that is not the primary does: report what it holds, and get what it lacks. */
export class Following {
  readonly #state: ReplicaState
  #secondAckAt: Instant | undefined
  #unreported = 0
  /** Highest entry that somebody is known to hold. */
  #knownIndex = 0
  #pullAt: Instant | undefined
  /** With others, to say how it goes on without the last primary. */
  readonly #orphaned: Patience
  /** Something has come in the answer that is under way. */
  #supplies = false

  constructor(state: ReplicaState) {
    this.#state = state
    this.#orphaned = new Patience(state.limits.orphanTimeout)
  }

  get deadline(): Instant | undefined {
    return earliest(this.#secondAckAt, this.#pullAt, this.#orphaned.deadline)
  }

  stop(): void {
    this.#secondAckAt = undefined
    this.#pullAt = undefined
    this.#orphaned.stop()
    this.#unreported = 0
  }

  /** The primary is gone, or this member was left out of what follows it; somebody should say how it goes on. */
  orphaned(): void {
    if (this.#orphaned.deadline === undefined) this.#orphaned.start(this.#state.now)
  }

  /** A view is established, and this member is part of it. */
  adopted(): void {
    this.#orphaned.stop()
    this.reportAll()
  }

  /** Messages or entries arrived, or entries were executed: to be reported before long. */
  noteNews(count: number): void {
    if (count === 0) return
    this.#unreported += count
    if (this.#unreported >= this.#state.limits.secondAckCount) return this.reportAll()
    this.#secondAckAt ??= (this.#state.now + this.#state.limits.secondAckDelay) as Instant
  }

  /** A peer holds entries of this group up to here; what is missing is asked for if it does not come by itself. */
  peerHolds(connection: Connection | undefined, index: number): void {
    if (connection === undefined || index <= this.#state.history.held) return
    connection.gap.expect(this.#state.now)
    this.#knownIndex = Math.max(this.#knownIndex, index)
  }

  /** The turn is over: under `acknowledged` somebody waits to hear what was executed in it. */
  turnOver(): void {
    if (this.#state.commit === 'acknowledged' && this.#unreported > 0) this.reportAll()
  }

  reportAll(): void {
    this.reportTo(undefined)
    const { now, connections, limits, commit } = this.#state
    for (const connection of connections.values()) {
      const news = connection.reportedUpTo < connection.inbox.receivedUpTo || commit === 'acknowledged'
      const due = now - connection.reportedAt >= limits.idleReportDelay
      if (!connection.givenUp && (news || due)) this.reportTo(connection)
    }
    this.#secondAckAt = undefined
    this.#unreported = 0
  }

  /** A SecondAck to a connected group, or to the own primary. */
  reportTo(connection: Connection | undefined): void {
    const { history, executed, connections, keptBytes } = this.#state
    const received = [...connections.values()].map((each) => each.inbox.summary())
    const body = { held: history.held, executed: executed as OrderIndex, keptBytes, received }
    if (connection !== undefined) {
      connection.reportedUpTo = connection.inbox.receivedUpTo
      connection.reportedAt = this.#state.now
      return this.#state.sendPeer(connection, { kind: 'SecondAck', ...body })
    }
    const primary = this.#state.primary
    if (primary !== undefined) this.#state.sendInside([primary.locator], { kind: 'SecondAck', ...body })
  }

  /** This member lacks the beginning: it asks the primary until it has everything up to `knownIndex`. */
  catchUp(knownIndex: number): void {
    this.#knownIndex = Math.max(this.#knownIndex, knownIndex)
    this.#pull()
  }

  /**
   * Takes what another member sends; returns whether an answer ended that brought something. One that did not, a
   * duplicate above all, is no reason to ask on at once: two who ask and answer in vain would never stop.
   */
  supplied(message: MessageOf<'State'>): boolean {
    this.#knownIndex = Math.max(this.#knownIndex, message.length)
    if (this.#state.merge(message.order)) this.#supplies = true
    for (const held of message.messages) {
      if (this.#state.inbox(held.group, held.epoch)?.put(held.sequence, [held.payload]) !== true) continue
      this.#supplies = true
      this.#state.work()
    }
    for (const { group, epoch, upTo } of message.received) {
      const inbox = this.#state.inbox(group, epoch)
      // Of an incarnation that is gone one member may hold more than another; the history needs none of the rest.
      if (inbox !== undefined) inbox.announced = upTo
    }
    this.noteNews(1)
    if (this.#pullAt !== undefined) this.#pullAt = (this.#state.now + this.#state.limits.repeatDelay) as Instant
    if (message.final === 0 || !this.#supplies) return false
    this.#supplies = false
    this.#pull()
    return true
  }

  expire(): void {
    const { now } = this.#state
    if (this.#secondAckAt !== undefined && this.#secondAckAt <= now) this.reportAll()
    if (this.#pullAt !== undefined && this.#pullAt <= now) this.#pull()
    if (this.#orphaned.isOver(now)) this.#state.stop('no view followed that of the last primary')
  }

  get lacksEntries(): boolean {
    return this.#knownIndex > this.#state.history.held
  }

  /** The entries a Nack to a peer should name; empty when none is known to be missing. */
  missingEntries(): readonly { readonly from: number; readonly to: number }[] {
    const from = this.#state.history.held + 1
    return this.#knownIndex >= from ? [{ from, to: this.#knownIndex }] : []
  }

  /** Another member asks for what it lacks. */
  serve(message: MessageOf<'Nack'>): void {
    const asker = memberOf(this.#state.established.members, message.sourceMember)
    if (asker === undefined) return
    const [entries] = message.entries
    const [messages] = message.messages
    supply(this.#state, asker.locator, {
      entriesFrom: entries?.from ?? 1,
      upTo: Math.min(entries?.to ?? 0, this.#state.history.held),
      inbox: messages && this.#state.inboxes.get(`${message.from}:${message.fromEpoch}`),
      messagesFrom: messages?.from ?? 1,
    })
  }

  /** The history from its start is still coming. */
  get catchingUp(): boolean {
    const { isPrimary, established, identity } = this.#state
    return !isPrimary && memberOf(established.members, identity.memberId)?.caughtUp === false
  }

  /** Something was asked of a member and has not all come. */
  get pulling(): boolean {
    return this.#pullAt !== undefined
  }

  /** Who is asked: the backup of highest rank, which has the least to do, or else the primary. */
  get #helper(): MemberInfo | undefined {
    const { others, faulty, primary } = this.#state
    const able = others.filter((member) => member.caughtUp && !faulty.has(member.memberId))
    return able.findLast((member) => member.memberId !== primary?.memberId) ?? primary
  }

  /** One request for the oldest thing that is missing; the answer brings the next. */
  #pull(): void {
    const { history, identity } = this.#state
    this.#pullAt = undefined
    const helper = this.#helper
    if (!this.catchingUp || helper === undefined) return
    const inbox = [...this.#state.inboxes.values()].find(lacking)
    const entries = history.held < this.#knownIndex ? [{ from: history.held + 1, to: this.#knownIndex }] : []
    if (inbox === undefined && entries.length === 0) return
    const messages = inbox === undefined ? [] : [{ from: inbox.receivedUpTo + 1, to: inbox.announced }]
    this.#state.sendInside([helper.locator], {
      kind: 'Nack',
      entries,
      from: inbox?.group ?? GROUP.gateway,
      fromEpoch: inbox?.epoch ?? identity.epoch,
      messages,
    })
    this.#pullAt = (this.#state.now + this.#state.limits.repeatDelay) as Instant
  }

  /** Entries that the primary sent itself, since they found nothing to ride on. */
  heartbeat(message: MessageOf<'Heartbeat'>): void {
    if (!this.#state.settledView) return
    if (this.#state.merge(message.order)) this.noteNews(message.order.entries.length)
    else this.reportTo(undefined)
  }
}

function lacking(inbox: Inbox): boolean {
  return inbox.receivedUpTo < inbox.announced
}
