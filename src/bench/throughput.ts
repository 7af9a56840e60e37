import { SeededRandom } from '../base/index.js'
import { closedLoop, openLoop } from '../load/index.js'
import type { Session } from './ground/session.js'
import { alternate, Measurement } from './measure.js'
import type { BenchOptions } from './options.js'
import type { Capacity, Measured } from './results.js'
import { kindsNamed } from './systems/field.js'
import { median } from './statistics.js'

const OBJECTIVE_MS = 10
const GRACE_MS = 10_000
const NS_PER_MS = 1e6
/** Of what a closed loop reached; the step that fails first is then approached by halves. */
const LADDER: readonly number[] = [0.3, 0.5, 0.7, 0.9, 1.1, 1.4, 1.8, 2.4]
const HALVINGS = 3

/** The highest rate at which the 99th percentile stays below the objective; found by all systems in turn. */
export async function throughput(
  session: Session,
  options: BenchOptions,
): Promise<{ readonly measured: readonly Measured[]; readonly capacities: readonly Capacity[] }> {
  const subjects = await session.start(kindsNamed(options.systems))
  const random = new SeededRandom(options.seed)
  const measured: Measured[] = []
  const capacities: Capacity[] = []
  for (const connections of options.connections) {
    const point = { connections, bodyBytes: options.bodyBytes, calls: 0 }
    const climbs: Climb[] = []
    try {
      for (const subject of subjects) {
        climbs.push(new Climb(await Measurement.open(session, subject, point), { session, options, random }))
      }
      const all = new Map(climbs.map((climb) => [climb.measurement, climb]))
      await alternate(
        [...all.keys()],
        options.rounds,
        (measurement) => all.get(measurement)?.warmUp() ?? Promise.resolve(),
      )
      const steps = LADDER.length + HALVINGS
      await alternate([...all.keys()], steps, (measurement) => all.get(measurement)?.step() ?? Promise.resolve())
      measured.push(...climbs.map(({ measurement }) => measurement.result))
      capacities.push(...climbs.map((climb) => climb.capacity(connections)))
    } finally {
      for (const { measurement } of climbs) measurement.close()
    }
  }
  return { measured, capacities }
}

interface ClimbTerms {
  readonly session: Session
  readonly options: BenchOptions
  readonly random: SeededRandom
}

/** One system's way up. */
class Climb {
  readonly measurement: Measurement
  readonly #terms: ClimbTerms
  readonly #reached: number[] = []
  readonly #points: Capacity['points'][number][] = []
  #rung = 0
  /** Requests per second that held, and the lowest that did not. */
  #held = 0
  #failed = Infinity

  constructor(measurement: Measurement, terms: ClimbTerms) {
    this.measurement = measurement
    this.#terms = terms
  }

  /** What it can do at all, by a closed loop: where the ladder stands. */
  async warmUp(): Promise<void> {
    const { session, options } = this.#terms
    session.progress(`closed loop: ${this.measurement.subject.kind.name}`)
    const outcome = await this.measurement.stretch((crowd) => {
      return closedLoop({ crowd, durationMs: options.stretchMs, graceMs: GRACE_MS, signal: session.signal })
    })
    session.signal.throwIfAborted()
    this.#reached.push((outcome.answered / Math.max(1, outcome.elapsedMs)) * 1000)
  }

  async step(): Promise<void> {
    const rate = this.#nextRate()
    if (rate === undefined) return
    const { session } = this.#terms
    session.progress(`${Math.round(rate)}/s offered: ${this.measurement.subject.kind.name}`)
    // One hiccup of the machine is not the system's fault, so what fails has a second chance.
    const held = (await this.#offer(rate)) || (await this.#offer(rate))
    if (held) this.#held = Math.max(this.#held, rate)
    else this.#failed = Math.min(this.#failed, rate)
  }

  capacity(connections: number): Capacity {
    const points = this.#points.toSorted((left, right) => left.ratePerSecond - right.ratePerSecond)
    const { name: system } = this.measurement.subject.kind
    return { system, connections, objectiveMs: OBJECTIVE_MS, perSecond: this.#held, points }
  }

  #nextRate(): number | undefined {
    if (this.#failed !== Infinity) return this.#failed > this.#held * 1.02 ? (this.#held + this.#failed) / 2 : undefined
    const rung = LADDER[this.#rung++]
    return rung === undefined ? undefined : rung * median(this.#reached)
  }

  async #offer(rate: number): Promise<boolean> {
    const { session, options, random } = this.#terms
    const { latencyNs, overloaded } = await openLoop({
      crowd: this.measurement.crowd,
      durationMs: options.stretchMs,
      graceMs: GRACE_MS,
      signal: session.signal,
      ratePerSecond: Math.max(1, rate),
      arrivals: 'poisson',
      precise: false,
      random,
    })
    session.signal.throwIfAborted()
    const p99 = latencyNs.percentile(0.99)
    const held = !overloaded && p99 < OBJECTIVE_MS * NS_PER_MS
    this.#points.push({ ratePerSecond: rate, p99Us: p99 / 1000, held })
    return held
  }
}
