import type { Instant, MemberId } from '../../message/index.js'
import type { PeerState } from './state.js'

/** An operator wants another primary: said to the present one until a view follows, or for a bounded time. */
export class HandOverRequest {
  readonly #state: PeerState
  #to: MemberId | undefined
  #until = 0
  #at: Instant | undefined

  constructor(state: PeerState) {
    this.#state = state
  }

  get deadline(): Instant | undefined {
    return this.#at
  }

  begin(to: MemberId): void {
    this.#to = to
    this.#until = this.#state.now + this.#state.terms.limits.handOverTimeout
    this.#say()
  }

  end(): void {
    this.#to = undefined
    this.#at = undefined
  }

  expire(): void {
    if (this.#at === undefined || this.#at > this.#state.now) return
    if (this.#state.now < this.#until) this.#say()
    else this.end()
  }

  #say(): void {
    if (this.#to === undefined) return
    this.#state.sendPrimary({ kind: 'HandOver', member: this.#to })
    this.#at = (this.#state.now + this.#state.terms.limits.repeatDelay) as Instant
  }
}
