import type { MemberId, OrderIndex } from '../../message/index.js'

/** What each member holds of the history, and so what is held by all of them: the stable part. */
export class Stability {
  /** Bounded by the membership: `retain` drops everybody else. */
  readonly #held = new Map<MemberId, number>()

  report(member: MemberId, held: number): void {
    this.#held.set(member, Math.max(held, this.#held.get(member) ?? 0))
  }

  heldBy(member: MemberId): OrderIndex {
    return (this.#held.get(member) ?? 0) as OrderIndex
  }

  /** The highest index held by every one of `members`; `own` when there is none. */
  stable(members: readonly MemberId[], own: number): OrderIndex {
    let lowest = own
    for (const member of members) lowest = Math.min(lowest, this.heldBy(member))
    return lowest as OrderIndex
  }

  retain(members: readonly MemberId[]): void {
    for (const member of this.#held.keys()) {
      if (!members.includes(member)) this.#held.delete(member)
    }
  }

  /** Reports count only under the view they were made in. */
  clear(): void {
    this.#held.clear()
  }
}
