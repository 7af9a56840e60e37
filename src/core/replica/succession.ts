import type { Instant, MemberId, MemberInfo, Message, MessageOf, View } from '../../message/index.js'
import { Strays } from '../membership/strays.js'
import type { Membership } from '../membership/view.js'
import {
  announcedBy,
  memberOf,
  missed,
  olderThan,
  primaryOf,
  replaces,
  sameView,
  successorOf,
} from '../membership/view.js'
import type { Following } from './following.js'
import type { FromPeers } from './from-peers.js'
import type { Leading } from './leading.js'
import type { ReplicaState } from './state.js'
import { Takeover } from './takeover.js'

export interface SuccessionParts {
  readonly leading: Leading
  readonly following: Following
  readonly fromPeers: FromPeers
}

/**
 * Which view this replica is in, and whether it is its turn to lead (protocol.md section 6): proposals and their
 * answers, established views, changes of the membership inside them.
 */
export class Succession {
  readonly #state: ReplicaState
  readonly #leading: Leading
  readonly #following: Following
  readonly #fromPeers: FromPeers
  #takeover: Takeover | undefined
  readonly #strays = new Strays()
  /** When the one whose turn it is was first expected to propose itself, or last called upon. */
  #calledAt: Instant | undefined

  constructor(state: ReplicaState, parts: SuccessionParts) {
    this.#state = state
    this.#leading = parts.leading
    this.#following = parts.following
    this.#fromPeers = parts.fromPeers
  }

  /** While this replica tries to become the primary. */
  get takeover(): Takeover | undefined {
    return this.#takeover
  }

  /** A connected group, or another member, says that a member has failed. */
  fault(message: MessageOf<'FaultNotice'>): void {
    const { member, members, length, sourceGroup } = message
    const { role, identity } = this.#state
    const view = sourceGroup === identity.group ? message.view : message.peerView
    if (role === 'backup' || role === 'frozen' || this.#state.leads) this.#informed({ view, members, length })
    this.failed(member)
  }

  /** A member of any group has failed, as somebody knows who may say so. */
  failed(member: MemberId): void {
    // Whoever was told so counts on it: this member must not be there any more when the others go on without it.
    if (member === this.#state.identity.memberId) return this.#state.stop('declared to have failed')
    this.#state.noteFaulty(member)
    for (const connection of this.#state.connections.values()) {
      if (connection.peer.memberId !== member) continue
      connection.givenUp = true
      connection.stopTimers()
    }
    if (this.#state.isPrimary) this.#leading.fault(member)
    this.#takeover?.progress()
    this.establishIfDone()
    this.considerTakeover()
  }

  /** The caught-up backup of lowest rank proposes itself when the primary, and whoever proposed since, are gone. */
  considerTakeover(): void {
    const { role, established, faulty, identity, adopted } = this.#state
    if (role !== 'backup' && role !== 'frozen') return
    const primary = primaryOf(established)
    if (primary === undefined || !faulty.has(primary.memberId)) return
    this.#following.orphaned()
    const proposer = established.members.find((member) => member.precedence === adopted.precedence)
    if (proposer !== undefined && !faulty.has(proposer.memberId)) return
    const successor = successorOf(established, faulty)
    if (successor?.memberId === identity.memberId) return this.#begin()
    if (successor !== undefined) this.#callUpon(successor, primary.memberId)
  }

  /**
   * The successor may not know that it was confirmed as caught up, if that word was lost and whoever said it died: with
   * every later FaultNotice it is told what this member knows.
   */
  #callUpon({ locator }: MemberInfo, member: MemberId): void {
    const { now, limits, identity, established } = this.#state
    this.#calledAt ??= now
    if (now - this.#calledAt < limits.repeatDelay) return
    this.#calledAt = now
    const { members, length } = established
    this.#state.sendInside([locator], { kind: 'FaultNotice', group: identity.group, member, members, length })
  }

  /**
   * What somebody else knows of the membership may be newer: a member that was cut off for a while would lead alone, or
   * wait for somebody who has gone since.
   */
  #informed(known: Membership): void {
    const { established, adopted, identity, leads } = this.#state
    if (known.members.length === 0) return
    const changed = sameView(known.view, established.view) && olderThan(established.view, known.view)
    const followed = known.view.number > established.view.number && known.view.number >= adopted.number
    if (leads ? !followed : !changed && !followed) return
    if (leads) return this.#state.stop('superseded by a newer view')
    if (memberOf(known.members, identity.memberId) === undefined) {
      return this.#state.stop(changed ? 'removed from the group' : 'left out of the established view')
    }
    if (changed) this.#knows(known.view, known.members)
    else if (sameView(known.view, adopted)) this.#follow(known)
  }

  /** The primary goes, as planned, and leaves its place to this member. */
  handedOver({ member }: MessageOf<'HandOver'>): void {
    const { role, established, identity, faulty, settledView } = this.#state
    const [primary, me] = [primaryOf(established), memberOf(established.members, identity.memberId)]
    if (member !== identity.memberId || role !== 'backup' || !settledView) return
    if (primary === undefined || me?.caughtUp !== true) return
    // It ends by itself, and never comes back as who it was.
    if (!faulty.has(primary.memberId)) this.#state.noteFaulty(primary.memberId)
    this.#begin()
  }

  #begin(): void {
    this.#following.stop()
    for (const connection of this.#state.connections.values()) connection.stopTimers()
    this.#propose()
  }

  #propose(): void {
    this.#takeover = new Takeover(this.#state)
    // Who leads has all that its history needs.
    if (!this.#state.leads) this.#fromPeers.recover()
    this.establishIfDone()
  }

  /**
   * Somebody adopted a later proposal before it heard of this view, and waits for its proposer. If that one is alive it
   * will be heard of; if it is gone, or was left out, only a higher number frees those who wait (ADR 57).
   */
  #outbid({ adopted }: MessageOf<'Refuse'>): void {
    const { isPrimary, established } = this.#state
    if (isPrimary && adopted.number > established.view.number && this.#isOrphaned(adopted)) this.#begin()
  }

  /** Whoever proposed this view is gone, or was left out: nobody will establish it. */
  #isOrphaned(proposed: View): boolean {
    const { established, faulty } = this.#state
    const proposer = primaryOf({ view: proposed, members: established.members })
    return proposer === undefined || faulty.has(proposer.memberId)
  }

  establishIfDone(): void {
    const members = this.#takeover?.outcome
    if (members === undefined || this.#takeover === undefined) return
    this.#strays.followed(this.#state.established.members, members)
    this.#state.established = { view: this.#takeover.proposed, members, length: this.#state.history.held }
    this.#takeover = undefined
    const promoted = !this.#state.leads
    this.lead()
    if (promoted) this.#state.outputs.push({ output: 'promoted' })
    this.#state.work()
  }

  lead(): void {
    this.#state.role = 'primary'
    this.#leading.begin()
  }

  /** Somebody proposes itself. Answered at once in every role (protocol.md section 6). */
  proposal(message: MessageOf<'ProposePrimary'>): void {
    const { established, adopted, identity, history } = this.#state
    const proposer = memberOf(established.members, message.sourceMember)
    if (this.#state.role === 'joining') return
    const repeated = sameView(message.proposed, adopted) && !sameView(adopted, established.view)
    const newer = replaces(message.proposed, adopted, sameView(adopted, established.view))
    if (proposer === undefined || !(newer || repeated)) {
      const locator = proposer?.locator ?? message.members.find((m) => m.memberId === message.sourceMember)?.locator
      return locator === undefined ? undefined : this.#state.sendInside([locator], this.#state.refusal())
    }
    this.#state.adopted = message.proposed
    this.#takeover = undefined
    const included = memberOf(message.members, identity.memberId) !== undefined
    // A primary that others have given up on: what it did since, nobody will accept (protocol.md section 7).
    if (this.#state.leads) return this.#state.stop('superseded by a newer view')
    this.#state.role = included ? 'backup' : 'frozen'
    if (!included) return this.#following.orphaned()
    if (missed(established.view, message.supersedes)) {
      if (this.#state.executed > message.supersededLength)
        return this.#state.stop('executed beyond the established history')
      history.truncate(message.supersededLength)
    }
    const body = { accepted: message.proposed, held: history.held, received: this.#state.received() }
    this.#state.sendInside([proposer.locator], { kind: 'AcceptPrimary', ...body })
  }

  established(message: MessageOf<'Establish'>): void {
    const { established, adopted } = this.#state
    if (this.#state.role === 'joining') return
    if (!this.knowsSender(message)) return
    if (!announcedBy(message.sourceMember, { view: message.established, members: message.members })) return
    if (sameView(message.established, established.view)) return this.#knows(message.established, message.members)
    if (message.established.number < adopted.number) return this.#refuse(message)
    if (memberOf(message.members, this.#state.identity.memberId) === undefined) {
      return this.#state.stop('left out of the established view')
    }
    if (!sameView(message.established, adopted)) return
    this.#follow({ view: message.established, members: message.members, length: message.length })
  }

  /** A proposal came before this view was known, and counts more: whoever leads must know (ADR 57). */
  #refuse({ members, sourceMember }: MessageOf<'Establish'>): void {
    const locator = memberOf(members, sourceMember)?.locator
    if (locator !== undefined && !this.#state.settledView) this.#state.sendInside([locator], this.#state.refusal())
  }

  /** Who has no place yet cannot know who has one; all others hear of views from members alone. */
  knowsSender(message: Message): boolean {
    const { members } = this.#state.established
    const me = memberOf(members, this.#state.identity.memberId)
    return me?.caughtUp !== true || memberOf(members, message.sourceMember) !== undefined
  }

  /** A change of backups inside the established view; for a newcomer, its admission. */
  membership(message: MessageOf<'AcceptBackup'> | MessageOf<'RemoveBackup'>): void {
    const { established, role, identity } = this.#state
    if (this.#state.leads || !this.knowsSender(message) || !announcedBy(message.sourceMember, message)) return
    const included = memberOf(message.members, identity.memberId)
    if (included === undefined) {
      // Whoever has agreed to a newer view hears no more from the one before: it may be the only one to go on with.
      const counts = this.#state.settledView && sameView(message.view, established.view)
      return counts ? this.#state.stop('removed from the group') : undefined
    }
    const admission = message.kind === 'AcceptBackup' && !included.caughtUp ? message : undefined
    const same = sameView(message.view, established.view)
    if (!same && (admission === undefined || message.view.number <= established.view.number)) return
    if (admission !== undefined && (role === 'joining' || !same)) {
      this.#follow({ view: message.view, members: message.members, length: admission.length })
    }
    if (this.#state.role === 'stopped') return
    this.#knows(message.view, message.members)
    if (admission !== undefined) this.#following.catchUp(admission.joinIndex)
  }

  /** From now on this is the view; what is held of an older one beyond its history never happened. */
  #follow(membership: Membership): void {
    const { history, executed } = this.#state
    if (executed > membership.length && !sameView(membership.view, this.#state.established.view)) {
      return this.#state.stop('executed beyond the established history')
    }
    history.truncate(membership.length)
    this.#strays.followed(this.#state.established.members, membership.members)
    this.#confirmed(membership)
    this.#state.established = membership
    this.#state.adopted = membership.view
    this.#state.role = 'backup'
    this.#takeover = undefined
    this.#calledAt = undefined
    this.#following.adopted()
    this.considerTakeover()
  }

  /** Whoever knows a view counts whom it confirms; what was let out before is part of its history. */
  #confirmed({ members, length }: Membership): void {
    const { confirmedAt, identity } = this.#state
    const counts = memberOf(members, identity.memberId)?.caughtUp === true
    this.#state.confirmedAt = counts ? Math.min(confirmedAt, length) : Infinity
  }

  /** The membership of the established view, if it is news; the primary is told that it is known. */
  #knows(view: View, members: readonly MemberInfo[]): void {
    if (this.#state.leads || this.#state.role === 'recovering') return
    const { established } = this.#state
    if (view.backupView >= established.view.backupView) this.#state.established = { ...established, view, members }
    this.#following.reportTo(undefined)
    this.considerTakeover()
  }

  /** A member of an older view that a newer one leaves out speaks as if nothing had happened: it is told. */
  strange({ sourceMember, view }: Message): void {
    const { established, now, limits, settledView } = this.#state
    // Who asks to be added knows no view yet.
    if (!settledView || view.number === 0 || view.number >= established.view.number) return
    const locator = this.#strays.due(sourceMember, now, limits.repeatDelay)
    if (locator !== undefined) this.#state.sendInside([locator], this.#state.refusal())
  }

  /** Only the primary refuses a newcomer; who answers an older word of it only says what is known. */
  #turnedAway({ sourceGroup, sourceMember, known: view, members }: MessageOf<'Refuse'>): void {
    if (sourceGroup !== this.#state.identity.group || !announcedBy(sourceMember, { view, members })) return
    this.#state.stop('the group takes no newcomers: its history was cut')
  }

  refused(message: MessageOf<'Refuse'>): void {
    const { role, identity } = this.#state
    if (role === 'joining') return this.#turnedAway(message)
    const known = { view: message.known, members: message.members, length: message.length }
    this.#state.heardOf = Math.max(this.#state.heardOf, message.adopted.number)
    if (this.#takeover === undefined) {
      this.#informed(known)
      return this.#outbid(message)
    }
    const named = memberOf(message.members, identity.memberId) !== undefined
    // Who refuses knows a membership as new as this member's, and it leaves this member out.
    if (!named && !olderThan(message.known, this.#state.established.view)) return this.#state.stop('superseded')
    if (message.known.number < this.#takeover.proposed.number) {
      // Who refuses has adopted the proposal of somebody who died with it: only a higher number replaces that.
      const outbid = message.adopted.number > this.#takeover.proposed.number && this.#isOrphaned(message.adopted)
      return outbid || this.#takeover.waiting ? this.#propose() : undefined
    }
    if (this.#state.leads) return this.#state.stop('superseded by a newer view')
    this.#follow(known)
  }
}
