import type { Clock } from '../driver/index.js'
import type { Instant } from '../message/index.js'
import type { Internals } from './internals.js'

/** The program's is another. */
const { wait } = Atomics

/** How far the native timer is set when it only has to keep the process alive: the largest delay Node knows. */
const FAR_MS = 2 ** 31 - 1

/**
 * The one native timer of a replica (determinizer.md A14): it carries the driver's deadline, the program's next timer,
 * and the reference that keeps the process alive. It may fire early; whoever is not due is armed again.
 */
export class ReplicaClock implements Clock {
  readonly #steady: () => number
  readonly #loop: () => number
  readonly #schedule: (delayMs: number) => void
  readonly #toggleRef: (ref: boolean) => void
  readonly #pauseCell: Int32Array = new Int32Array(new SharedArrayBuffer(4))
  #attached = false
  #deadline: Instant | undefined
  #wake: () => void = () => undefined
  /** When the native timer fires, in this process's own loop time. */
  #armedMs = Infinity
  #referenced = false
  /** The program's next timer, in this process's own loop time. */
  #programMs = Infinity
  #programReferenced = false
  #held = false

  constructor(internals: Internals) {
    const { timers, performance } = internals
    this.#steady = performance.now
    this.#loop = timers.getLibuvNow.bind(timers)
    this.#schedule = timers.scheduleTimer.bind(timers)
    this.#toggleRef = timers.toggleTimerRef.bind(timers)
  }

  now(): Instant {
    return Math.floor(this.#steady() * 1000) as Instant
  }

  arm(deadline: Instant | undefined, wake: () => void): void {
    this.#deadline = deadline
    this.#wake = wake
    this.#arrange()
  }

  pause(microseconds: number): void {
    wait(this.#pauseCell, 0, 0, microseconds / 1000)
  }

  /** The native callbacks are ours now; before that nothing is armed, because nobody would be called. */
  attach(): void {
    this.#attached = true
    this.#arrange()
  }

  /** The program's next timer, or Infinity, and whether one of its timers keeps the process alive. */
  armProgram(ownLoopMs: number, referenced: boolean): void {
    this.#programMs = ownLoopMs
    this.#programReferenced = referenced
    this.#arrange()
  }

  /** Keeps the process alive whatever the program does. */
  hold(held: boolean): void {
    if (held === this.#held) return
    this.#held = held
    this.#arrange()
  }

  /** Called when the native timer has fired: the driver's part. */
  fired(): void {
    this.#armedMs = Infinity
    if (this.#deadline === undefined || this.#deadline > this.now()) return
    this.#deadline = undefined
    this.#wake()
  }

  /** What the native callback must return: it overrides whatever was armed meanwhile (determinizer.md B2, trap 2). */
  nextForNative(): number {
    this.#armedMs = this.#wantedMs()
    this.#referenced = this.#armedMs !== Infinity && this.#mustLive
    if (this.#armedMs === Infinity) return 0
    return this.#referenced ? this.#armedMs : -this.#armedMs
  }

  get #mustLive(): boolean {
    return this.#held || this.#programReferenced
  }

  #wantedMs(): number {
    const now = this.#loop()
    let wanted = this.#held ? now + FAR_MS : Infinity
    if (this.#programMs < wanted) wanted = this.#programMs
    if (this.#deadline !== undefined) {
      const due = now + Math.ceil((this.#deadline - this.now()) / 1000)
      if (due < wanted) wanted = due
    }
    return Math.max(wanted, now + 1)
  }

  #arrange(): void {
    if (!this.#attached) return
    const wanted = this.#wantedMs()
    if (wanted < this.#armedMs) {
      this.#armedMs = wanted
      // The loop's time may have passed `wanted` since it was read; libuv takes a negative delay for eternity.
      this.#schedule(Math.min(Math.max(wanted - this.#loop(), 1), FAR_MS))
    }
    if (this.#referenced === this.#mustLive) return
    this.#referenced = this.#mustLive
    this.#toggleRef(this.#referenced)
  }
}
