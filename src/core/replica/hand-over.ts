import type { Instant, MemberId, MemberInfo } from '../../message/index.js'
import { earliest } from '../deadlines.js'
import { memberOf } from '../membership/view.js'
import { Patience } from '../patience.js'
import type { ReplicaState } from './state.js'

/**
 * A planned change of primary (ADR 50), on the side of the one that goes. It takes nothing in any more, lets its
 * successor catch up, tells it to propose itself, and ends. Until it has told so it can still go on as the primary;
 * afterwards it cannot, whatever becomes of its successor: it may have been proposed already.
 */
export class HandOver {
  readonly #state: ReplicaState
  readonly #patience: Patience
  #to: MemberInfo | undefined
  /** The successor has caught up once it has executed so much. */
  #target = 0
  #told = false
  #askAt: Instant | undefined

  constructor(state: ReplicaState) {
    this.#state = state
    this.#patience = new Patience(state.limits.handOverTimeout)
  }

  get deadline(): Instant | undefined {
    return earliest(this.#askAt, this.#patience.deadline)
  }

  /** Nothing is taken in. */
  get active(): boolean {
    return this.#to !== undefined
  }

  /** Returns whether this is something new, and the successor to be given what it lacks. */
  begin(member: MemberId): boolean {
    const { established, faulty, identity, history, now } = this.#state
    const to = memberOf(established.members, member)
    if (this.active || to?.caughtUp !== true || to.memberId === identity.memberId || faulty.has(member)) return false
    this.#to = to
    this.#target = history.held
    this.#told = false
    this.#patience.start(now)
    this.#askSoon()
    return true
  }

  /** A backup says how far it has come. */
  reported(member: MemberId, executed: number): void {
    if (this.#to?.memberId === member && !this.#told && executed >= this.#target) this.#tell()
  }

  /** A member has failed. */
  lost(member: MemberId): void {
    if (this.#to?.memberId === member) this.#giveUp()
  }

  /** True when the successor is to be asked how far it has come. */
  due(): boolean {
    const { now } = this.#state
    if (this.#patience.isOver(now)) this.#giveUp()
    if (this.#askAt === undefined || this.#askAt > now) return false
    if (this.#told) this.#tell()
    else this.#askSoon()
    return !this.#told
  }

  #tell(): void {
    if (this.#to === undefined) return
    this.#told = true
    this.#state.sendInside([this.#to.locator], { kind: 'HandOver', member: this.#to.memberId })
    this.#askSoon()
  }

  #askSoon(): void {
    this.#askAt = (this.#state.now + this.#state.limits.handOverRepeatDelay) as Instant
  }

  #giveUp(): void {
    this.#to = undefined
    this.#askAt = undefined
    this.#patience.stop()
    if (this.#told) this.#state.stop('handed over')
    else this.#state.work()
  }
}
