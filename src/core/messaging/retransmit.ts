import type { Instant } from '../../message/index.js'
import { earliest } from '../deadlines.js'

export interface RetransmitTerms {
  /** Bounds of the time-out. */
  readonly retransmitDelayMin: number
  readonly retransmitDelayMax: number
  /** A receiver's acknowledgement may wait so long; who hears nothing for this and two round trips asks. */
  readonly probeDelay: number
}

/**
 * When to ask, and when to send again: round-trip estimate and backoff as in TCP (RFC 6298), one timed message at a
 * time, and a question long before the time-out (RFC 8985): the last message of a flight, if it is lost, is missed by
 * nobody.
 */
export class RetransmitTimer {
  readonly #terms: RetransmitTerms
  #smoothed = 0
  #variance = 0
  #backoff = 1
  #timedSequence = 0
  #timedAt = 0
  #resendAt: Instant | undefined
  #probeAt: Instant | undefined

  constructor(terms: RetransmitTerms) {
    this.#terms = terms
  }

  get deadline(): Instant | undefined {
    return earliest(this.#resendAt, this.#probeAt)
  }

  get delay(): number {
    const { retransmitDelayMin, retransmitDelayMax } = this.#terms
    const estimate = this.#smoothed === 0 ? retransmitDelayMin : this.#smoothed + 4 * this.#variance
    return Math.min(retransmitDelayMax, Math.max(retransmitDelayMin, estimate) * this.#backoff)
  }

  /** A message was sent for the first time. */
  sent(now: Instant, sequence: number): void {
    if (this.#timedSequence === 0) {
      this.#timedSequence = sequence
      this.#timedAt = now
    }
    if (this.#backoff === 1) this.#probeAt = this.#nextProbe(now)
    this.arm(now)
  }

  /** Something is awaited that cannot be timed. */
  arm(now: Instant): void {
    this.#resendAt ??= (now + this.delay) as Instant
  }

  /** There was news up to `sequence`; `outstanding` tells whether something is still awaited. */
  acknowledged(now: Instant, sequence: number, outstanding: boolean): void {
    if (this.#timedSequence !== 0 && sequence >= this.#timedSequence) {
      this.#sample(now - this.#timedAt)
      this.#timedSequence = 0
    }
    this.#backoff = 1
    this.#resendAt = outstanding ? ((now + this.delay) as Instant) : undefined
    this.#probeAt = outstanding ? this.#nextProbe(now) : undefined
  }

  /** What is due: a question, once for each silence, or everything that is outstanding again. */
  due(now: Instant): 'nothing' | 'probe' | 'resend' {
    if (this.#resendAt !== undefined && this.#resendAt <= now) return 'resend'
    if (this.#probeAt === undefined || this.#probeAt > now) return 'nothing'
    this.#probeAt = undefined
    return 'probe'
  }

  /** What is outstanding is sent again: no sample can be trusted (Karn). */
  expired(now: Instant): void {
    this.#timedSequence = 0
    this.#backoff = Math.min(this.#backoff * 2, 64)
    this.#resendAt = (now + this.delay) as Instant
    this.#probeAt = undefined
  }

  stop(): void {
    this.#resendAt = undefined
    this.#probeAt = undefined
    this.#timedSequence = 0
    this.#backoff = 1
  }

  /** Not before the length of a round trip is known: the time-out must do until then. */
  #nextProbe(now: Instant): Instant | undefined {
    return this.#smoothed === 0 ? undefined : ((now + 2 * this.#smoothed + this.#terms.probeDelay) as Instant)
  }

  #sample(roundTrip: number): void {
    if (this.#smoothed === 0) {
      this.#smoothed = roundTrip
      this.#variance = Math.trunc(roundTrip / 2)
      return
    }
    this.#variance = Math.trunc((3 * this.#variance + Math.abs(this.#smoothed - roundTrip)) / 4)
    this.#smoothed = Math.trunc((7 * this.#smoothed + roundTrip) / 8)
  }
}
