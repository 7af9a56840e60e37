import { assert } from '../../base/index.js'
import type { Epoch, GroupId, Instant, Locator, MemberId, MemberInfo, MessageOf, View } from '../../message/index.js'
import { GROUP } from '../../message/index.js'
import { memberOf, proposalDistance, sameView } from '../membership/view.js'
import { earliest } from '../deadlines.js'
import { Patience } from '../patience.js'
import type { ReplicaState } from './state.js'

/** Inputs that another member holds and this one lacks. */
interface Orphaned {
  readonly member: MemberId
  readonly group: GroupId
  readonly epoch: Epoch
  readonly from: number
  readonly to: number
}

/** A member's answer to the proposal. */
type Accepted = Pick<MessageOf<'AcceptPrimary'>, 'held' | 'received'>

/**
 * One attempt to become the primary (protocol.md section 6), or of the primary to stay it (ADR 57): propose, gather
 * what members and connected groups hold, take the longest history, let it be executed to its end, establish.
 */
export class Takeover {
  readonly #state: ReplicaState
  readonly proposed: View
  readonly #members: readonly MemberInfo[]
  /** What each answered to hold; bounded by membership and connected groups. */
  readonly #accepted = new Map<MemberId, Accepted>()
  readonly #reported = new Map<GroupId, number>()
  readonly #begunAt: Instant
  /** With members that do not answer. */
  readonly #answers: Patience
  /** With a history that cannot be executed any further. */
  readonly #drain: Patience
  #gaveUp = false
  #repeatAt: Instant | undefined
  #pullAt: Instant | undefined
  #complete = false

  constructor(state: ReplicaState) {
    this.#state = state
    const { established, faulty, identity, now, adopted, heardOf } = state
    const me = memberOf(established.members, identity.memberId)
    assert(me !== undefined && me.caughtUp, 'only a caught-up member of the established view proposes itself')
    const distance = proposalDistance(me, established)
    const number = (Math.max(established.view.number, adopted.number, heardOf) + distance) as View['number']
    this.proposed = { number, precedence: me.precedence, backupView: 0 }
    this.#members = established.members.filter((member) => !faulty.has(member.memberId))
    this.#begunAt = now
    this.#answers = new Patience(state.limits.recoveryTimeout)
    this.#drain = new Patience(state.limits.drainTimeout)
    this.#answers.start(now)
    state.role = state.leads ? 'outbidding' : 'recovering'
    state.adopted = this.proposed
    this.#propose()
    state.outputs.push({ output: 'proposed' })
    this.progress()
  }

  get deadline(): Instant | undefined {
    return earliest(earliest(this.#repeatAt, this.#pullAt), this.#drain.deadline, this.#answers.deadline)
  }

  /** It has waited for answers so long that a refusal is one of this proposal, not a late one of another. */
  get waiting(): boolean {
    return !this.#complete && this.#state.now - this.#begunAt >= this.#state.limits.repeatDelay
  }

  /** All that can be known is held: what remains is to execute it. */
  get complete(): boolean {
    return this.#complete
  }

  /** Who goes on in the new view, once it can be established; undefined before. */
  get outcome(): readonly MemberInfo[] | undefined {
    if (!this.#complete || this.#state.executed < this.#state.history.held) return undefined
    const { memberId: me } = this.#state.identity
    return this.#members.filter(({ memberId, caughtUp }) => {
      if (memberId === me || this.#accepted.has(memberId)) return true
      return !caughtUp && !this.#state.faulty.has(memberId)
    })
  }

  accepted(message: MessageOf<'AcceptPrimary'>): void {
    if (!sameView(message.accepted, this.proposed)) return
    if (memberOf(this.#members, message.sourceMember) === undefined) return
    this.#accepted.set(message.sourceMember, message)
    this.progress()
  }

  reported(message: MessageOf<'RecoveryReport'>): void {
    const connection = this.#state.connections.get(message.sourceGroup)
    if (connection === undefined || !sameView(message.accepted, this.proposed)) return
    connection.heardOf(message.peerView)
    connection.sent.acknowledge(message.receivedUpTo)
    connection.carrier.restart(message.held)
    connection.readyView = this.proposed
    this.#reported.set(message.sourceGroup, message.held)
    // A report has room for so many entries: the rest is asked for at once.
    if (this.#state.merge(message.reflected)) this.#pullAt = undefined
    this.progress()
  }

  /** The history says that a group has come meanwhile: it too is asked what it holds. */
  connected(group: GroupId): void {
    this.#reported.delete(group)
    this.#complete = false
    this.#drain.stop()
    this.#propose()
  }

  /** A member or a connected group was given up, or something arrived. */
  progress(): void {
    const { history, connections, faulty, now } = this.#state
    if (this.#complete) return
    // What only the dead hold nobody can supply; it was not released either, or a connected group would hold it.
    for (const member of this.#accepted.keys()) if (faulty.has(member)) this.#accepted.delete(member)
    for (const connection of connections.values()) {
      if (!connection.givenUp && !this.#reported.has(connection.peer.group)) return
    }
    // A newcomer may be busy starting the program; whatever was let out others hold, and it is told of the view later.
    if (!this.#gaveUp && this.#silent().some(({ caughtUp }) => caughtUp)) return
    const target = this.#target
    if (this.#isLost(target)) {
      return this.#state.stop('the history that others have seen is lost: nobody who lives holds it')
    }
    if (history.held < target || this.#orphaned() !== undefined) {
      if (this.#pullAt === undefined) this.#pull(target)
      return
    }
    this.#repeatAt = undefined
    this.#pullAt = undefined
    this.#complete = true
    this.#answers.stop()
    this.#drain.start(now)
    this.#countHeld()
    this.#state.outputs.push({ output: 'recovered' })
    this.#state.skipMembershipEntries()
    this.#state.work()
  }

  /** The longest history that somebody holds who lives. */
  get #target(): number {
    const { connections, history } = this.#state
    const accepted = [...this.#accepted.values()].map(({ held }) => held)
    const reported = [...this.#reported].filter(([group]) => connections.get(group)?.givenUp === false)
    return Math.max(history.held, ...accepted, ...reported.map(([, held]) => held))
  }

  /**
   * Something may have been let out by entries beyond the target: under `reflected` by whatever a connected group has
   * held that failed since. Under `acknowledged` backups held that, too, but for one that did not count yet: where it
   * has only itself and a connected group has failed, it cannot know what it lacks.
   */
  #isLost(target: number): boolean {
    const { commit, confirmedAt, connections, identity } = this.#state
    if (commit !== 'acknowledged') return Math.max(0, ...this.#reported.values()) > target
    const isAlone = !this.#members.some(({ memberId, caughtUp }) => {
      return caughtUp && memberId !== identity.memberId && this.#accepted.has(memberId)
    })
    return target < confirmedAt && isAlone && [...connections.values()].some(({ givenUp }) => givenUp)
  }

  expire(): void {
    const { now } = this.#state
    if (this.#repeatAt !== undefined && this.#repeatAt <= now) this.#propose()
    if (this.#pullAt !== undefined && this.#pullAt <= now) this.#pullAt = undefined
    if (this.#answers.isOver(now)) {
      this.#gaveUp = true
      this.#answers.stop()
    }
    if (this.#drain.isOver(now)) this.#stuck()
    this.progress()
  }

  /**
   * What the next entry needs died with others. Under `acknowledged` whatever was let out every backup has executed, so
   * nothing that anybody has seen depends on it: it never happened. Under `reflected` nobody knows, nor does a backup
   * that did not count when some of it was let out.
   */
  #stuck(): void {
    const { commit, history, executed, confirmedAt } = this.#state
    if (commit !== 'acknowledged' || executed < confirmedAt) {
      return this.#state.stop('the surviving history cannot be executed: what it needs is lost')
    }
    history.truncate(executed)
    this.#countHeld()
  }

  /** What each member that accepted holds of the history that goes on. */
  #countHeld(): void {
    const { stability, history } = this.#state
    stability.clear()
    for (const [member, { held }] of this.#accepted) stability.report(member, Math.min(held, history.held))
  }

  /** An entry was executed: the time to drain counts from the last progress. */
  executed(): void {
    if (this.#complete) this.#drain.start(this.#state.now)
  }

  /** More of what was asked for has come: ask on. */
  supplied(): void {
    this.#pullAt = undefined
    this.progress()
  }

  #silent(): readonly MemberInfo[] {
    const { faulty, identity } = this.#state
    return this.#members.filter(
      (member) =>
        member.memberId !== identity.memberId && !faulty.has(member.memberId) && !this.#accepted.has(member.memberId),
    )
  }

  #propose(): void {
    const { established, history, limits, now } = this.#state
    const body = {
      proposed: this.proposed,
      supersedes: established.view,
      supersededLength: established.length,
      members: this.#members,
      held: history.held,
      received: this.#state.received(),
    }
    const unanswered = this.#silent().map((member) => member.locator)
    this.#state.sendInside(unanswered, { kind: 'ProposePrimary', ...body })
    for (const connection of this.#state.connections.values()) {
      if (connection.givenUp || this.#reported.has(connection.peer.group)) continue
      this.#state.sendPeer(connection, { kind: 'ProposePrimary', ...body })
    }
    this.#repeatAt = (now + limits.repeatDelay) as Instant
  }

  /** Mostly of an incarnation that is gone; a live one has also been asked by its own proposal. */
  #orphaned(): Orphaned | undefined {
    for (const [member, { received }] of this.#accepted) {
      for (const { group, epoch, upTo } of received) {
        const inbox = this.#state.inbox(group, epoch)
        if (inbox !== undefined && upTo > inbox.receivedUpTo) {
          return { member, group, epoch, from: inbox.receivedUpTo + 1, to: upTo }
        }
      }
    }
    return undefined
  }

  #pull(target: number): void {
    const { history, identity, limits, now } = this.#state
    const orphaned = this.#orphaned()
    const body = {
      entries: history.held < target ? [{ from: history.held + 1, to: target }] : [],
      from: orphaned?.group ?? GROUP.gateway,
      fromEpoch: orphaned?.epoch ?? identity.epoch,
      messages: orphaned === undefined ? [] : [{ from: orphaned.from, to: orphaned.to }],
    }
    for (const [group, held] of this.#reported) {
      const connection = this.#state.connections.get(group)
      if (held > history.held && connection !== undefined) this.#state.sendPeer(connection, { kind: 'Nack', ...body })
    }
    this.#state.sendInside(this.#helpers(history.held, orphaned), { kind: 'Nack', ...body })
    this.#pullAt = (now + limits.repeatDelay) as Instant
  }

  /** Who has what is asked for. */
  #helpers(held: number, orphaned: Orphaned | undefined): readonly Locator[] {
    return this.#members
      .filter(({ memberId }) => {
        const theirs = this.#accepted.get(memberId)
        return theirs !== undefined && (theirs.held > held || memberId === orphaned?.member)
      })
      .map((member) => member.locator)
  }
}
