import type { Instant } from '../../message/index.js'

/** When to send again: round-trip estimate and backoff as in TCP (RFC 6298), one timed message at a time. */
export class RetransmitTimer {
  readonly #delayMin: number
  readonly #delayMax: number
  #smoothed = 0
  #variance = 0
  #backoff = 1
  #timedSequence = 0
  #timedAt = 0
  #deadline: Instant | undefined

  constructor(delayMin: number, delayMax: number) {
    this.#delayMin = delayMin
    this.#delayMax = delayMax
  }

  get deadline(): Instant | undefined {
    return this.#deadline
  }

  get delay(): number {
    const estimate = this.#smoothed === 0 ? this.#delayMin : this.#smoothed + 4 * this.#variance
    return Math.min(this.#delayMax, Math.max(this.#delayMin, estimate) * this.#backoff)
  }

  /** A message was sent for the first time. */
  sent(now: Instant, sequence: number): void {
    if (this.#timedSequence === 0) {
      this.#timedSequence = sequence
      this.#timedAt = now
    }
    this.arm(now)
  }

  /** Something is awaited that cannot be timed. */
  arm(now: Instant): void {
    this.#deadline ??= (now + this.delay) as Instant
  }

  /** There was news up to `sequence`; `outstanding` tells whether something is still awaited. */
  acknowledged(now: Instant, sequence: number, outstanding: boolean): void {
    if (this.#timedSequence !== 0 && sequence >= this.#timedSequence) {
      this.#sample(now - this.#timedAt)
      this.#timedSequence = 0
    }
    this.#backoff = 1
    this.#deadline = outstanding ? ((now + this.delay) as Instant) : undefined
  }

  /** The deadline has passed and what is outstanding is sent again: no sample can be trusted (Karn). */
  expired(now: Instant): void {
    this.#timedSequence = 0
    this.#backoff = Math.min(this.#backoff * 2, 64)
    this.#deadline = (now + this.delay) as Instant
  }

  stop(): void {
    this.#deadline = undefined
    this.#timedSequence = 0
    this.#backoff = 1
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
