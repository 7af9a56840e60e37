import { unreachable } from '../../base/index.js'
import type { Instant, Locator, MemberInfo, Message, MessageOf, OrderIndex } from '../../message/index.js'
import { earliest } from '../deadlines.js'
import type { Membership } from '../membership/view.js'
import { Strays } from '../membership/strays.js'
import { memberOf, missed } from '../membership/view.js'
import { Faults } from './faults.js'
import { HandOverRequest } from './hand-over.js'
import { Incoming } from './incoming.js'
import type { PeerInput, PeerOutput, PeerTerms } from './io.js'
import { Outgoing } from './outgoing.js'
import type { Receivers } from './receivers.js'
import { PeerState } from './state.js'
import { Supply } from './supply.js'

/**
 * The single member of a group connected to the replicated one (a gateway, the console). It keeps and reflects the
 * order that it is sent (protocol.md section 5), lets nothing out before that order is held, and judges views
 * (section 7). It performs no effect.
 */
export class Peer {
  readonly #state: PeerState
  readonly #outgoing: Outgoing
  readonly #incoming: Incoming
  readonly #supply: Supply
  readonly #faults = new Faults()
  readonly #handOver: HandOverRequest
  readonly #strays = new Strays()
  /** Bounded by `membersMax`. */
  #contacts: readonly Locator[]
  #greetAt: Instant | undefined

  constructor(terms: PeerTerms) {
    this.#contacts = terms.contacts
    this.#state = new PeerState(terms)
    this.#outgoing = new Outgoing(this.#state)
    this.#incoming = new Incoming(this.#state, this.#outgoing)
    this.#supply = new Supply(this.#state)
    this.#handOver = new HandOverRequest(this.#state)
  }

  start(now: Instant): readonly PeerOutput[] {
    this.#state.now = now
    this.#greet()
    this.#askLease()
    return this.#take()
  }

  step(now: Instant, input: PeerInput): readonly PeerOutput[] {
    this.#state.now = now
    switch (input.input) {
      case 'received':
        this.#receive(input.message)
        break
      case 'submitted':
        this.#outgoing.submit(input.payload)
        this.#boundKept()
        break
      case 'flush':
        this.#outgoing.transmit()
        break
      case 'kept':
        this.#incoming.keeps(input.bytes)
        break
      case 'deadline':
        this.#expire()
        break
      case 'met':
        this.#meet(input.locator)
        break
      case 'fault':
        this.#faults.add(input.group, input.member)
        this.#sayFaults()
        break
      case 'handOver':
        this.#handOver.begin(input.to)
        break
      case 'granted':
        this.#state.lease?.granted(input.nonce)
        this.#incoming.resume()
        break
      default:
        unreachable(input)
    }
    return this.#take()
  }

  get deadline(): Instant | undefined {
    const others = earliest(this.#faults.deadline, this.#handOver.deadline, this.#state.lease?.deadline)
    return earliest(earliest(this.#outgoing.deadline, this.#incoming.deadline), this.#greetAt, others)
  }

  get congested(): boolean {
    return this.#outgoing.congested
  }

  get membership(): Membership {
    return this.#state.judge.membership
  }

  get receivers(): Receivers {
    return this.#state.receivers
  }

  get historyIndex(): OrderIndex {
    return this.#state.history.held
  }

  /** What members may need again is kept whole within its bound; beyond it the older half of what all have goes. */
  #boundKept(): void {
    const { terms, sent, receivers, history } = this.#state
    if (this.keptBytes < terms.limits.historyBytesMax) return
    sent.dropOlderHalf(receivers.lowest(sent.last))
    const middle = Math.floor((history.first + history.held) / 2)
    if (middle >= history.first) history.dropThrough(middle)
  }

  /** Whether anything may be let out now. */
  holdsLease(now: Instant): boolean {
    return this.#state.lease?.holds(now) ?? true
  }

  /** Bytes of history and of inputs kept. */
  get keptBytes(): number {
    return this.#state.history.bytes + this.#state.sent.bytes
  }

  #take(): readonly PeerOutput[] {
    const { outputs } = this.#state
    if (outputs.length > 0) this.#state.outputs = []
    return outputs
  }

  #receive(message: Message): void {
    const { terms, judge } = this.#state
    const { identity, application } = terms
    if (message.destinationGroup !== identity.group || message.destinationEpoch !== identity.epoch) return
    if (message.sourceGroup !== application.group || message.sourceEpoch !== application.epoch) return
    if (message.kind === 'ProposePrimary') return this.#proposal(message)
    if (message.kind === 'Establish') return this.#establish(message)
    if (message.kind === 'Nack' && judge.proposer !== undefined) return this.#proposerNack(message)
    if (!judge.accepts(message.view)) return this.#strange(message)
    if (message.kind === 'AcceptBackup' || message.kind === 'RemoveBackup') return this.#changeMembers(message)
    if (message.kind === 'SecondAck') return this.#secondAck(message)
    if (message.kind === 'Nack') return this.#nack(message)
    if (message.sourceMember !== judge.primary?.memberId) return
    if (message.kind === 'Data' || message.kind === 'FirstAck') {
      this.#incoming.take(message)
      this.#outgoing.acknowledged(message)
    } else if (message.kind === 'KeepAlive') {
      this.#outgoing.acknowledged(message)
      this.#incoming.asked(message.lastSequence)
    }
  }

  /** Nothing of another view counts; a member that was left out and does not know it is told so. */
  #strange({ sourceMember }: Message): void {
    const { now, terms, judge } = this.#state
    const locator = this.#strays.due(sourceMember, now, terms.limits.repeatDelay)
    if (locator !== undefined && judge.settled) this.#state.refuse(locator)
  }

  #secondAck(message: MessageOf<'SecondAck'>): void {
    this.receivers.holds(message.sourceMember, message)
    this.#outgoing.acknowledged(message)
    this.#incoming.release()
  }

  #nack(message: MessageOf<'Nack'>): void {
    const asker = memberOf(this.#state.judge.membership.members, message.sourceMember)
    if (asker === undefined) return
    const [lost] = message.messages
    if (lost !== undefined) this.#outgoing.lost(asker.memberId, lost.from)
    this.#supply.repair(asker.locator, message)
  }

  #proposal(message: MessageOf<'ProposePrimary'>): void {
    const locator = memberOf(message.members, message.sourceMember)?.locator
    if (locator === undefined) return
    const verdict = this.#state.judge.proposed(message)
    if (verdict === 'refuse') return this.#state.refuse(locator)
    if (verdict === 'adopt') {
      this.#incoming.dropPending()
      const { view } = this.#state.judge.membership
      if (missed(view, message.supersedes)) this.#state.history.truncate(message.supersededLength)
      this.#event('adopted', message.proposed, message.members)
    }
    this.#supply.answer(locator, message)
  }

  /** Under a view that is adopted and not established only its proposer is served; who was that before is told. */
  #proposerNack(message: MessageOf<'Nack'>): void {
    const { judge } = this.#state
    const { proposer } = judge
    if (proposer?.memberId === message.sourceMember) return this.#supply.recover(proposer.locator, message)
    const asker = memberOf(judge.membership.members, message.sourceMember)
    if (asker !== undefined && judge.outbid(asker.memberId)) this.#state.refuse(asker.locator)
  }

  #establish(message: MessageOf<'Establish'>): void {
    const { members: before } = this.#state.judge.membership
    const verdict = this.#state.judge.established(message)
    if (verdict === 'ignore') return this.#outbid(message)
    if (verdict === 'new') {
      this.#strays.followed(before, message.members)
      this.#state.history.truncate(message.length)
      this.#incoming.dropPending()
      this.#outgoing.established(message.ack)
      this.#handOver.end()
      this.#membersChanged('established')
    }
    this.#incoming.acknowledge()
    this.#outgoing.transmit()
  }

  /** A proposal came before this view was known, and counts more: whoever leads must know (ADR 57). */
  #outbid({ established, members, sourceMember }: MessageOf<'Establish'>): void {
    const { judge } = this.#state
    if (judge.settled || established.number >= judge.adopted.number) return
    const locator = memberOf(members, sourceMember)?.locator
    if (locator !== undefined && judge.knows(sourceMember)) this.#state.refuse(locator)
  }

  #changeMembers(message: MessageOf<'AcceptBackup'> | MessageOf<'RemoveBackup'>): void {
    if (message.sourceMember !== this.#state.judge.primary?.memberId) return
    if (this.#state.judge.changed(message.view, message.members)) this.#membersChanged('members')
    this.#incoming.acknowledge()
  }

  #membersChanged(event: 'established' | 'members'): void {
    const { view, members } = this.#state.judge.membership
    const { group } = this.#state.terms.application
    this.#greetAt = undefined
    this.#outgoing.membersChanged(members)
    this.#faults.settle((fault) => fault.group === group && memberOf(members, fault.member) === undefined)
    this.#event(event, view, members)
    this.#incoming.release()
  }

  #expire(): void {
    if (this.#greetAt !== undefined && this.#greetAt <= this.#state.now) this.#greet()
    this.#outgoing.expire()
    this.#incoming.expire()
    this.#sayFaults()
    this.#handOver.expire()
    this.#askLease()
  }

  #askLease(): void {
    const nonce = this.#state.lease?.due(this.#state.now)
    if (nonce !== undefined) this.#state.outputs.push({ output: 'ask', nonce })
  }

  /** All whom it knew at its start may be gone before one has answered. */
  #meet(locator: Locator): void {
    const { judge, terms } = this.#state
    if (!judge.fresh || this.#contacts.includes(locator)) return
    this.#contacts = [...this.#contacts, locator].slice(-terms.limits.membersMax)
  }

  #greet(): void {
    const { terms, now } = this.#state
    this.#state.send(this.#contacts, this.#outgoing.keepAlive)
    this.#greetAt = (now + terms.limits.repeatDelay) as Instant
  }

  #sayFaults(): void {
    const { now, terms, judge } = this.#state
    for (const { group, member } of this.#faults.due(now, terms.limits.repeatDelay)) {
      const to = judge.fresh ? this.#contacts : this.#everybody()
      const { members, length } = judge.membership
      this.#state.send(to, { kind: 'FaultNotice', group, member, members, length })
    }
  }

  #event(event: 'adopted' | 'established' | 'members', view: Membership['view'], members: readonly MemberInfo[]): void {
    this.#state.outputs.push({ output: 'view', event, at: this.#state.now, view, members })
  }

  #everybody(): readonly Locator[] {
    return this.#state.judge.membership.members.map((member) => member.locator)
  }
}
