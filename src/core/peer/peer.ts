import { unreachable } from '../../base/index.js'
import type {
  Contents,
  EntryBlock,
  Instant,
  Locator,
  MemberInfo,
  Message,
  MessageOf,
  OrderIndex,
} from '../../message/index.js'
import { NO_ENTRIES } from '../../message/index.js'
import { earliest } from '../deadlines.js'
import { History } from '../determinizer/history.js'
import type { Limits } from '../limits.js'
import type { Membership } from '../membership/view.js'
import { memberOf } from '../membership/view.js'
import { ReceiveWindow } from '../messaging/receive-window.js'
import { RetransmitTimer } from '../messaging/retransmit.js'
import { SentList } from '../messaging/sent-list.js'
import { FanOut } from './fan-out.js'
import { Faults } from './faults.js'
import { peerHeader } from './header.js'
import type { PeerInput, PeerOutput, PeerTerms } from './io.js'
import { Judge } from './judge.js'
import { Receivers } from './receivers.js'
import { Supply } from './supply.js'

/**
 * The single member of a group connected to the replicated one (a gateway, the console). It keeps and reflects the
 * order that it is sent (protocol.md section 5), lets nothing out before that order is held, and judges views
 * (section 7). It performs no effect.
 */
export class Peer {
  readonly #terms: PeerTerms
  readonly #limits: Limits
  readonly #history: History = new History()
  readonly #sent: SentList = new SentList(false)
  readonly #window: ReceiveWindow
  readonly #retransmit: RetransmitTimer
  readonly #fan: FanOut
  readonly #supply: Supply
  readonly #receivers = new Receivers()
  readonly #faults = new Faults()
  readonly #judge = new Judge()
  /** Highest `orderIndex` of what was let out. */
  #released = 0
  #unackedBytes = 0
  #ackAt: Instant | undefined
  #nackAt: Instant | undefined
  #greetAt: Instant | undefined
  #congested = false
  #now = 0 as Instant
  #outputs: PeerOutput[] = []

  constructor(terms: PeerTerms) {
    this.#terms = terms
    this.#limits = terms.limits
    this.#window = new ReceiveWindow(terms.limits.reorderMessagesMax)
    this.#retransmit = new RetransmitTimer(terms.limits.retransmitDelayMin, terms.limits.retransmitDelayMax)
    const { limits, reflects } = terms
    this.#supply = new Supply({
      terms,
      judge: this.#judge,
      sent: this.#sent,
      window: this.#window,
      history: this.#history,
      receivers: this.#receivers,
      send: (to, contents, reflected) => this.#send(to, contents, reflected),
    })
    const urgent = terms.commit === 'acknowledged'
    this.#fan = new FanOut({ sent: this.#sent, history: this.#history, limits, reflects, urgent })
  }

  start(now: Instant): readonly PeerOutput[] {
    this.#now = now
    this.#greet()
    return this.#take()
  }

  step(now: Instant, input: PeerInput): readonly PeerOutput[] {
    this.#now = now
    switch (input.input) {
      case 'received':
        this.#receive(input.message)
        break
      case 'submitted':
        this.#sent.append(input.payload)
        this.#boundKept()
        this.#congested ||= this.#sent.unacknowledgedBytes > this.#limits.backlogBytesMax
        break
      case 'flush':
        this.#transmit()
        break
      case 'deadline':
        this.#expire()
        break
      case 'fault':
        this.#faults.add(input.group, input.member)
        this.#sayFaults()
        break
      default:
        unreachable(input)
    }
    return this.#take()
  }

  get deadline(): Instant | undefined {
    const { deadline: faultsAt } = this.#faults
    return earliest(this.#fan.deadline, this.#ackAt, this.#nackAt, this.#greetAt, this.#retransmit.deadline, faultsAt)
  }

  get congested(): boolean {
    return this.#congested
  }

  get membership(): Membership {
    return this.#judge.membership
  }

  get receivers(): Receivers {
    return this.#receivers
  }

  get historyIndex(): OrderIndex {
    return this.#history.held
  }

  /** What members may need again is kept whole within its bound; beyond it the older half of what all have goes. */
  #boundKept(): void {
    if (this.keptBytes < this.#limits.historyBytesMax) return
    this.#sent.dropOlderHalf(this.#receivers.lowest(this.#sent.last))
    const { first, held } = this.#history
    const middle = Math.floor((first + held) / 2)
    if (middle >= first) this.#history.dropThrough(middle)
  }

  /** Bytes of history and of inputs kept. */
  get keptBytes(): number {
    return this.#history.bytes + this.#sent.bytes
  }

  #take(): readonly PeerOutput[] {
    const outputs = this.#outputs
    if (outputs.length > 0) this.#outputs = []
    return outputs
  }

  #receive(message: Message): void {
    const { identity, application } = this.#terms
    if (message.destinationGroup !== identity.group || message.destinationEpoch !== identity.epoch) return
    if (message.sourceGroup !== application.group || message.sourceEpoch !== application.epoch) return
    if (message.kind === 'ProposePrimary') return this.#proposal(message)
    if (message.kind === 'Establish') return this.#establish(message)
    if (message.kind === 'Nack' && this.#judge.proposer !== undefined) return this.#proposerNack(message)
    if (!this.#judge.accepts(message.view)) return
    if (message.kind === 'AcceptBackup' || message.kind === 'RemoveBackup') return this.#changeMembers(message)
    if (message.kind === 'SecondAck') return this.#secondAck(message)
    if (message.kind === 'Nack') return this.#nack(message)
    if (message.kind === 'Data' || message.kind === 'FirstAck') this.#fromPrimary(message)
  }

  #fromPrimary(message: MessageOf<'Data'> | MessageOf<'FirstAck'>): void {
    if (message.sourceMember !== this.#judge.primary?.memberId) return
    if (this.#sent.acknowledge(message.ack)) this.#progress()
    this.#receivers.acknowledge(message.sourceMember, message.ack)
    this.#history.skipTo(message.stableIndex)
    const ordered = this.#history.merge(message.order)
    if (message.kind === 'Data') {
      for (let at = 0; at < message.payloads.length; at++) {
        const payload = message.payloads[at] as Uint8Array
        this.#unackedBytes += payload.length
        if (this.#window.accept(message.sequence + at, message.orderIndex, this.#committed)) {
          this.#letOut(payload, message.orderIndex)
        } else this.#window.put(message.sequence + at, payload, message.orderIndex)
      }
    }
    this.#release()
    this.#window.ownPending()
    const gap = this.#window.hasGap || message.orderIndex > this.#history.held
    if (gap) this.#nackAt ??= (this.#now + this.#limits.nackDelay) as Instant
    if (message.kind === 'Data' || ordered) this.#owe()
  }

  /** The release rule (protocol.md 5.5) for what had to wait. */
  #release(): void {
    for (let next = this.#nextHeld(); next !== undefined; next = this.#nextHeld()) {
      this.#letOut(next.payload, next.orderIndex)
    }
  }

  /** Messages that depend on entries up to here may be let out. */
  get #committed(): number {
    const { held } = this.#history
    return this.#terms.commit === 'acknowledged'
      ? Math.min(held, this.#receivers.executedByAll(this.#backups, held))
      : held
  }

  /** Those who could take over, and so those whose confirmation counts. */
  get #backups(): readonly MemberInfo[] {
    const { primary, membership } = this.#judge
    return membership.members.filter((member) => member.caughtUp && member !== primary)
  }

  #nextHeld(): ReturnType<ReceiveWindow['shift']> {
    return this.#window.shift(this.#committed)
  }

  #letOut(payload: Uint8Array, orderIndex: number): void {
    this.#released = Math.max(this.#released, orderIndex)
    this.#outputs.push({ output: 'release', payload })
  }

  #owe(): void {
    if (this.#fan.owe(this.#now, 0)) this.#fanOut()
    if (this.#unackedBytes >= this.#limits.ackBytesMax) return this.#acknowledge()
    this.#ackAt ??= (this.#now + this.#limits.ackDelay) as Instant
  }

  #acknowledge(): void {
    const primary = this.#judge.primary
    if (primary !== undefined) this.#send([primary.locator], { kind: 'FirstAck' })
    this.#acked()
  }

  #fanOut(): void {
    const primary = this.#judge.primary
    const backups = this.#everybody().filter((locator) => locator !== primary?.locator)
    if (backups.length === 0) return this.#fan.skip()
    for (let next = this.#fan.next(); next !== undefined; next = this.#fan.next()) {
      const { sequence, payloads, reflected } = next
      if (payloads.length > 0) this.#send(backups, { kind: 'Data', sequence, payloads }, reflected)
      else this.#send(backups, { kind: 'FirstAck' }, reflected)
    }
  }

  #acked(): void {
    this.#ackAt = undefined
    this.#unackedBytes = 0
  }

  #transmit(): void {
    const primary = this.#judge.primary
    if (primary === undefined) return
    while (this.#sent.transmitted < this.#sent.last && this.#sent.flightBytes < this.#limits.flightBytesMax) {
      const data = this.#sent.take(this.#limits.payloadBytesMax)
      this.#send([primary.locator], { kind: 'Data', sequence: data.sequence, payloads: data.payloads })
      this.#retransmit.sent(this.#now, this.#sent.transmitted)
      this.#acked()
      if (this.#fan.owe(this.#now, data.bytes)) this.#fanOut()
    }
  }

  /** The primary acknowledged messages. */
  #progress(): void {
    this.#retransmit.acknowledged(this.#now, this.#sent.acknowledged, this.#incomplete())
    this.#transmit()
    if (!this.#congested || this.#sent.unacknowledgedBytes > this.#limits.backlogBytesMax / 2) return
    this.#congested = false
    this.#outputs.push({ output: 'relieved' })
  }

  #incomplete(): boolean {
    return this.#receivers.lowest(this.#sent.last) < this.#sent.last
  }

  #secondAck(message: MessageOf<'SecondAck'>): void {
    const { group, epoch } = this.#terms.identity
    this.#receivers.holds(message.sourceMember, message)
    for (const report of message.received) {
      if (report.group === group && report.epoch === epoch)
        this.#receivers.acknowledge(message.sourceMember, report.upTo)
    }
    this.#release()
  }

  #nack(message: MessageOf<'Nack'>): void {
    const asker = memberOf(this.#judge.membership.members, message.sourceMember)
    if (asker !== undefined) this.#supply.repair(asker.locator, message)
  }

  #proposal(message: MessageOf<'ProposePrimary'>): void {
    const { view, members } = this.#judge.membership
    const locator = memberOf(message.members, message.sourceMember)?.locator
    if (locator === undefined) return
    const verdict = this.#judge.proposed(message)
    if (verdict === 'refuse') return this.#send([locator], { kind: 'Refuse', known: view, members })
    if (verdict === 'adopt') {
      this.#window.dropPending()
      this.#ackAt = undefined
      this.#nackAt = undefined
      this.#event('adopted', message.proposed, message.members)
    }
    this.#supply.answer(locator, message, this.#released)
  }

  /** Under a view that is adopted and not established nobody but its proposer is served. */
  #proposerNack(message: MessageOf<'Nack'>): void {
    const { proposer } = this.#judge
    if (proposer?.memberId === message.sourceMember) this.#supply.recover(proposer.locator, message, this.#released)
  }

  #establish(message: MessageOf<'Establish'>): void {
    const verdict = this.#judge.established(message)
    if (verdict === 'ignore') return
    if (verdict === 'new') {
      this.#history.truncate(message.length)
      this.#window.dropPending()
      this.#sent.acknowledge(message.ack)
      this.#sent.rewind()
      this.#fan.restart()
      this.#membersChanged('established')
    }
    this.#acknowledge()
    this.#transmit()
  }

  #changeMembers(message: MessageOf<'AcceptBackup'> | MessageOf<'RemoveBackup'>): void {
    if (message.sourceMember !== this.#judge.primary?.memberId) return
    if (this.#judge.changed({ view: message.view, members: message.members })) this.#membersChanged('members')
    this.#acknowledge()
  }

  #membersChanged(event: 'established' | 'members'): void {
    const { view, members } = this.#judge.membership
    const { group } = this.#terms.application
    this.#greetAt = undefined
    this.#receivers.retain(members)
    this.#faults.settle((fault) => fault.group === group && memberOf(members, fault.member) === undefined)
    this.#event(event, view, members)
    this.#release()
  }

  #expire(): void {
    const due = (at: Instant | undefined): boolean => at !== undefined && at <= this.#now
    if (due(this.#greetAt)) this.#greet()
    if (due(this.#fan.deadline)) this.#fanOut()
    if (due(this.#ackAt)) this.#acknowledge()
    if (due(this.#nackAt)) this.#askForMissing()
    if (due(this.#retransmit.deadline)) this.#resend()
    this.#sayFaults()
  }

  #askForMissing(): void {
    this.#nackAt = undefined
    const primary = this.#judge.primary
    const { awaitedIndex: to } = this.#window
    const messages = this.#window.missing(this.#limits.rangesPerNackMax)
    const entries = to > this.#history.held ? [{ from: this.#history.held + 1, to }] : []
    if (primary === undefined || (messages.length === 0 && entries.length === 0)) return
    const { group: from, epoch: fromEpoch } = this.#terms.application
    this.#send([primary.locator], { kind: 'Nack', entries, from, fromEpoch, messages })
    this.#nackAt = (this.#now + this.#limits.repeatDelay) as Instant
  }

  #resend(): void {
    if (!this.#incomplete()) return this.#retransmit.stop()
    this.#retransmit.expired(this.#now)
    this.#supply.stalled()
    this.#transmit()
  }

  #greet(): void {
    const { identity, contacts } = this.#terms
    this.#send(contacts, { kind: 'KeepAlive', locator: identity.locator, lastSequence: this.#sent.last })
    this.#greetAt = (this.#now + this.#limits.repeatDelay) as Instant
  }

  #sayFaults(): void {
    for (const fault of this.#faults.due(this.#now, this.#limits.repeatDelay)) {
      this.#send(this.#judge.fresh ? this.#terms.contacts : this.#everybody(), {
        kind: 'FaultNotice',
        group: fault.group,
        member: fault.member,
      })
    }
  }

  #event(event: 'adopted' | 'established' | 'members', view: Membership['view'], members: readonly MemberInfo[]): void {
    this.#outputs.push({ output: 'view', event, at: this.#now, view, members })
  }

  #everybody(): readonly Locator[] {
    return this.#judge.membership.members.map((member) => member.locator)
  }

  #send(to: readonly Locator[], contents: Contents, reflected: EntryBlock = NO_ENTRIES): void {
    const peerView = this.#judge.membership.view
    const { receivedUpTo: ack } = this.#window
    const header = peerHeader(this.#terms, { peerView, ack, heldIndex: this.#history.held, reflected })
    this.#outputs.push({ output: 'send', to, message: { ...header, ...contents } })
  }
}
