import type { MemberInfo, Message, MessageOf, View } from '../../message/index.js'
import { Strays } from '../membership/strays.js'
import { announcedBy, memberOf, olderThan, primaryOf, replaces, sameView, successorOf } from '../membership/view.js'
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

  /** A connected group says that a member has failed. */
  fault(message: MessageOf<'FaultNotice'>): void {
    const { role } = this.#state
    if (role === 'backup' || role === 'frozen' || role === 'primary') this.#informed(message.peerView, message.members)
    const { member } = message
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
    if (successorOf(established, faulty)?.memberId !== identity.memberId) return
    const proposer = established.members.find((member) => member.precedence === adopted.precedence)
    if (proposer !== undefined && !faulty.has(proposer.memberId)) return
    this.#following.stop()
    for (const connection of this.#state.connections.values()) connection.stopTimers()
    this.#propose()
  }

  /**
   * What somebody else knows of the membership may be newer: a member that was cut off for a while would lead alone, or
   * wait for somebody who has gone since. Whoever accepted a proposal holds nothing beyond the history it was
   * established with.
   */
  #informed(known: View, members: readonly MemberInfo[]): void {
    const { established, adopted, identity, isPrimary } = this.#state
    if (members.length === 0) return
    const changed = sameView(known, established.view) && olderThan(established.view, known)
    const followed = known.number > established.view.number && known.number >= adopted.number
    if (isPrimary ? !followed : !changed && !followed) return
    if (isPrimary) return this.#state.stop('superseded by a newer view')
    if (memberOf(members, identity.memberId) === undefined) {
      return this.#state.stop(changed ? 'removed from the group' : 'left out of the established view')
    }
    if (changed) this.#knows(known, members)
    else if (sameView(known, adopted)) this.#follow(known, members)
  }

  #propose(): void {
    this.#takeover = new Takeover(this.#state)
    this.#fromPeers.recover()
    this.establishIfDone()
  }

  establishIfDone(): void {
    const members = this.#takeover?.outcome
    if (members === undefined || this.#takeover === undefined) return
    this.#strays.left(this.#state.established.members, members)
    this.#state.established = { view: this.#takeover.proposed, members }
    this.#takeover = undefined
    this.lead()
    this.#state.outputs.push({ output: 'promoted' })
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
      const body = { known: established.view, members: established.members }
      return locator === undefined ? undefined : this.#state.sendInside([locator], { kind: 'Refuse', ...body })
    }
    this.#state.adopted = message.proposed
    this.#takeover = undefined
    const included = memberOf(message.members, identity.memberId) !== undefined
    // A primary that others have given up on: what it did since, nobody will accept (protocol.md section 7).
    if (this.#state.isPrimary) return this.#state.stop('superseded by a newer view')
    this.#state.role = included ? 'backup' : 'frozen'
    if (!included) return this.#following.orphaned()
    const body = { accepted: message.proposed, held: history.held, received: this.#state.received() }
    this.#state.sendInside([proposer.locator], { kind: 'AcceptPrimary', ...body })
  }

  established(message: MessageOf<'Establish'>): void {
    const { established, adopted, history } = this.#state
    if (this.#state.role === 'joining') return
    if (!this.knowsSender(message)) return
    if (!announcedBy(message.sourceMember, { view: message.established, members: message.members })) return
    if (sameView(message.established, established.view)) return this.#knows(message.established, message.members)
    if (message.established.number < adopted.number) return
    if (memberOf(message.members, this.#state.identity.memberId) === undefined) {
      return this.#state.stop('left out of the established view')
    }
    if (!sameView(message.established, adopted)) return
    if (this.#state.executed > message.length) return this.#state.stop('executed beyond the established history')
    history.truncate(message.length)
    this.#follow(message.established, message.members)
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
    if (this.#state.isPrimary || !this.knowsSender(message) || !announcedBy(message.sourceMember, message)) return
    const included = memberOf(message.members, identity.memberId)
    if (included === undefined) {
      return sameView(message.view, established.view) ? this.#state.stop('removed from the group') : undefined
    }
    const admitted = message.kind === 'AcceptBackup' && !included.caughtUp
    if (!sameView(message.view, established.view) && !(admitted && message.view.number > established.view.number))
      return
    if (role === 'joining' || !sameView(message.view, established.view)) this.#follow(message.view, message.members)
    this.#knows(message.view, message.members)
    if (admitted) this.#following.catchUp(message.joinIndex)
  }

  #follow(view: View, members: readonly MemberInfo[]): void {
    this.#strays.left(this.#state.established.members, members)
    this.#state.established = { view, members }
    this.#state.adopted = view
    this.#state.role = 'backup'
    this.#takeover = undefined
    this.#following.adopted()
    this.considerTakeover()
  }

  /** The membership of the established view, if it is news; the primary is told that it is known. */
  #knows(view: View, members: readonly MemberInfo[]): void {
    if (this.#state.isPrimary || this.#state.role === 'recovering') return
    if (view.backupView >= this.#state.established.view.backupView) this.#state.established = { view, members }
    this.#following.reportTo(undefined)
    this.considerTakeover()
  }

  /** A member of an older view that a newer one leaves out speaks as if nothing had happened: it is told. */
  strange({ sourceMember, view }: Message): void {
    const { established, now, limits, settledView } = this.#state
    if (!settledView || view.number >= established.view.number) return
    const locator = this.#strays.due(sourceMember, now, limits.repeatDelay)
    const body = { known: established.view, members: established.members }
    if (locator !== undefined) this.#state.sendInside([locator], { kind: 'Refuse', ...body })
  }

  refused(message: MessageOf<'Refuse'>): void {
    const { role, identity } = this.#state
    if (role === 'joining') return this.#state.stop('the group takes no newcomers: its history was cut')
    if (this.#takeover === undefined) return this.#informed(message.known, message.members)
    const named = memberOf(message.members, identity.memberId) !== undefined
    // Who refuses knows a membership as new as this member's, and it leaves this member out.
    if (!named && !olderThan(message.known, this.#state.established.view)) return this.#state.stop('superseded')
    if (message.known.number < this.#takeover.proposed.number) {
      // Who refuses has adopted the proposal of somebody who died with it: only a higher number replaces that.
      return this.#takeover.waiting ? this.#propose() : undefined
    }
    this.#follow(message.known, message.members)
  }
}
