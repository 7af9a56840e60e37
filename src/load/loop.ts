import type { SeededRandom } from '../base/index.js'
import type { Crowd } from './crowd.js'
import { Histogram } from './histogram.js'

/** What one stretch of asking gave; times in nanoseconds. */
export interface LoopOutcome {
  /** From when a request was meant to be sent until its answer was there. */
  readonly latencyNs: Histogram
  /** By how much the generator itself was late in sending: above that, latencies are the server's. */
  readonly latenessNs: Histogram
  readonly sent: number
  readonly answered: number
  /** From the first request until the last answer. */
  readonly elapsedMs: number
  /** The server fell so far behind that asking was stopped early. */
  readonly overloaded: boolean
}

export interface LoopTerms {
  readonly crowd: Crowd
  readonly durationMs: number
  /** How long answers are waited for after the last request; what is missing then is lost. */
  readonly graceMs: number
  readonly signal: AbortSignal
  /** Ends the stretch early, as if its time were over. */
  readonly enough?: AbortSignal
  /** Told of each answer, for timelines. */
  readonly onAnswer?: (client: number, intendedMs: number, nowMs: number) => void
}

export interface OpenLoopTerms extends LoopTerms {
  readonly ratePerSecond: number
  /** `poisson`: as independent users come; `even`: at equal distances, so that a gap shows at once. */
  readonly arrivals: 'poisson' | 'even'
  readonly random: SeededRandom
  /** Sends to the microsecond, but keeps one core busy: below 2 ms a timer is too coarse. */
  readonly precise: boolean
  /** Goes on asking although the server is seconds behind, as users do whose server is failing over. */
  readonly patient?: boolean
}

/** Requests without an answer at any moment: a minute of the rate of a fail-over; memory is bounded. */
const OUTSTANDING_MAX = 70_000
/** Nor is it useful to wait for one that is so many seconds behind. */
const BEHIND_SECONDS_MAX = 2
/** Slow servers may be behind by some requests nevertheless. */
const BEHIND_MIN = 1000
const TIMER_MS = 2
const LOOK_EVERY_MS = 2
const NS_PER_MS = 1e6

/** Each user asks again when it has its answer: what is measured is the round trip. */
export function closedLoop(terms: LoopTerms): Promise<LoopOutcome> {
  const loop = new Loop(terms)
  for (const client of terms.crowd.clients) {
    loop.listen(client, (nowMs) => {
      if (nowMs < loop.endMs) loop.ask(client, nowMs)
    })
    loop.ask(client, performance.now())
  }
  return loop.finish()
}

/**
 * Requests come when they come, whether the server has answered earlier ones or not, and their latency counts from the
 * moment they were meant to be sent: a server that stands still is charged for everybody who came meanwhile.
 */
export async function openLoop(terms: OpenLoopTerms): Promise<LoopOutcome> {
  const loop = new Loop(terms)
  const { crowd, ratePerSecond, arrivals, random, precise, patient = false, signal } = terms
  for (const client of crowd.clients) loop.listen(client)
  const meanMs = 1000 / ratePerSecond
  const usefulMax = patient ? OUTSTANDING_MAX : Math.max(BEHIND_MIN, ratePerSecond * BEHIND_SECONDS_MAX)
  const behindMax = Math.min(OUTSTANDING_MAX, usefulMax)
  const gapMs = (): number => {
    return arrivals === 'even' ? meanMs : -Math.log((random.next32() + 1) / (2 ** 32 + 1)) * meanMs
  }
  let dueMs = loop.startMs + gapMs()
  let next = 0
  while (dueMs < loop.endMs && !signal.aborted && terms.enough?.aborted !== true) {
    const nowMs = performance.now()
    while (dueMs <= nowMs && dueMs < loop.endMs) {
      const client = crowd.clients[next++ % crowd.clients.length]
      if (client !== undefined) loop.ask(client, dueMs)
      dueMs += gapMs()
    }
    if (loop.outstanding > behindMax) {
      loop.giveUp()
      break
    }
    await pause(dueMs - performance.now(), precise)
  }
  return loop.finish()
}

async function pause(ms: number, precise: boolean): Promise<void> {
  if (precise && ms < TIMER_MS) return new Promise((resolve) => setImmediate(resolve))
  return new Promise((resolve) => setTimeout(resolve, Math.max(1, Math.floor(ms) - (precise ? 1 : 0))))
}

type LoopClient = Crowd['clients'][number]

/** The books of one stretch. */
class Loop {
  readonly startMs: number
  readonly endMs: number
  readonly #terms: LoopTerms
  readonly #latency = new Histogram()
  readonly #lateness = new Histogram()
  /** Answers to requests of an earlier stretch are judged, but not counted here. */
  readonly #before: number
  #sent = 0
  #answered = 0
  #lastAnswerMs: number
  #overloaded = false

  constructor(terms: LoopTerms) {
    this.#terms = terms
    this.#before = terms.crowd.outstanding
    this.startMs = performance.now()
    this.endMs = this.startMs + terms.durationMs
    this.#lastAnswerMs = this.startMs
  }

  get outstanding(): number {
    return this.#sent + this.#before - this.#answered
  }

  listen(client: LoopClient, then?: (nowMs: number) => void): void {
    client.onAnswer = (intendedMs, nowMs) => {
      this.#answered++
      this.#lastAnswerMs = nowMs
      if (intendedMs >= this.startMs) this.#latency.record(nsOf(nowMs - intendedMs))
      this.#terms.onAnswer?.(client.id, intendedMs, nowMs)
      then?.(nowMs)
    }
  }

  ask(client: LoopClient, intendedMs: number): void {
    this.#sent++
    this.#lateness.record(nsOf(performance.now() - intendedMs))
    client.ask(intendedMs)
  }

  giveUp(): void {
    this.#overloaded = true
  }

  async finish(): Promise<LoopOutcome> {
    const { crowd, signal, graceMs, enough } = this.#terms
    const over = this.#overloaded || enough?.aborted === true
    await sleep(over ? 0 : Math.max(0, this.endMs - performance.now()), signal)
    const deadline = performance.now() + graceMs
    while (crowd.outstanding > 0 && performance.now() < deadline && !signal.aborted) await sleep(LOOK_EVERY_MS, signal)
    for (const client of crowd.clients) client.onAnswer = () => undefined
    return {
      latencyNs: this.#latency,
      latenessNs: this.#lateness,
      sent: this.#sent,
      answered: this.#answered,
      elapsedMs: this.#lastAnswerMs - this.startMs,
      overloaded: this.#overloaded,
    }
  }
}

function nsOf(ms: number): number {
  return Math.max(0, Math.round(ms * NS_PER_MS))
}

/** Ends early when the run is given up; its owner finds out by the signal. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
