import type { ProcessorTime } from './processor-time.js'

/** Whoever has waited this often as long as the window is taken for stalled, however busy the machine is. */
const PATIENCE_WINDOWS = 5

export interface Watched {
  readonly slot: string
  readonly pid: number | undefined
}

export interface ProgressWatchTerms {
  readonly windowMs: number
  readonly intervalMs: number
  /** On the clock of `performance.now`. */
  readonly now: () => number
  /** Those whose guest runs. */
  readonly replicas: () => readonly Watched[]
  readonly probe: (slot: string) => void
  readonly processorTime: (pid: number | undefined) => ProcessorTime
  /** Its main thread has answered nothing for the window. Told at each look until it answers or is gone. */
  readonly stalled: (slot: string, stall: Stall) => void
}

export interface Stall {
  /** When it was first asked in vain, and now, on the clock of `performance.now`. */
  readonly sinceMs: number
  readonly nowMs: number
  /** It has run, or would have, for most of the time: it is not stopped, and does not wait for anything. */
  readonly computing: boolean
}

interface Silence {
  readonly sinceMs: number
  /** What it had had of a processor until then. */
  readonly before: ProcessorTime
}

/**
 * The progress probe (protocol.md section 6, timing fault): asks main threads for a sign of life, and tells which of
 * them give none. A thread is watched once it has answered from its event loop: the synchronous start of a program may
 * take as long as it likes. A thread that would run, and waits for a processor, is not at fault.
 */
export class ProgressWatch {
  readonly #terms: ProgressWatchTerms
  /** Who is watched, with the probe that is not answered yet; bounded by the replicas that live. */
  readonly #watched = new Map<string, Silence | undefined>()
  #timer: NodeJS.Timeout | undefined
  #lookedMs = 0

  constructor(terms: ProgressWatchTerms) {
    this.#terms = terms
  }

  start(): void {
    this.#lookedMs = this.#terms.now()
    this.#timer = setInterval(() => this.look(), this.#terms.intervalMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** `looped`: its event loop turns, so the program's start is over. */
  alive(slot: string, looped: boolean): void {
    if (looped || this.#watched.has(slot)) this.#watched.set(slot, undefined)
  }

  /** It answers. */
  answers(slot: string): boolean {
    const silence = this.#watched.get(slot)
    const quiet = silence === undefined ? 0 : this.#terms.now() - silence.sinceMs
    return this.#watched.has(slot) && quiet <= 2 * this.#terms.intervalMs
  }

  look(): void {
    const { now, intervalMs, replicas, probe } = this.#terms
    const [at, living] = [now(), replicas()]
    // Whoever looks this late was stopped itself, and has heard nobody.
    if (at - this.#lookedMs > 2 * intervalMs)
      for (const slot of this.#watched.keys()) this.#watched.set(slot, undefined)
    this.#lookedMs = at
    for (const slot of this.#watched.keys()) {
      if (!living.some((replica) => replica.slot === slot)) this.#watched.delete(slot)
    }
    for (const replica of living) {
      this.#judge(replica, at)
      probe(replica.slot)
    }
  }

  #judge({ slot, pid }: Watched, at: number): void {
    const { windowMs, processorTime, stalled } = this.#terms
    if (!this.#watched.has(slot)) return
    const silence = this.#watched.get(slot)
    if (silence === undefined) {
      this.#watched.set(slot, { sinceMs: at, before: processorTime(pid) })
      return
    }
    const quietMs = at - silence.sinceMs
    if (quietMs < windowMs) return
    const { ranMs, waitedMs } = processorTime(pid)
    const [ran, starved] = [ranMs - silence.before.ranMs, waitedMs - silence.before.waitedMs]
    if (quietMs - starved < windowMs && quietMs < PATIENCE_WINDOWS * windowMs) return
    stalled(slot, { sinceMs: silence.sinceMs, nowMs: at, computing: ran + starved > quietMs / 2 })
  }
}
