import type { Locator, MemberId, MemberInfo } from '../../message/index.js'

interface Receiver {
  readonly locator: Locator
  acknowledged: number
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

  retain(members: readonly MemberInfo[]): void {
    for (const memberId of this.#byMember.keys()) {
      if (!members.some((member) => member.memberId === memberId)) this.#byMember.delete(memberId)
    }
    for (const { memberId, locator } of members) {
      if (this.#byMember.has(memberId)) continue
      this.#byMember.set(memberId, { locator, acknowledged: 0, held: 0, executed: 0, keptBytes: 0, seen: 0 })
    }
  }

  acknowledge(member: MemberId, upTo: number): void {
    const receiver = this.#byMember.get(member)
    if (receiver !== undefined) receiver.acknowledged = Math.max(receiver.acknowledged, upTo)
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
}
