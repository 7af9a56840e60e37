import { unreachable } from '../../base/index.js'
import type {
  Bodies,
  EntryBlock,
  Epoch,
  GroupId,
  Instant,
  KindName,
  Locator,
  MemberInfo,
  Message,
  MessageOf,
  OrderIndex,
  PeerInfo,
} from '../../message/index.js'
import { NO_ENTRIES, NO_VIEW } from '../../message/index.js'
import { History, lastOf } from '../determinizer/history.js'
import type { Limits } from '../limits.js'
import type { Membership } from '../membership/view.js'
import { memberOf, NO_MEMBERSHIP, primaryOf, replaces, sameView } from '../membership/view.js'
import { ReceiveWindow } from '../messaging/receive-window.js'
import { RetransmitTimer } from '../messaging/retransmit.js'
import { SentList } from '../messaging/sent-list.js'
import { Faults } from './faults.js'
import type { PeerInput, PeerOutput } from './io.js'
import { Receivers } from './receivers.js'

export interface PeerTerms {
  readonly identity: PeerInfo
  readonly application: { readonly group: GroupId; readonly epoch: Epoch }
  /** Whom to greet until a primary answers. */
  readonly contacts: readonly Locator[]
  readonly limits: Limits
  /** False only where a test shows what holds without reflection. */
  readonly reflects: boolean
}

const RANGES_PER_NACK_MAX = 16

/**
 * The single member of a group connected to the replicated one (a gateway, the console). It keeps and reflects the
 * order that it is sent (protocol.md section 5), lets nothing out before that order is held, and judges views
 * (section 7). It performs no effect.
 */
export class Peer {
  readonly #terms: PeerTerms
  readonly #limits: Limits
  readonly #history: History = new History()
  readonly #sent: SentList = new SentList()
  readonly #window: ReceiveWindow
  readonly #retransmit: RetransmitTimer
  readonly #receivers = new Receivers()
  readonly #faults = new Faults()
  #established: Membership = NO_MEMBERSHIP
  #adopted = NO_VIEW
  #reflectedUpTo = 0
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
    let first: number | undefined
    for (const at of [this.#ackAt, this.#nackAt, this.#greetAt, this.#retransmit.deadline, this.#faults.deadline]) {
      if (at !== undefined && (first === undefined || at < first)) first = at
    }
    return first as Instant | undefined
  }

  get congested(): boolean {
    return this.#congested
  }

  get membership(): Membership {
    return this.#established
  }

  get receivers(): Receivers {
    return this.#receivers
  }

  get historyIndex(): OrderIndex {
    return this.#history.held
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
    // Exactness: everything else counts only under the view that is adopted and established (protocol.md 5.5).
    const { view } = this.#established
    if (!sameView(message.view, view) || !sameView(this.#adopted, view)) return
    if (message.kind === 'AcceptBackup' || message.kind === 'RemoveBackup') return this.#changeMembers(message)
    if (message.kind === 'SecondAck') return this.#secondAck(message)
    if (message.kind === 'Nack') return this.#repair(message)
    if (message.kind === 'Data' || message.kind === 'FirstAck') this.#fromPrimary(message)
  }

  #fromPrimary(message: MessageOf<'Data'> | MessageOf<'FirstAck'>): void {
    if (message.sourceMember !== primaryOf(this.#established)?.memberId) return
    if (this.#sent.acknowledge(message.ack)) this.#progress()
    this.#receivers.acknowledge(message.sourceMember, message.ack)
    this.#history.skipTo(message.stableIndex)
    const ordered = this.#history.merge(message.order)
    if (message.kind === 'Data') {
      for (let at = 0; at < message.payloads.length; at++) {
        const payload = message.payloads[at] as Uint8Array
        this.#window.put(message.sequence + at, payload, message.orderIndex)
        this.#unackedBytes += payload.length
      }
    }
    this.#release()
    this.#window.ownPending()
    const gap = this.#window.hasGap || message.orderIndex > this.#history.held
    if (gap) this.#nackAt ??= (this.#now + this.#limits.nackDelay) as Instant
    if (message.kind === 'Data' || ordered) this.#owe()
  }

  /** The release rule (protocol.md 5.5). */
  #release(): void {
    for (let next = this.#window.shift(this.#history.held); next !== undefined; next = this.#window.shift(this.#history.held)) {
      this.#released = Math.max(this.#released, next.orderIndex)
      this.#outputs.push({ output: 'release', payload: next.payload })
    }
  }

  #owe(): void {
    if (this.#unackedBytes >= this.#limits.ackBytesMax) return this.#acknowledge()
    this.#ackAt ??= (this.#now + this.#limits.ackDelay) as Instant
  }

  #acknowledge(): void {
    let reflected = this.#nextReflected()
    do {
      this.#send(this.#everybody(), 'FirstAck', {}, reflected)
      reflected = this.#nextReflected()
    } while (reflected.entries.length > 0)
    this.#acked()
  }

  #acked(): void {
    this.#ackAt = undefined
    this.#unackedBytes = 0
  }

  /** Entries that were not reflected yet; who misses a reflection asks. */
  #nextReflected(): EntryBlock {
    if (!this.#terms.reflects) return NO_ENTRIES
    const from = Math.max(this.#reflectedUpTo + 1, this.#history.first)
    const block = this.#history.block(from, this.#history.held, this.#limits.orderBytesMax)
    if (block.entries.length > 0) this.#reflectedUpTo = lastOf(block)
    return block
  }

  #transmit(): void {
    if (this.#established.members.length === 0) return
    while (this.#sent.transmitted < this.#sent.last && this.#sent.flightBytes < this.#limits.flightBytesMax) {
      const data = this.#sent.take(this.#limits.payloadBytesMax)
      this.#send(this.#everybody(), 'Data', data, this.#nextReflected())
      this.#retransmit.sent(this.#now, this.#sent.transmitted)
      this.#acked()
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
    this.#receivers.holds(message.sourceMember, message.held, message.executed)
    for (const report of message.received) {
      if (report.group === group && report.epoch === epoch) this.#receivers.acknowledge(message.sourceMember, report.upTo)
    }
  }

  #repair(message: MessageOf<'Nack'>): void {
    const asker = memberOf(this.#established.members, message.sourceMember)
    if (asker === undefined) return
    for (const range of message.messages) this.#sendAgain(asker.locator, range.from, range.to)
    if (!this.#terms.reflects) return
    for (const range of message.entries) {
      const block = this.#history.block(range.from, range.to, this.#limits.orderBytesMax)
      if (block.entries.length > 0) this.#send([asker.locator], 'FirstAck', {}, block)
    }
  }

  #sendAgain(to: Locator, from: number, upTo: number): void {
    const payloads = this.#sent.slice(from, Math.min(upTo, this.#sent.transmitted), this.#limits.payloadBytesMax)
    const sequence = from as MessageOf<'Data'>['sequence']
    if (payloads.length > 0) this.#send([to], 'Data', { sequence, payloads })
  }

  #proposal(message: MessageOf<'ProposePrimary'>): void {
    const { view, members } = this.#established
    const fresh = members.length === 0
    const proposer = memberOf(fresh ? message.members : members, message.sourceMember)
    const locator = memberOf(message.members, message.sourceMember)?.locator ?? proposer?.locator
    if (locator === undefined) return
    const repeated = sameView(message.proposed, this.#adopted) && !sameView(this.#adopted, view)
    const newer = replaces(message.proposed, this.#adopted, sameView(this.#adopted, view))
    if (proposer === undefined || !(newer || repeated)) {
      return this.#send([locator], 'Refuse', { known: view, members })
    }
    if (!repeated) this.#adopt(message)
    const body = {
      accepted: message.proposed,
      held: this.#history.held,
      receivedUpTo: this.#window.receivedUpTo,
      released: this.#released as OrderIndex,
    }
    this.#send([locator], 'RecoveryReport', body, this.#history.block(message.held + 1, this.#history.held, this.#limits.orderBytesMax))
    this.#supplyMessages(locator, message)
  }

  #adopt(message: MessageOf<'ProposePrimary'>): void {
    this.#adopted = message.proposed
    this.#window.dropPending()
    this.#ackAt = undefined
    this.#nackAt = undefined
    this.#event('adopted', message.proposed, message.members)
  }

  /** The proposer lacks messages of this group: it gets them now (protocol.md section 6, Recovery). */
  #supplyMessages(to: Locator, message: MessageOf<'ProposePrimary'>): void {
    const { group, epoch } = this.#terms.identity
    const had = message.received.find((report) => report.group === group && report.epoch === epoch)?.upTo ?? 0
    if (had < this.#sent.transmitted) this.#sendAgain(to, had + 1, this.#sent.transmitted)
  }

  #establish(message: MessageOf<'Establish'>): void {
    const { view, members } = this.#established
    // Who knows a membership follows only the view that it has adopted; a fresh peer takes what it is told.
    if (members.length > 0 && !sameView(message.established, this.#adopted)) return
    if (!sameView(message.established, view)) {
      this.#history.truncate(message.length)
      this.#reflectedUpTo = Math.min(this.#reflectedUpTo, message.length)
      this.#adopted = message.established
      this.#window.dropPending()
      this.#setMembers({ view: message.established, members: message.members })
      this.#sent.acknowledge(message.ack)
      this.#sent.rewind()
      this.#event('established', message.established, message.members)
    }
    this.#acknowledge()
    this.#transmit()
  }

  #changeMembers(message: MessageOf<'AcceptBackup'> | MessageOf<'RemoveBackup'>): void {
    if (message.view.backupView > this.#established.view.backupView) {
      this.#setMembers({ view: message.view, members: message.members })
      this.#event('members', message.view, message.members)
    }
    this.#acknowledge()
  }

  #setMembers(membership: Membership): void {
    this.#established = membership
    this.#greetAt = undefined
    this.#receivers.retain(membership.members)
    const { group } = this.#terms.application
    this.#faults.settle((fault) => fault.group === group && memberOf(membership.members, fault.member) === undefined)
  }

  #expire(): void {
    const due = (at: Instant | undefined): boolean => at !== undefined && at <= this.#now
    if (due(this.#greetAt)) this.#greet()
    if (due(this.#ackAt)) this.#acknowledge()
    if (due(this.#nackAt)) this.#askForMissing()
    if (due(this.#retransmit.deadline)) this.#resend()
    this.#sayFaults()
  }

  #askForMissing(): void {
    this.#nackAt = undefined
    const primary = primaryOf(this.#established)
    const awaited = Math.max(this.#window.awaitedIndex, 0)
    const messages = this.#window.missing(RANGES_PER_NACK_MAX)
    const entries = awaited > this.#history.held ? [{ from: this.#history.held + 1, to: awaited }] : []
    if (primary === undefined || (messages.length === 0 && entries.length === 0)) return
    const { group: from, epoch: fromEpoch } = this.#terms.application
    this.#send([primary.locator], 'Nack', { entries, from, fromEpoch, messages })
    this.#nackAt = (this.#now + this.#limits.repeatDelay) as Instant
  }

  #resend(): void {
    if (!this.#incomplete()) return this.#retransmit.stop()
    this.#retransmit.expired(this.#now)
    for (const receiver of this.#receivers.stalled(this.#sent.transmitted)) {
      this.#sendAgain(receiver.locator, receiver.acknowledged + 1, this.#sent.transmitted)
    }
    this.#transmit()
  }

  #greet(): void {
    const body = { locator: this.#terms.identity.locator, lastSequence: this.#sent.last }
    this.#send(this.#terms.contacts, 'KeepAlive', body)
    this.#greetAt = (this.#now + this.#limits.repeatDelay) as Instant
  }

  #sayFaults(): void {
    for (const fault of this.#faults.due(this.#now, this.#limits.repeatDelay)) {
      const to = this.#established.members.length > 0 ? this.#everybody() : this.#terms.contacts
      this.#send(to, 'FaultNotice', { group: fault.group, member: fault.member })
    }
  }

  #event(event: 'adopted' | 'established' | 'members', view: Membership['view'], members: readonly MemberInfo[]): void {
    this.#outputs.push({ output: 'view', event, at: this.#now, view, members })
  }

  #everybody(): readonly Locator[] {
    return this.#established.members.map((member) => member.locator)
  }

  #send<K extends KindName>(to: readonly Locator[], kind: K, body: Bodies[K], reflected: EntryBlock = NO_ENTRIES): void {
    const { identity, application } = this.#terms
    const message = {
      kind,
      sourceGroup: identity.group,
      sourceEpoch: identity.epoch,
      sourceMember: identity.memberId,
      destinationGroup: application.group,
      destinationEpoch: application.epoch,
      view: NO_VIEW,
      peerView: this.#established.view,
      ack: this.#window.receivedUpTo,
      orderIndex: 0 as OrderIndex,
      stableIndex: 0 as OrderIndex,
      heldIndex: this.#history.held,
      order: NO_ENTRIES,
      reflected,
      ...body,
    } as unknown as MessageOf<K>
    this.#outputs.push({ output: 'send', to, message: message as unknown as Message })
  }
}
