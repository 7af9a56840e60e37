import type { Contents, Instant, MemberId, MemberInfo, SequenceNumber } from '../../message/index.js'
import { earliest } from '../deadlines.js'
import { CongestionWindow } from '../messaging/congestion.js'
import { RetransmitTimer } from '../messaging/retransmit.js'
import { FanOut } from './fan-out.js'
import type { PeerState } from './state.js'

/** An acknowledgement of one member: what it holds of this peer's messages, and how many more bytes it takes. */
export interface Acknowledgement {
  readonly sourceMember: MemberId
  readonly ack: number
  readonly window: number
}

/**
 * What a connected group of one member sends: its own messages, to the primary as fast as the path and the slowest
 * member let it, to the backups by the millisecond, and again to whoever does not acknowledge them (protocol.md 4).
 */
export class Outgoing {
  readonly #state: PeerState
  readonly #retransmit: RetransmitTimer
  readonly #congestion: CongestionWindow
  readonly #fan: FanOut
  #congested = false

  constructor(state: PeerState) {
    this.#state = state
    const { payloadBytesMax, flightBytesMax } = state.terms.limits
    this.#retransmit = new RetransmitTimer(state.terms.limits)
    this.#congestion = new CongestionWindow({ datagramBytes: payloadBytesMax, bytesMax: flightBytesMax })
    this.#fan = new FanOut(state)
  }

  get deadline(): Instant | undefined {
    return earliest(this.#fan.deadline, this.#retransmit.deadline)
  }

  /** Applications should hand over no more for now. */
  get congested(): boolean {
    return this.#congested
  }

  submit(message: Uint8Array): void {
    const { sent, terms } = this.#state
    sent.append(message)
    this.#congested ||= sent.unacknowledgedBytes > terms.limits.backlogBytesMax
  }

  transmit(): void {
    const { judge, terms, sent, now } = this.#state
    if (judge.primary === undefined || sent.transmitted === sent.last) return
    while (sent.transmitted < sent.last && this.#open) {
      const { sequence, payloads, bytes } = sent.take(terms.limits.payloadBytesMax)
      this.#state.sendPrimary({ kind: 'Data', sequence, payloads })
      this.#retransmit.sent(now, sent.transmitted)
      this.#state.acked()
      if (this.#fan.owe(bytes)) this.fanOut()
    }
    // A window that is shut is asked for as what is lost is sent again: in time, and more and more seldom.
    if (sent.transmitted < sent.last) this.#retransmit.arm(now)
  }

  /** Order has come that the backups wait for. */
  reflect(): void {
    if (this.#fan.owe(0)) this.fanOut()
  }

  fanOut(): void {
    const { judge } = this.#state
    const backups = judge.membership.members.filter((member) => member !== judge.primary)
    if (backups.length === 0) return this.#fan.skip()
    const to = backups.map((member) => member.locator)
    for (let next = this.#fan.next(); next !== undefined; next = this.#fan.next()) {
      const { sequence, payloads, reflected } = next
      const contents: Contents = payloads.length > 0 ? { kind: 'Data', sequence, payloads } : { kind: 'FirstAck' }
      this.#state.send(to, contents, reflected)
    }
  }

  /** From any member; the primary's moves the congestion window. */
  acknowledged({ sourceMember, ack, window }: Acknowledgement): void {
    const { sent, receivers, judge, now } = this.#state
    const limitBefore = receivers.bytesLimit
    receivers.acknowledge(sourceMember, ack)
    receivers.takes(sourceMember, sent.bytesThrough(Math.min(ack, sent.last)) + window)
    const { flightBytes, unacknowledgedBytes } = sent
    const news = sourceMember === judge.primary?.memberId && sent.acknowledge(ack)
    if (news) {
      this.#congestion.acknowledged(unacknowledgedBytes - sent.unacknowledgedBytes, flightBytes)
      this.#retransmit.acknowledged(now, sent.acknowledged, this.#incomplete)
      this.#relieve()
    }
    if (news || receivers.bytesLimit > limitBefore) this.transmit()
  }

  /** A member that sets the pace asks for what was lost on its way. */
  lost(member: MemberId, sequence: number): void {
    const { receivers, sent } = this.#state
    if (receivers.of(member)?.counts === true) this.#congestion.lost(sequence, sent.transmitted)
  }

  expire(): void {
    const { now } = this.#state
    if (this.#fan.deadline !== undefined && this.#fan.deadline <= now) this.fanOut()
    const due = this.#retransmit.due(now)
    if (due === 'resend') this.#resend()
    if (due === 'probe') this.#probe()
  }

  /** A new view: whoever leads now says what it holds, and is sent the rest. */
  established(ack: number): void {
    this.#state.sent.acknowledge(ack)
    this.#state.sent.rewind()
    this.#fan.restart()
  }

  membersChanged(members: readonly MemberInfo[]): void {
    const { sent, receivers, now } = this.#state
    receivers.retain(members, sent.bytesThrough(sent.transmitted))
    // Whoever is new may lack the last messages, and no later one would show it.
    if (this.#incomplete) this.#retransmit.arm(now)
  }

  get #open(): boolean {
    const { sent, receivers } = this.#state
    if (receivers.bytesLimit <= sent.bytesThrough(sent.transmitted)) return false
    return sent.flightBytes < this.#congestion.bytes
  }

  get #incomplete(): boolean {
    const { sent, receivers } = this.#state
    return receivers.lowest(sent.last) < sent.last
  }

  #relieve(): void {
    const { sent, terms, outputs } = this.#state
    if (!this.#congested || sent.unacknowledgedBytes > terms.limits.backlogBytesMax / 2) return
    this.#congested = false
    outputs.push({ output: 'relieved' })
  }

  /** The backups' acknowledgements may take longer; what they have lost the time-out shows. */
  #probe(): void {
    const { sent } = this.#state
    if (sent.transmitted > sent.acknowledged) this.#state.sendPrimary(this.keepAlive)
  }

  /**
   * Whoever has made no progress gets the oldest of what it lacks again, and hears how much there is: it asks for the
   * rest. A newcomer has all of it from a member.
   */
  #resend(): void {
    if (!this.#incomplete) return this.#retransmit.stop()
    const { terms, judge, sent, receivers, now } = this.#state
    this.#retransmit.expired(now)
    for (const { locator, acknowledged, counts } of receivers.stalled(sent.last)) {
      if (locator === judge.primary?.locator) this.#congestion.timedOut(sent.transmitted)
      const sequence = (acknowledged + 1) as SequenceNumber
      const payloads = counts ? sent.slice(sequence, sent.transmitted, terms.limits.payloadBytesMax) : []
      if (payloads.length > 0) this.#state.send([locator], { kind: 'Data', sequence, payloads })
      this.#state.send([locator], this.keepAlive)
    }
    this.transmit()
  }

  /** How much there is, for whoever has heard of less. */
  get keepAlive(): Contents {
    const { terms, sent } = this.#state
    return { kind: 'KeepAlive', locator: terms.identity.locator, lastSequence: sent.transmitted }
  }
}
