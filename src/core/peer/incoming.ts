import type { Instant, MemberInfo, MessageOf } from '../../message/index.js'
import { earliest } from '../deadlines.js'
import { Assembly } from '../messaging/fragments.js'
import { Gap } from '../messaging/gap.js'
import type { Outgoing } from './outgoing.js'
import type { PeerState } from './state.js'

/** Less than any message depends on. */
const NOTHING = -1

/**
 * What a connected group of one member receives from the application's primary: puts it into sequence, lets it out when
 * the order that it depends on is held (protocol.md 5.5), acknowledges it, and asks for what is missing.
 */
export class Incoming {
  readonly #state: PeerState
  readonly #outgoing: Outgoing
  readonly #assembly = new Assembly()
  readonly #gap: Gap
  /** Backups have not confirmed what a message waits for; by then they are asked. */
  #confirmAt: Instant | undefined
  /** What the application kept when the primary last heard how much more may come. */
  #keptBytesSaid = 0

  constructor(state: PeerState, outgoing: Outgoing) {
    this.#state = state
    this.#outgoing = outgoing
    this.#gap = new Gap(state.terms.limits)
  }

  get deadline(): Instant | undefined {
    return earliest(this.#state.ackAt, this.#gap.deadline, this.#confirmAt)
  }

  take(message: MessageOf<'Data'> | MessageOf<'FirstAck'>): void {
    const { history, window } = this.#state
    const receivedBefore = window.receivedUpTo
    history.skipTo(message.stableIndex)
    const ordered = history.merge(message.order)
    if (message.kind === 'Data') this.#payloads(message)
    this.release()
    window.ownPending()
    const progress = ordered || window.receivedUpTo > receivedBefore
    if (window.hasGap || message.orderIndex > history.held) this.#missing(progress)
    else this.#gap.close()
    if (message.kind === 'Data' || ordered) this.#owe()
  }

  /** The primary asks whether this peer is there, and says how much it has sent. */
  asked(lastSequence: number): void {
    const { window } = this.#state
    window.learn(lastSequence)
    if (window.hasGap && this.#gap.revealed(this.#state.now)) this.#ask()
    this.acknowledge()
  }

  /** The release rule (protocol.md 5.5) for what had to wait. */
  release(): void {
    const committed = this.#committed
    const { window } = this.#state
    for (let next = window.shift(committed); next !== undefined; next = window.shift(committed)) {
      this.#letOut(next.payload, next.orderIndex)
    }
    const { terms, now } = this.#state
    if (terms.commit !== 'acknowledged' || window.awaitedIndex === 0) this.#confirmAt = undefined
    else this.#confirmAt ??= (now + terms.limits.repeatDelay) as Instant
  }

  /** The lease is renewed: what waited for it goes, and the primary hears of it. */
  resume(): void {
    const { window } = this.#state
    const before = window.receivedUpTo
    this.release()
    if (window.receivedUpTo > before) this.acknowledge()
  }

  acknowledge(): void {
    this.#keptBytesSaid = this.#state.keptBytes
    this.#state.sendPrimary({ kind: 'FirstAck' })
    this.#state.acked()
  }

  /** The application keeps so many bytes of what was let out: a primary that waits for room hears when there is. */
  keeps(bytes: number): void {
    this.#state.keptBytes = bytes
    if (this.#keptBytesSaid - bytes >= this.#state.terms.limits.receiveBytesMax / 2) this.acknowledge()
  }

  /** Another view is adopted. */
  dropPending(): void {
    this.#state.window.dropPending()
    this.#state.ackAt = undefined
    this.#gap.close()
  }

  expire(): void {
    const { ackAt, now } = this.#state
    if (ackAt !== undefined && ackAt <= now) this.acknowledge()
    if (this.#gap.due(now)) this.#ask()
    if (this.#confirmAt !== undefined && this.#confirmAt <= now) this.#askBackups()
  }

  #payloads({ payloads, sequence, orderIndex }: MessageOf<'Data'>): void {
    const { window } = this.#state
    const committed = this.#committed
    for (let at = 0; at < payloads.length; at++) {
      const payload = payloads[at] as Uint8Array
      this.#state.unackedBytes += payload.length
      if (window.accept(sequence + at, orderIndex, committed)) this.#letOut(payload, orderIndex)
      else window.put(sequence + at, payload, orderIndex)
    }
  }

  /** Messages that depend on entries up to here may be let out. */
  get #committed(): number {
    const { terms, receivers, history, lease, now } = this.#state
    if (lease !== undefined && !lease.holds(now)) return NOTHING
    const { held } = history
    return terms.commit === 'acknowledged' ? Math.min(held, receivers.executedByAll(this.#backups, held)) : held
  }

  /** Those who could take over, and so those whose confirmation counts. */
  get #backups(): readonly MemberInfo[] {
    const { primary, membership } = this.#state.judge
    return membership.members.filter((member) => member.caughtUp && member !== primary)
  }

  #letOut(payload: Uint8Array, orderIndex: number): void {
    this.#state.released = Math.max(this.#state.released, orderIndex)
    const message = this.#assembly.add(payload)
    if (message !== undefined) this.#state.outputs.push({ output: 'release', payload: message })
  }

  #owe(): void {
    const { terms, now, unackedBytes } = this.#state
    this.#outgoing.reflect()
    if (unackedBytes >= terms.limits.ackBytesMax) return this.acknowledge()
    this.#state.ackAt ??= (now + terms.limits.ackDelay) as Instant
  }

  /** Their confirmations may be lost: whoever is asked whether it is there says how far it is. */
  #askBackups(): void {
    const { receivers, window, now, terms } = this.#state
    const behind = this.#backups.filter(({ memberId }) => {
      return (receivers.of(memberId)?.executed ?? 0) < window.awaitedIndex
    })
    const to = behind.map((member) => member.locator)
    if (to.length > 0) this.#state.send(to, this.#outgoing.keepAlive)
    this.#confirmAt = (now + terms.limits.repeatDelay) as Instant
  }

  #missing(progress: boolean): void {
    if (this.#gap.seen(this.#state.now, progress)) this.#ask()
  }

  #ask(): void {
    const { terms, history, window, now } = this.#state
    const { awaitedIndex: to } = window
    const messages = window.missing(terms.limits.rangesPerNackMax)
    const entries = to > history.held ? [{ from: history.held + 1, to }] : []
    if (messages.length === 0 && entries.length === 0) return this.#gap.close()
    const { group: from, epoch: fromEpoch } = terms.application
    this.#state.sendPrimary({ kind: 'Nack', entries, from, fromEpoch, messages })
    this.#gap.asked(now)
  }
}
