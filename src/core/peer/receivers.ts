import type { Locator, MemberId, MemberInfo } from '../../message/index.js'

interface Receiver {
  readonly locator: Locator
  /** It could take over: the slowest of these sets the pace, and what it lacks is sent again unasked. */
  counts: boolean
  acknowledged: number
  /** It takes bytes of the connection up to here. */
  bytesLimit: number
  held: number
  executed: number
  keptBytes: number
  /** What it acknowledged at the last look; no progress since means that it waits for something lost. */
  seen: number
}

/** What each member of the application group holds of this peer's messages and of its own history. */
export class Receivers {
  /** Bounded by the established membership. */
  readonly #byMember = new Map<MemberId, Receiver>()
  readonly #receiveBytesMax: number

  /** `receiveBytesMax`: what a member takes before it has said so. */
  constructor(receiveBytesMax: number) {
    this.#receiveBytesMax = receiveBytesMax
  }

  /** `sentBytes`: of the connection so far. */
  retain(members: readonly MemberInfo[], sentBytes: number): void {
    for (const memberId of this.#byMember.keys()) {
      if (!members.some((member) => member.memberId === memberId)) this.#byMember.delete(memberId)
    }
    for (const { memberId, locator, caughtUp } of members) {
      const known = this.#byMember.get(memberId)
      if (known === undefined) this.#byMember.set(memberId, this.#fresh(locator, caughtUp, sentBytes))
      else known.counts = caughtUp
    }
  }

  acknowledge(member: MemberId, upTo: number): void {
    const receiver = this.#byMember.get(member)
    if (receiver !== undefined) receiver.acknowledged = Math.max(receiver.acknowledged, upTo)
  }

  /** A window's edge never moves back (RFC 9293). */
  takes(member: MemberId, bytesLimit: number): void {
    const receiver = this.#byMember.get(member)
    if (receiver !== undefined) receiver.bytesLimit = Math.max(receiver.bytesLimit, bytesLimit)
  }

  holds(member: MemberId, report: Pick<Receiver, 'held' | 'executed' | 'keptBytes'>): void {
    const receiver = this.#byMember.get(member)
    if (receiver === undefined) return
    receiver.held = Math.max(receiver.held, report.held)
    receiver.executed = Math.max(receiver.executed, report.executed)
    receiver.keptBytes = report.keptBytes
  }

  of(member: MemberId): Readonly<Receiver> | undefined {
    return this.#byMember.get(member)
  }

  /** Members that lack messages up to `last` and have made no progress since the last call. */
  stalled(last: number): readonly Readonly<Receiver>[] {
    const stalled: Receiver[] = []
    for (const receiver of this.#byMember.values()) {
      if (receiver.acknowledged < last && receiver.seen === receiver.acknowledged) stalled.push(receiver)
      receiver.seen = receiver.acknowledged
    }
    return stalled
  }

  /** The highest entry that each of `members` has executed; `otherwise` when there is none. */
  executedByAll(members: readonly MemberInfo[], otherwise: number): number {
    let lowest = otherwise
    for (const { memberId } of members) lowest = Math.min(lowest, this.#byMember.get(memberId)?.executed ?? 0)
    return lowest
  }

  /** The most that any member keeps for newcomers. */
  get keptBytes(): number {
    return Math.max(0, ...[...this.#byMember.values()].map((receiver) => receiver.keptBytes))
  }

  /** Every member has messages up to here. */
  lowest(otherwise: number): number {
    let lowest = otherwise
    for (const receiver of this.#byMember.values()) lowest = Math.min(lowest, receiver.acknowledged)
    return lowest
  }

  /** The bytes of the connection that the slowest member that counts is ready to take. */
  get bytesLimit(): number {
    let lowest = Infinity
    for (const { counts, bytesLimit } of this.#byMember.values()) if (counts) lowest = Math.min(lowest, bytesLimit)
    return lowest
  }

  #fresh(locator: Locator, counts: boolean, sentBytes: number): Receiver {
    const bytesLimit = sentBytes + this.#receiveBytesMax
    return { locator, counts, acknowledged: 0, bytesLimit, held: 0, executed: 0, keptBytes: 0, seen: 0 }
  }
}
