/** Answers of one client that a timeline keeps; more could not be told apart in a plot. */
const POINTS_MAX = 500
/** What is shown of the time before. */
const BEFORE_MS = 100

/** When answers came to each client, and so how long nobody heard anything. */
export class Observation {
  /** Of each client, rising; bounded by the rate and the time of one observation. */
  readonly #answers: readonly number[][]
  readonly #startMs: number

  constructor(clients: number, startMs: number) {
    this.#answers = Array.from({ length: clients }, () => [])
    this.#startMs = startMs
  }

  answered(client: number, nowMs: number): void {
    this.#answers[client]?.push(nowMs)
  }

  /** Whether every client has had an answer since then. */
  everyoneSince(ms: number): boolean {
    return this.#answers.every((answers) => (answers.at(-1) ?? this.#startMs) >= ms)
  }

  /** The longest time within which some client had no answer. */
  longestGap(fromMs: number, toMs: number): number {
    return Math.max(...this.#answers.map((answers) => gapIn(answers, fromMs, toMs)))
  }

  /** From a little before a moment until a little after things went on; milliseconds from that moment. */
  timeline(zeroMs: number, gapMs: number): readonly (readonly number[])[] {
    const to = zeroMs + gapMs * 1.3 + BEFORE_MS
    return this.#answers.map((answers) => {
      const shown = answers.filter((ms) => ms >= zeroMs - BEFORE_MS && ms <= to)
      const every = Math.ceil(shown.length / POINTS_MAX)
      return shown.filter((_, at) => at % every === 0).map((ms) => Math.round((ms - zeroMs) * 10) / 10)
    })
  }
}

function gapIn(answers: readonly number[], fromMs: number, toMs: number): number {
  let [longest, last] = [0, undefined as number | undefined]
  for (const ms of answers) {
    if (ms >= fromMs) longest = Math.max(longest, Math.min(ms, toMs) - Math.max(last ?? fromMs, fromMs - MARGIN_MS))
    if (ms >= toMs) return longest
    last = ms
  }
  return Math.max(longest, toMs - Math.max(last ?? fromMs, fromMs - MARGIN_MS))
}

/** A gap may have begun a little before the moment from which it is looked for. */
const MARGIN_MS = 1
