import { SeededRandom } from '../base/index.js'
import { closedLoop, openLoop } from '../load/index.js'
import type { Crowd, LoopOutcome } from '../load/index.js'
import type { Session } from './ground/session.js'
import { alternate, Measurement } from './measure.js'
import type { BenchOptions } from './options.js'
import type { Measured } from './results.js'
import { kindsNamed } from './systems/field.js'

/** An answer that takes longer than that will not come. */
const GRACE_MS = 10_000

/** Round trips of every system at each number of connections, in turn. */
export async function latency(session: Session, options: BenchOptions): Promise<readonly Measured[]> {
  const subjects = await session.start(kindsNamed(options.systems))
  const { bodyBytes, rounds, stretchMs, rate } = options
  const random = new SeededRandom(options.seed)
  const loop = (crowd: Crowd): Promise<LoopOutcome> => {
    const terms = { crowd, durationMs: stretchMs, graceMs: GRACE_MS, signal: session.signal }
    if (rate === undefined) return closedLoop(terms)
    return openLoop({ ...terms, ratePerSecond: rate, arrivals: 'poisson', precise: true, random })
  }
  const measured: Measured[] = []
  for (const connections of options.connections) {
    const point = { connections, bodyBytes, calls: 0, ...(rate === undefined ? {} : { ratePerSecond: rate }) }
    const measurements: Measurement[] = []
    try {
      for (const subject of subjects) {
        const measurement = await Measurement.open(session, subject, point)
        measurements.push(measurement)
        await measurement.warmUp(loop)
      }
      await alternate(measurements, rounds, async (measurement, round) => {
        session.progress(`${measurement.title}, round ${round + 1} of ${rounds}`)
        await measurement.stretch(loop)
        session.signal.throwIfAborted()
      })
      measured.push(...measurements.map(({ result }) => result))
    } finally {
      for (const measurement of measurements) measurement.close()
    }
  }
  return measured
}
