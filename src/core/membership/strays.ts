import type { Instant, Locator, MemberId, MemberInfo } from '../../message/index.js'
import { memberOf } from './view.js'

/** More than can still be alive, since their supervisors end them. */
const STRAYS_MAX = 64

interface Stray {
  readonly locator: Locator
  toldAt: number
}

/** Members that a newer membership leaves out, and who may not have heard: what they say is answered now and then. */
export class Strays {
  /** Bounded by `STRAYS_MAX`. */
  readonly #known = new Map<MemberId, Stray>()

  /** One membership has followed another. */
  followed(before: readonly MemberInfo[], now: readonly MemberInfo[]): void {
    for (const { memberId, locator } of before) {
      if (memberOf(now, memberId) === undefined) this.#known.set(memberId, { locator, toldAt: -Infinity })
    }
    for (const { memberId } of now) this.#known.delete(memberId)
    for (const memberId of this.#known.keys()) {
      if (this.#known.size <= STRAYS_MAX) break
      this.#known.delete(memberId)
    }
  }

  /** Where a member is told that it was left out, if it has not just been told. */
  due(member: MemberId, now: Instant, repeatDelay: number): Locator | undefined {
    const stray = this.#known.get(member)
    if (stray === undefined || now - stray.toldAt < repeatDelay) return undefined
    stray.toldAt = now
    return stray.locator
  }
}
