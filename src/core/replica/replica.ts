import { unreachable } from '../../base/index.js'
import type { Instant, MemberId, Message, MessageOf, OrderIndex, View } from '../../message/index.js'
import { kindOf, PROGRAM_ENTRY_MIN } from '../../message/index.js'
import { earliest } from '../deadlines.js'
import type { Membership } from '../membership/view.js'
import { memberOf, primaryOf, sameView } from '../membership/view.js'
import { Following } from './following.js'
import { FromPeers } from './from-peers.js'
import type { ReplicaInput, ReplicaOutput } from './io.js'
import { Leading } from './leading.js'
import type { Role } from './roles.js'
import { Sending } from './sending.js'
import type { ReplicaTerms } from './state.js'
import { ReplicaState } from './state.js'
import { Succession } from './succession.js'

/**
 * One member of a replicated process group: all of the protocol, and nothing else. It performs no effect; `step` says
 * what is to be done. The execution asks it what comes next through the reading methods.
 */
export class Replica {
  readonly #state: ReplicaState
  readonly #leading: Leading
  readonly #following: Following
  readonly #fromPeers: FromPeers
  readonly #terms: ReplicaTerms
  readonly #succession: Succession
  #joinAt: Instant | undefined

  constructor(terms: ReplicaTerms) {
    this.#terms = terms
    this.#state = new ReplicaState(terms)
    const sending = new Sending(this.#state)
    this.#leading = new Leading(this.#state, sending)
    this.#following = new Following(this.#state)
    this.#fromPeers = new FromPeers(this.#state, { sending, leading: this.#leading, following: this.#following })
    const parts = { leading: this.#leading, following: this.#following, fromPeers: this.#fromPeers }
    this.#succession = new Succession(this.#state, parts)
  }

  /** Takes part from now on: founds, follows the founder, or asks to be added. */
  start(now: Instant): readonly ReplicaOutput[] {
    this.#state.now = now
    const me = memberOf(this.#state.established.members, this.#state.identity.memberId)
    if (me === undefined) this.#askToJoin()
    else if (primaryOf(this.#state.established) === me) this.#succession.lead()
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
      case 'outbidding':
        return earliest(this.#succession.takeover?.deadline, this.#fromPeers.deadline)
      case 'joining':
        return this.#joinAt
      default:
        return earliest(this.#following.deadline, this.#fromPeers.deadline)
    }
  }

  get role(): Role {
    return this.#state.role
  }

  /** It decides what comes next. */
  get leads(): boolean {
    return this.#state.leads
  }

  get view(): View {
    return this.#state.established.view
  }

  /** The view last established and its members, as far as this member knows. */
  get membership(): Membership {
    return this.#state.established
  }

  /** The connected groups, each by its single member, that it does not know to have failed. */
  get peers(): readonly MemberId[] {
    const living = [...this.#state.connections.values()].filter(({ givenUp }) => !givenUp)
    return living.map(({ peer }) => peer.memberId)
  }

  /** Removed members that the primary still counts; those beyond `membersMax` are named once the first are gone. */
  get leaving(): readonly MemberId[] {
    const { isPrimary, stabilityMembers, established, limits } = this.#state
    if (!isPrimary) return []
    return stabilityMembers.filter((each) => !memberOf(established.members, each)).slice(0, limits.membersMax)
  }

  /** The last entry of the program that was executed; entries about members may follow it. */
  get executed(): OrderIndex {
    return this.#state.programExecuted as OrderIndex
  }

  /** Under `acknowledged`: nothing was let out, nor will be, that this member has not executed. */
  get abreast(): boolean {
    return this.#state.executed >= this.#state.confirmedAt
  }

  /** Connected groups let nothing out that backups have not executed. */
  get awaitsBackups(): boolean {
    return this.#state.commit === 'acknowledged'
  }

  get held(): OrderIndex {
    return this.#state.history.held
  }

  /**
   * In recovery: the history is complete, and is to be executed to its end even if the last operation is
   * unfinished.
   */
  get draining(): boolean {
    return this.#succession.takeover?.complete === true
  }

  /** The program's entry `ahead` places behind the next one to execute. */
  entry(ahead: number): Uint8Array | undefined {
    const { history } = this.#state
    if (ahead === 0) {
      return history.has(this.#state.executed + 1) ? history.get(this.#state.executed + 1) : undefined
    }
    let left = ahead
    for (let index = this.#state.executed + 1; index <= history.held; index++) {
      const entry = history.get(index)
      if (kindOf(entry) >= PROGRAM_ENTRY_MIN && left-- === 0) return entry
    }
    return undefined
  }

  /** The message of the current connection with a group that begins with payload `sequence`, if it is received. */
  message(group: Message['sourceGroup'], sequence: number): Uint8Array | undefined {
    return this.#state.connections.get(group)?.inbox.message(sequence)
  }

  /** The last payload of that message. */
  endOfMessage(group: Message['sourceGroup'], sequence: number): number {
    return this.#state.connections.get(group)?.inbox.endOfMessage(sequence) ?? 0
  }

  /** The primary that leaves its place to another, as planned: nothing more is taken in. */
  get handingOver(): boolean {
    return this.#state.leads && this.#leading.handingOver
  }

  /** Bytes submitted to a group and not acknowledged by its live member. */
  unacknowledgedBytes(group: Message['sourceGroup']): number {
    const connection = this.#state.connections.get(group)
    return connection?.givenUp === false ? connection.sent.unacknowledgedBytes : 0
  }

  /** The connection with a group is over, or will be once its loss is ordered. */
  givenUp(group: Message['sourceGroup']): boolean {
    return this.#state.connections.get(group)?.givenUp !== false
  }

  /** Bytes that were received and that the program has not taken, of all current connections. */
  get waitingBytes(): number {
    let bytes = 0
    for (const { inbox } of this.#state.connections.values()) bytes += inbox.waitingBytes
    return bytes
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
        this.#state.took(this.#state.history.append(input.entry))
        return this.#fromPeers.boundHistory()
      case 'consumed':
        return this.#consumed()
      case 'taken':
        return this.#taken(input)
      case 'submitted':
        return this.#state.connections.get(input.to)?.sent.append(input.payload)
      case 'flush':
        return this.#state.isPrimary ? this.#leading.flush() : this.#following.turnOver()
      case 'deadline':
        return this.#expire()
      case 'fault':
        return this.#succession.failed(input.member)
      case 'connect':
        this.#state.connect(input.peer)
        return this.#state.isPrimary
          ? this.#leading.connected()
          : this.#succession.takeover?.connected(input.peer.group)
      case 'disconnect':
        this.#state.connections.delete(input.group)
        return this.#succession.takeover?.progress()
      default:
        return unreachable(input)
    }
  }

  #consumed(): void {
    this.#state.took(this.#state.executed + 1)
    this.#state.skipMembershipEntries()
    const { takeover } = this.#succession
    if (takeover === undefined) this.#following.noteNews(1)
    else {
      takeover.executed()
      this.#succession.establishIfDone()
    }
  }

  #taken({ from, upTo }: Extract<ReplicaInput, { input: 'taken' }>): void {
    const connection = this.#state.connections.get(from)
    if (connection === undefined) return
    connection.inbox.take(upTo)
    this.#fromPeers.taken(connection)
  }

  #receive(message: Message): void {
    const { identity } = this.#state
    if (message.destinationGroup !== identity.group || message.destinationEpoch !== identity.epoch) return
    if (message.sourceGroup !== identity.group) this.#fromPeer(message)
    else if (message.sourceEpoch === identity.epoch) this.#fromMember(message)
    this.#succession.establishIfDone()
  }

  #fromPeer(message: Message): void {
    const connection = this.#state.connections.get(message.sourceGroup)
    const known = connection?.isFrom(message) === true
    if (message.kind === 'FaultNotice') return known ? this.#succession.fault(message) : undefined
    if (message.kind === 'HandOver') {
      return known && this.#state.isPrimary ? this.#leading.handOver(message.member) : undefined
    }
    if (message.kind === 'RecoveryReport') return known ? this.#succession.takeover?.reported(message) : undefined
    if (message.kind === 'Refuse') return known ? this.#succession.refused(message) : undefined
    this.#fromPeers.receive(message)
    this.#succession.takeover?.progress()
  }

  #fromMember(message: Message): void {
    const { adopted, established, primary } = this.#state
    // Exactness inside the group too (protocol.md 5.5): what an old primary still had on its way counts for nothing.
    const isMember = memberOf(established.members, message.sourceMember) !== undefined
    const exact = sameView(message.peerView, adopted) && isMember
    if (!isMember) this.#succession.strange(message)
    switch (message.kind) {
      case 'Heartbeat':
        return exact && primary?.memberId === message.sourceMember ? this.#following.heartbeat(message) : undefined
      case 'SecondAck':
        if (!this.#state.isPrimary) return
        return exact ? this.#leading.secondAck(message) : this.#leading.strange(message.sourceMember)
      case 'Nack':
        return exact ? this.#following.serve(message) : undefined
      case 'State':
        return exact ? this.#supplied(message) : undefined
      case 'ProposePrimary':
        return this.#succession.proposal(message)
      case 'AcceptPrimary':
        return this.#succession.takeover?.accepted(message)
      case 'Establish':
        return this.#succession.established(message)
      case 'AcceptBackup':
      case 'RemoveBackup':
        return this.#succession.membership(message)
      case 'HandOver':
        return exact && primary?.memberId === message.sourceMember ? this.#succession.handedOver(message) : undefined
      case 'ProposeBackup':
        return this.#state.isPrimary ? this.#leading.join(message) : undefined
      case 'Refuse':
        return this.#succession.knowsSender(message) ? this.#succession.refused(message) : undefined
      case 'FaultNotice':
        return this.#succession.knowsSender(message) ? this.#succession.fault(message) : undefined
      default:
    }
  }

  /**
   * Under a view that is adopted and not established only its proposer takes history: what others get from a primary
   * that they do not know yet might be of the time after, and they could not tell it from what never happened.
   */
  #supplied(message: MessageOf<'State'>): void {
    const { takeover } = this.#succession
    if (takeover === undefined && !this.#state.settledView) return
    if (this.#following.supplied(message)) takeover?.supplied()
  }

  #expire(): void {
    const { role } = this.#state
    if (role === 'joining') {
      if (this.#joinAt !== undefined && this.#joinAt <= this.#state.now) this.#askToJoin()
      return
    }
    if (role === 'primary') this.#leading.expire()
    if (role === 'backup' || role === 'frozen') this.#following.expire()
    this.#succession.takeover?.expire()
    this.#fromPeers.expire()
    this.#succession.establishIfDone()
  }

  #askToJoin(): void {
    const { identity, limits, now } = this.#state
    this.#state.sendInside(this.#terms.contacts, { kind: 'ProposeBackup', locator: identity.locator })
    this.#joinAt = (now + limits.repeatDelay) as Instant
  }
}
