import type { Instant, MemberId } from '../../message/index.js'
import type { Limits } from '../limits.js'
import type { ReplicaState } from './state.js'

/** How often members are looked at, in parts of the shortest bound. */
const LOOKS = 4

/** Time between two looks. */
export function silenceLooks({ backupSilenceMax }: Pick<Limits, 'backupSilenceMax'>): number {
  return Math.ceil(backupSilenceMax / LOOKS)
}

interface Member {
  heardAt: number
  executed: number
}

/**
 * Members that hold the group back: silent though something waits for their answer, or further behind than they may be
 * for long. The primary removes them (protocol.md section 6).
 */
export class Laggards {
  readonly #state: ReplicaState
  /** Bounded by the membership. */
  readonly #members = new Map<MemberId, Member>()
  #lookAt: Instant | undefined
  /** What the primary had executed at two moments at least `backupLagMax` apart. */
  #mark = { at: 0, executed: 0 }
  #earlier = 0

  constructor(state: ReplicaState) {
    this.#state = state
  }

  get deadline(): Instant | undefined {
    return this.#lookAt
  }

  /** All are judged by what they say from now on. */
  begin(): void {
    const { now, executed, others } = this.#state
    this.#members.clear()
    this.#mark = { at: now, executed }
    this.#earlier = 0
    this.#lookAt = others.length > 0 ? this.#next : undefined
  }

  heard(memberId: MemberId, executed: number): void {
    this.#members.set(memberId, { heardAt: this.#state.now, executed })
  }

  /** Members come and go. */
  changed(): void {
    const { others } = this.#state
    for (const memberId of this.#members.keys()) {
      if (!others.some((other) => other.memberId === memberId)) this.#members.delete(memberId)
    }
    if (others.length === 0) this.#lookAt = undefined
    else this.#lookAt ??= this.#next
  }

  /** Who is to be removed now. */
  due(): readonly MemberId[] {
    const { now } = this.#state
    if (this.#lookAt === undefined || this.#lookAt > now) return []
    // Whoever looks this late was stopped itself, and has heard nobody.
    if (now > this.#lookAt + this.#interval) this.begin()
    else this.#moveMarks()
    this.#lookAt = this.#next
    const silent = this.#state.others.filter((other) => this.#isSilent(other.memberId, other.caughtUp))
    return (silent.length > 0 ? silent : this.#behind()).map((other) => other.memberId)
  }

  #isSilent(memberId: MemberId, caughtUp: boolean): boolean {
    const { now, limits, stability, history } = this.#state
    const member = this.#members.get(memberId) ?? { heardAt: now, executed: 0 }
    this.#members.set(memberId, member)
    const awaited = !caughtUp || stability.heldBy(memberId) < history.held
    if (!awaited) member.heardAt = now
    return now - member.heardAt > (caughtUp ? limits.backupSilenceMax : limits.newcomerSilenceMax)
  }

  /** The last backup that could take over stays, however slow it is. */
  #behind(): ReplicaState['others'] {
    const able = this.#state.others.filter((other) => other.caughtUp)
    const behind = able.filter(({ memberId }) => (this.#members.get(memberId)?.executed ?? Infinity) < this.#earlier)
    return behind.length < able.length ? behind : behind.slice(1)
  }

  #moveMarks(): void {
    const { now, executed, limits } = this.#state
    if (now - this.#mark.at < limits.backupLagMax) return
    this.#earlier = this.#mark.executed
    this.#mark = { at: now, executed }
  }

  get #interval(): number {
    return silenceLooks(this.#state.limits)
  }

  get #next(): Instant {
    return (this.#state.now + this.#interval) as Instant
  }
}
