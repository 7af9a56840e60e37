import { wrongsIn } from '../../load/index.js'
import type { Bucket } from '../../load/index.js'
import { bytes, digits, duration } from '../format.js'
import type { Capacity, Growth, Measured, Ratio, SweepName } from '../results.js'
import { SWEEPS } from '../results.js'
import { htmlTable, note, section } from './html-table.js'
import { linePlot } from './plot.js'
import type { Series } from './plot.js'

/** Of a system, the same in every plot. */
export type ColorOf = (system: string) => number

const HEAD = ['system', 'p50', 'p99', 'p99.9', 'max', 'per second', 'CPU/request', 'memory', 'datagrams', 'wrong']
const US_PER_NS = 0.001

export function latencySections(measured: readonly Measured[], colorOf: ColorOf): readonly string[] {
  const plain = measured.filter(({ sweep }) => sweep === null)
  const connections = [...new Set(plain.map((one) => one.connections))]
  return connections.map((count) => {
    const rows = plain.filter((one) => one.connections === count)
    return section(
      `Latency with ${count} connection${count === 1 ? '' : 's'}`,
      linePlot(
        rows.map((row) => percentileCurve(row, colorOf)),
        {
          x: { title: 'percentile', logarithmic: true, text: percentileText },
          y: { title: 'latency', logarithmic: true, text: duration },
        },
      ),
      htmlTable(
        HEAD,
        rows.map((row) => rowOf(row, row.system)),
      ),
      rolesTable(rows),
    )
  })
}

/** Whose processor time it was, of the systems that have several kinds of processes. */
function rolesTable(rows: readonly Measured[]): string {
  const told = rows.filter(({ cpuUsByRole }) => Object.keys(cpuUsByRole).length > 0)
  if (told.length === 0) return ''
  const roles = [...new Set(told.flatMap(({ cpuUsByRole }) => Object.keys(cpuUsByRole)))]
  const lines = told.map(({ system, cpuUsByRole }) => {
    const cells = roles.map((role) => (cpuUsByRole[role] === undefined ? '' : duration(cpuUsByRole[role])))
    return [system, ...cells]
  })
  return htmlTable(['CPU per request of', ...roles], lines)
}

/** x is 1 / (1 - fraction), so that each nine takes the same room. */
function percentileCurve({ system, buckets, latency }: Measured, colorOf: ColorOf): Series {
  const points: [number, number][] = []
  let passed = 0
  for (const [lowest, count] of thinned(buckets)) {
    passed += count
    const left = 1 - passed / latency.count
    points.push([1 / Math.max(left, 1 / latency.count), Math.max(lowest * US_PER_NS, US_PER_NS)])
  }
  return { name: system, color: colorOf(system), points }
}

const CURVE_POINTS_MAX = 200

/** Neighbours together, where there are more than a plot can show. */
function thinned(buckets: readonly Bucket[]): readonly Bucket[] {
  const every = Math.ceil(buckets.length / CURVE_POINTS_MAX)
  const kept: Bucket[] = []
  for (let at = 0; at < buckets.length; at += every) {
    const some = buckets.slice(at, at + every)
    kept.push([some.at(-1)?.[0] ?? 0, some.reduce((sum, [, count]) => sum + count, 0)])
  }
  return kept
}

function percentileText(value: number): string {
  return value <= 1 ? '0' : `p${Number(((1 - 1 / value) * 100).toFixed(4))}`
}

function rowOf(one: Measured, name: string): readonly string[] {
  const { latency, throughputPerSecond, cpuUs, memoryBytes, datagrams, verdict } = one
  return [
    name,
    ...[latency.p50Us, latency.p99Us, latency.p999Us, latency.maxUs].map(duration),
    digits(throughputPerSecond),
    duration(cpuUs),
    `${digits(memoryBytes / 1e6)} MB`,
    datagrams === null ? '-' : digits(datagrams),
    wrongsIn(verdict),
  ]
}

export function capacitySections(capacities: readonly Capacity[], colorOf: ColorOf): readonly string[] {
  const [first] = capacities
  if (first === undefined) return []
  const limit = first.objectiveMs * 1000
  const series = capacities.map(({ system, connections, points }): Series => {
    const places = points.map(({ ratePerSecond, p99Us }) => [ratePerSecond, p99Us] as const)
    return { name: `${system}, ${connections} connections`, color: colorOf(system), points: places }
  })
  const rows = capacities.map(({ system, connections, perSecond }) => [system, `${connections}`, digits(perSecond)])
  return [
    section(
      `Throughput with p99 below ${first.objectiveMs} ms`,
      linePlot(series, {
        x: { title: 'offered, requests per second', logarithmic: true, text: digits },
        y: { title: 'p99, from the intended send time', logarithmic: true, text: duration },
        limit,
      }),
      htmlTable(['system', 'connections', 'per second'], rows),
    ),
  ]
}

export function ratioSection(ratios: readonly Ratio[]): readonly string[] {
  if (ratios.length === 0) return []
  const rows = ratios.map(({ system, baseline, connections, figure, median, min, max }) => {
    return [`${system} / ${baseline}`, `${connections}`, figure, digits(median), digits(min), digits(max)]
  })
  return [
    section(
      'Ratios',
      note('Round by round of one run, because both had the same machine then.'),
      htmlTable(['systems', 'connections', 'figure', 'median', 'least', 'most'], rows),
    ),
  ]
}

const AXIS_TEXTS: Readonly<Record<SweepName, (value: number) => string>> = {
  replicas: String,
  size: bytes,
  connections: digits,
  calls: String,
}
const AXIS_TITLES: Readonly<Record<SweepName, string>> = {
  replicas: 'replicas',
  size: 'bytes of a request',
  connections: 'connections',
  calls: 'non-deterministic calls per request',
}

interface ScaledFigure {
  readonly figure: Growth['figure']
  readonly title: string
  readonly of: (measured: Measured) => number | null
  readonly text: (value: number) => string
}

const FIGURES: readonly ScaledFigure[] = [
  { figure: 'p50Us', title: 'p50', of: ({ latency }) => latency.p50Us, text: duration },
  { figure: 'throughputPerSecond', title: 'per second', of: (one) => one.throughputPerSecond, text: digits },
  { figure: 'cpuUs', title: 'CPU per request', of: ({ cpuUs }) => cpuUs, text: duration },
  { figure: 'datagrams', title: 'datagrams per request', of: ({ datagrams }) => datagrams, text: digits },
]

export function scaleSections(
  measured: readonly Measured[],
  growth: readonly Growth[],
  colorOf: ColorOf,
): readonly string[] {
  return SWEEPS.flatMap((sweep) => {
    const own = measured.filter((one) => one.sweep === sweep)
    if (own.length === 0) return []
    const logarithmic = sweep === 'size' || sweep === 'connections'
    const plots = FIGURES.map((figure) => {
      const stated = growth.filter((one) => one.sweep === sweep && one.figure === figure.figure).map(growthText)
      const plot = linePlot(seriesOf(own, figure, colorOf), {
        x: { title: AXIS_TITLES[sweep], logarithmic, text: AXIS_TEXTS[sweep] },
        y: { title: figure.title, logarithmic, text: figure.text },
      })
      return `<h3>${figure.title}</h3>${plot}${note(stated.join('; '))}`
    })
    const rows = own.map((row) => rowOf(row, `${row.system} ${AXIS_TEXTS[sweep](row.at)}`))
    return [section(`Growth with ${AXIS_TITLES[sweep]}`, ...plots, htmlTable(HEAD, rows))]
  })
}

function seriesOf(measured: readonly Measured[], figure: ScaledFigure, colorOf: ColorOf): readonly Series[] {
  return [...new Set(measured.map(({ system }) => system))].map((system) => {
    const points = measured
      .filter((one) => one.system === system)
      .flatMap((one): [number, number][] => {
        const value = figure.of(one)
        return value === null ? [] : [[one.at, value]]
      })
    return { name: system, color: colorOf(system), points }
  })
}

function growthText({ system, law, slope, intercept, r2 }: Growth): string {
  const formula = law === 'line' ? `${digits(intercept)} + ${Number(slope.toPrecision(3))} x` : `x^${slope.toFixed(2)}`
  return `${system} grows as ${formula} (r² ${r2.toFixed(2)})`
}
