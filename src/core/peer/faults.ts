import type { GroupId, Instant, MemberId } from '../../message/index.js'

/**
 * How often a fault is said again before it is said more seldom, and how often at all: bounds the traffic of a
 * mistake.
 */
const QUICK_REPEATS = 20
const REPEATS_MAX = 200
const SLOW_FACTOR = 20

interface Fault {
  readonly group: GroupId
  readonly member: MemberId
  repeats: number
  at: number
}

/** FaultNotices that are still being repeated. */
export class Faults {
  #list: Fault[] = []

  add(group: GroupId, member: MemberId): void {
    if (!this.#list.some((fault) => fault.member === member)) this.#list.push({ group, member, repeats: 0, at: 0 })
  }

  /** A membership leaves these members out: nothing is left to say. Of a gateway it is said until the repeats end. */
  settle(settled: (fault: { readonly group: GroupId; readonly member: MemberId }) => boolean): void {
    this.#list = this.#list.filter((fault) => !settled(fault))
  }

  /** The faults to say now; each is due again after a delay. */
  due(now: Instant, repeatDelay: number): readonly { readonly group: GroupId; readonly member: MemberId }[] {
    const due = this.#list.filter((fault) => fault.at <= now)
    for (const fault of due) {
      fault.repeats++
      fault.at = now + repeatDelay * (fault.repeats < QUICK_REPEATS ? 1 : SLOW_FACTOR)
    }
    this.#list = this.#list.filter((fault) => fault.repeats < REPEATS_MAX)
    return due
  }

  get deadline(): Instant | undefined {
    return this.#list.length === 0 ? undefined : (Math.min(...this.#list.map((fault) => fault.at)) as Instant)
  }
}
