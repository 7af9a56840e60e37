import { unreachable } from '../../base/index.js'
import type { Instant, MemberId, Message, MessageOf, OrderIndex, View } from '../../message/index.js'
import { PROGRAM_ENTRY_MIN } from '../../message/index.js'
import { earliest } from '../deadlines.js'
import { announcedBy, memberOf, olderThan, primaryOf, replaces, sameView, successorOf } from '../membership/view.js'
import { Following } from './following.js'
import { FromPeers } from './from-peers.js'
import type { ReplicaInput, ReplicaOutput } from './io.js'
import { Leading } from './leading.js'
import type { Role } from './roles.js'
import type { ReplicaTerms } from './state.js'
import { ReplicaState } from './state.js'
import { Takeover } from './takeover.js'

/**
 * One member of a replicated process group: all of the protocol, and nothing else. It performs no effect; `step`
 * says what
 * is to be done. The execution asks it what comes next through the reading methods.
 */
export class Replica {
  readonly #state: ReplicaState
  readonly #leading: Leading
  readonly #following: Following
  readonly #fromPeers: FromPeers
  readonly #terms: ReplicaTerms
  #takeover: Takeover | undefined
  #joinAt: Instant | undefined

  constructor(terms: ReplicaTerms) {
    this.#terms = terms
    this.#state = new ReplicaState(terms)
    this.#leading = new Leading(this.#state)
    this.#following = new Following(this.#state)
    this.#fromPeers = new FromPeers(this.#state, this.#leading, this.#following)
  }

  /** Takes part from now on: founds, follows the founder, or asks to be added. */
  start(now: Instant): readonly ReplicaOutput[] {
    this.#state.now = now
    const me = memberOf(this.#state.established.members, this.#state.identity.memberId)
    if (me === undefined) this.#askToJoin()
    else if (primaryOf(this.#state.established) === me) this.#lead()
    else this.#state.role = 'backup'
    return this.#take()
  }

  step(now: Instant, input: ReplicaInput): readonly ReplicaOutput[] {
    this.#state.now = now
    if (this.#state.role !== 'stopped') this.#dispatch(input)
    return this.#take()
  }

  /** The one timer to arm. */
  get deadline(): Instant | undefined {
    switch (this.#state.role) {
      case 'stopped':
        return undefined
      case 'primary':
        return earliest(this.#leading.deadline, this.#fromPeers.deadline)
      case 'recovering':
        return earliest(this.#takeover?.deadline, this.#fromPeers.deadline)
      case 'joining':
        return this.#joinAt
      default:
        return earliest(this.#following.deadline, this.#fromPeers.deadline)
    }
  }

  get role(): Role {
    return this.#state.role
  }

  get view(): View {
    return this.#state.established.view
  }

  /** The last entry of the program that was executed; entries about members may follow it. */
  get executed(): OrderIndex {
    return this.#state.programExecuted as OrderIndex
  }

  get held(): OrderIndex {
    return this.#state.history.held
  }

  /**
   * In recovery: the history is complete, and is to be executed to its end even if the last operation is
   * unfinished.
   */
  get draining(): boolean {
    return this.#takeover?.complete === true
  }

  /** The program's entry `ahead` places behind the next one to execute. */
  entry(ahead: number): Uint8Array | undefined {
    const { history } = this.#state
    if (ahead === 0) {
      this.#state.skipMembershipEntries()
      return history.has(this.#state.executed + 1) ? history.get(this.#state.executed + 1) : undefined
    }
    let left = ahead
    for (let index = this.#state.executed + 1; index <= history.held; index++) {
      const entry = history.get(index)
      if (((entry[0] as number) & 0x7f) >= PROGRAM_ENTRY_MIN && left-- === 0) return entry
    }
    return undefined
  }

  /** Message `sequence` of the current connection with a group, if it is received. */
  message(group: Message['sourceGroup'], sequence: number): Uint8Array | undefined {
    const inbox = this.#state.connections.get(group)?.inbox
    return inbox?.has(sequence) === true ? inbox.get(sequence) : undefined
  }

  /** Every message submitted has been acknowledged by its live receiver. */
  get settled(): boolean {
    for (const connection of this.#state.connections.values()) if (!connection.settled) return false
    return true
  }

  #take(): readonly ReplicaOutput[] {
    const { outputs } = this.#state
    if (outputs.length > 0) this.#state.outputs = []
    return outputs
  }

  #dispatch(input: ReplicaInput): void {
    switch (input.input) {
      case 'received':
        return this.#receive(input.message)
      case 'decided':
        this.#state.history.append(input.entry)
        this.#state.executed = this.#state.history.held
        this.#state.programExecuted = this.#state.executed
        return this.#fromPeers.boundHistory()
      case 'consumed':
        return this.#consumed()
      case 'submitted':
        return this.#state.connections.get(input.to)?.sent.append(input.payload)
      case 'flush':
        return this.#state.isPrimary ? this.#leading.flush() : this.#following.turnOver()
      case 'deadline':
        return this.#expire()
      case 'connect':
        this.#state.connect(input.peer)
        return this.#state.isPrimary ? this.#leading.connected() : undefined
      case 'disconnect':
        this.#state.connections.delete(input.group)
        return this.#takeover?.progress()
      default:
        return unreachable(input)
    }
  }

  #consumed(): void {
    this.#state.programExecuted = ++this.#state.executed
    this.#state.skipMembershipEntries()
    if (this.#takeover === undefined) this.#following.noteNews(1)
    else {
      this.#takeover.executed()
      this.#establishIfDone()
    }
  }

  #receive(message: Message): void {
    const { identity } = this.#state
    if (message.destinationGroup !== identity.group || message.destinationEpoch !== identity.epoch) return
    if (message.sourceGroup !== identity.group) this.#fromPeer(message)
    else if (message.sourceEpoch === identity.epoch) this.#fromMember(message)
    this.#establishIfDone()
  }

  #fromPeer(message: Message): void {
    const connection = this.#state.connections.get(message.sourceGroup)
    const known = connection?.isFrom(message) === true
    if (message.kind === 'FaultNotice') return known ? this.#fault(message.member) : undefined
    if (message.kind === 'RecoveryReport') return known ? this.#takeover?.reported(message) : undefined
    if (message.kind === 'Refuse') return known ? this.#refused(message) : undefined
    this.#fromPeers.receive(message)
    this.#takeover?.progress()
  }

  #fromMember(message: Message): void {
    const { adopted, established, primary } = this.#state
    // Exactness inside the group too (protocol.md 5.5): what an old primary still had on its way counts for nothing.
    const exact =
      sameView(message.peerView, adopted) && memberOf(established.members, message.sourceMember) !== undefined
    switch (message.kind) {
      case 'Heartbeat':
        return exact && primary?.memberId === message.sourceMember ? this.#following.heartbeat(message) : undefined
      case 'SecondAck':
        return exact && this.#state.isPrimary ? this.#leading.secondAck(message) : undefined
      case 'Nack':
        return exact ? this.#following.serve(message) : undefined
      case 'State':
        return exact && this.#following.supplied(message) ? this.#takeover?.supplied() : undefined
      case 'ProposePrimary':
        return this.#proposal(message)
      case 'AcceptPrimary':
        return this.#takeover?.accepted(message)
      case 'Establish':
        return this.#establish(message)
      case 'AcceptBackup':
      case 'RemoveBackup':
        return this.#membership(message)
      case 'ProposeBackup':
        return this.#state.isPrimary ? this.#leading.join(message) : undefined
      case 'Refuse':
        return this.#knowsSender(message) ? this.#refused(message) : undefined
      default:
    }
  }

  #fault(member: MemberId): void {
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
    this.#establishIfDone()
    this.#considerTakeover()
  }

  /** The caught-up backup of lowest rank proposes itself when the primary, and whoever proposed since, are gone. */
  #considerTakeover(): void {
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

  #propose(): void {
    this.#takeover = new Takeover(this.#state)
    this.#fromPeers.recover()
    this.#establishIfDone()
  }

  #establishIfDone(): void {
    const members = this.#takeover?.outcome
    if (members === undefined || this.#takeover === undefined) return
    this.#state.established = { view: this.#takeover.proposed, members }
    this.#takeover = undefined
    this.#lead()
    this.#state.outputs.push({ output: 'promoted' })
    this.#state.work()
  }

  #lead(): void {
    this.#state.role = 'primary'
    this.#leading.begin()
  }

  /** Somebody proposes itself. Answered at once in every role (protocol.md section 6). */
  #proposal(message: MessageOf<'ProposePrimary'>): void {
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

  #establish(message: MessageOf<'Establish'>): void {
    const { established, adopted, history } = this.#state
    if (this.#state.role === 'joining') return
    if (!this.#knowsSender(message)) return
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
  #knowsSender(message: Message): boolean {
    const { members } = this.#state.established
    const me = memberOf(members, this.#state.identity.memberId)
    return me?.caughtUp !== true || memberOf(members, message.sourceMember) !== undefined
  }

  /** A change of backups inside the established view; for a newcomer, its admission. */
  #membership(message: MessageOf<'AcceptBackup'> | MessageOf<'RemoveBackup'>): void {
    const { established, role, identity } = this.#state
    if (this.#state.isPrimary || !this.#knowsSender(message) || !announcedBy(message.sourceMember, message)) return
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

  #follow(view: View, members: ReplicaTerms['membership']['members']): void {
    this.#state.established = { view, members }
    this.#state.adopted = view
    this.#state.role = 'backup'
    this.#takeover = undefined
    this.#following.adopted()
    this.#considerTakeover()
  }

  /** The membership of the established view, if it is news; the primary is told that it is known. */
  #knows(view: View, members: ReplicaTerms['membership']['members']): void {
    if (this.#state.isPrimary || this.#state.role === 'recovering') return
    if (view.backupView >= this.#state.established.view.backupView) this.#state.established = { view, members }
    this.#following.reportTo(undefined)
    this.#considerTakeover()
  }

  #refused(message: MessageOf<'Refuse'>): void {
    const { role, identity } = this.#state
    if (role === 'joining') return this.#state.stop('the group takes no newcomers: its history was cut')
    if (this.#takeover === undefined) return
    const named = memberOf(message.members, identity.memberId) !== undefined
    // Who refuses knows a membership as new as this member's, and it leaves this member out.
    if (!named && !olderThan(message.known, this.#state.established.view)) return this.#state.stop('superseded')
    if (message.known.number < this.#takeover.proposed.number) {
      // Who refuses has adopted the proposal of somebody who died with it: only a higher number replaces that.
      return this.#takeover.waiting ? this.#propose() : undefined
    }
    this.#follow(message.known, message.members)
  }

  #expire(): void {
    const { role } = this.#state
    if (role === 'joining') {
      if (this.#joinAt !== undefined && this.#joinAt <= this.#state.now) this.#askToJoin()
      return
    }
    if (role === 'primary') this.#leading.expire()
    if (role === 'backup' || role === 'frozen') this.#following.expire()
    this.#takeover?.expire()
    this.#fromPeers.expire()
    this.#establishIfDone()
  }

  #askToJoin(): void {
    const { identity, limits, now } = this.#state
    this.#state.sendInside(this.#terms.contacts, { kind: 'ProposeBackup', locator: identity.locator })
    this.#joinAt = (now + limits.repeatDelay) as Instant
  }
}
