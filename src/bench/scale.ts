import { closedLoop } from '../load/index.js'
import type { Crowd, LoopOutcome } from '../load/index.js'
import { openFilesMax } from './ground/proc.js'
import type { Session, Subject } from './ground/session.js'
import { growthOf } from './growth.js'
import { alternate, Measurement } from './measure.js'
import type { Point } from './measure.js'
import type { BenchOptions } from './options.js'
import type { Growth, Measured, SweepName } from './results.js'
import { kindsNamed } from './systems/field.js'
import { llft } from './systems/llft.js'

const GRACE_MS = 20_000
const REPLICAS: readonly number[] = [1, 2, 3, 5, 7]
const SIZES: readonly number[] = [64, 1024, 16_384, 65_536, 262_144, 1_048_576]
const CONNECTIONS: readonly number[] = [1, 10, 100, 1000, 10_000]
const CALLS: readonly number[] = [0, 1, 4, 16, 64]
/** What a process has open besides connections. */
const FILES_SPARE = 200

export interface Scaled {
  readonly measured: readonly Measured[]
  readonly growth: readonly Growth[]
}

/** How figures grow with one thing, all others as they are; the points of a sweep take turns. */
export async function scale(session: Session, options: BenchOptions): Promise<Scaled> {
  const measured: Measured[] = []
  for (const sweep of options.sweeps) {
    const points = sweep === 'replicas' ? await groups(session, options) : await variations(session, options, sweep)
    for (const some of atOnce(points)) measured.push(...(await measure(session, options, some)))
    await session.stop([...new Set(points.map(({ subject }) => subject))])
  }
  return { measured, growth: growthOf(measured) }
}

/** As many as the generator has files for; ten thousand connections of each system do not fit together. */
function atOnce(places: readonly Place[]): readonly (readonly Place[])[] {
  const batches: Place[][] = [[]]
  let files = FILES_SPARE
  for (const place of places) {
    files += place.point.connections
    if (files > openFilesMax()) {
      batches.push([])
      files = FILES_SPARE + place.point.connections
    }
    batches.at(-1)?.push(place)
  }
  return batches
}

interface Place {
  readonly subject: Subject
  readonly point: Point
}

function pointOf(options: BenchOptions): Point {
  return { connections: options.connections[0] ?? 1, bodyBytes: options.bodyBytes, calls: 0 }
}

/** Groups of each size, of each setting of LLFT that was asked for. */
async function groups(session: Session, options: BenchOptions): Promise<readonly Place[]> {
  const settings = options.systems.filter((name) => name.startsWith('llft'))
  const places: Place[] = []
  for (const name of settings) {
    for (const replicas of REPLICAS) {
      const more = { 'llft-multicast': ['--transport', 'multicast'], 'llft-acknowledged': ['--commit', 'acknowledged'] }
      const kind = llft({ name, replicas, options: more[name as keyof typeof more] ?? [] })
      const subjects = await session.start([kind])
      const point = { ...pointOf(options), sweep: { name: 'replicas' as const, at: replicas } }
      places.push(...subjects.map((subject) => ({ subject, point })))
    }
  }
  return places
}

async function variations(session: Session, options: BenchOptions, sweep: SweepName): Promise<readonly Place[]> {
  const subjects = await session.start(kindsNamed(options.systems))
  const vary = (at: number): Partial<Point> => {
    if (sweep === 'size') return { bodyBytes: at }
    return sweep === 'calls' ? { calls: at } : { connections: at }
  }
  const all = { size: SIZES, calls: CALLS, connections: CONNECTIONS, replicas: [] }[sweep]
  const possible = all.filter((at) => {
    if (sweep !== 'connections' || at + FILES_SPARE <= openFilesMax()) return true
    session.skip(`${at} connections`, `a process may have ${openFilesMax()} files open (ulimit -n)`)
    return false
  })
  return possible.flatMap((at) => {
    return subjects.map((subject) => ({
      subject,
      point: { ...pointOf(options), ...vary(at), sweep: { name: sweep, at } },
    }))
  })
}

async function measure(
  session: Session,
  options: BenchOptions,
  places: readonly Place[],
): Promise<readonly Measured[]> {
  const measurements: Measurement[] = []
  const loop = (crowd: Crowd): Promise<LoopOutcome> => {
    return closedLoop({ crowd, durationMs: options.stretchMs, graceMs: GRACE_MS, signal: session.signal })
  }
  try {
    for (const { subject, point } of places) {
      const { sweep } = point
      session.progress(`${sweep?.name} ${sweep?.at}: connecting to ${subject.kind.name}`)
      const measurement = await Measurement.open(session, subject, point)
      measurements.push(measurement)
      await measurement.warmUp(loop)
      session.signal.throwIfAborted()
    }
    await alternate(measurements, options.rounds, async (measurement, round) => {
      session.progress(`${measurement.title}, round ${round + 1} of ${options.rounds}`)
      await measurement.stretch(loop)
      session.signal.throwIfAborted()
    })
    return measurements.map(({ result }) => result)
  } finally {
    for (const measurement of measurements) measurement.close()
  }
}
