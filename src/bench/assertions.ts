import { llftError } from '../errors/index.js'
import { WRONGS } from '../load/index.js'
import type { Wrong } from '../load/index.js'
import type { FaultSeen, Figure, Latency, Measured, Results } from './results.js'

/** One objective, as `--assert` was given it. */
export interface Assertion {
  readonly text: string
  readonly metric: string
  readonly system: string
  /** The figure is a ratio to this system's. */
  readonly baseline: string | undefined
  readonly relation: '<' | '<=' | '>' | '>='
  /** In the metric's own unit. */
  readonly limit: number
}

const LATENCIES: Readonly<Record<string, keyof Latency>> = {
  'mean': 'meanUs',
  'p50': 'p50Us',
  'p90': 'p90Us',
  'p99': 'p99Us',
  'p99.9': 'p999Us',
  'max': 'maxUs',
}
const RATIOS: Readonly<Record<string, Figure>> = {
  p50: 'p50Us',
  p99: 'p99Us',
  throughput: 'throughputPerSecond',
  cpu: 'cpuUs',
}

const UNITS_US: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000 }
const FORM = new RegExp(
  [
    /^\s*(?<metric>[\w.]+?)(?:@(?<system>[\w-]+))?(?:\/(?<baseline>[\w-]+))?/,
    /\s*(?<relation><=|>=|<|>)\s*(?<limit>\d+(?:\.\d+)?)\s*(?<unit>us|ms|s|\/s)?\s*$/,
  ]
    .map(({ source }) => source)
    .join(''),
)

/** `p99<50ms`, `p50/plain<2.2`, `throughput@llft-2>1000/s`, `gap<30ms`, `lost<=0`. Raises an `LlftError`. */
export function parseAssertion(text: string): Assertion {
  const parts = FORM.exec(text)?.groups
  if (parts === undefined) throw bad(text, 'it is not a metric, a relation and a limit')
  const { metric = '', system = 'llft', baseline, relation, limit = '', unit } = parts
  const kind = kindOf(metric)
  if (kind === undefined) throw bad(text, `there is no metric ${metric}`)
  if (baseline !== undefined && !(metric in RATIOS)) throw bad(text, `no ratio of ${metric} is kept`)
  const wanted = baseline === undefined ? UNITS_OF[kind] : [undefined]
  if (!wanted.includes(unit))
    throw bad(text, `the limit of ${metric} ${unitText(baseline === undefined ? kind : 'count')}`)
  const factor = unit === undefined || unit === '/s' ? 1 : (UNITS_US[unit] ?? 1)
  return { text, metric, system, baseline, relation: relation as '<', limit: Number(limit) * factor }
}

type MetricKind = 'time' | 'rate' | 'count'
const UNITS_OF: Readonly<Record<MetricKind, readonly (string | undefined)[]>> = {
  time: ['us', 'ms', 's'],
  rate: ['/s', undefined],
  count: [undefined],
}

function kindOf(metric: string): MetricKind | undefined {
  if (metric in LATENCIES || metric === 'gap' || metric === 'cpu') return 'time'
  if (metric === 'throughput') return 'rate'
  return WRONGS.includes(metric as Wrong) ? 'count' : undefined
}

function unitText(kind: MetricKind): string {
  return { time: 'needs us, ms or s', rate: 'is per second', count: 'has no unit' }[kind]
}

function bad(value: string, reason: string): Error {
  return llftError('LLFT_E_USAGE_BENCH_ASSERT', { value, reason })
}

/** Of each point that was measured; empty when there was none, and then nothing has been met. */
export function figuresFor(assertion: Assertion, results: Results): readonly number[] {
  const { metric, system, baseline } = assertion
  const own = <T extends { readonly system: string }>(all: readonly T[]): readonly T[] => {
    return all.filter((one) => one.system === system)
  }
  if (baseline !== undefined) {
    const ratios = own(results.ratios).filter((ratio) => ratio.baseline === baseline && ratio.figure === RATIOS[metric])
    return ratios.map(({ median }) => median)
  }
  if (metric === 'gap') return own(results.faults).map(({ gapMs }) => gapMs * 1000)
  if (metric === 'throughput' && results.capacities.length > 0) {
    return own(results.capacities).map(({ perSecond }) => perSecond)
  }
  const judged: readonly (Measured | FaultSeen)[] = [...own(results.measured), ...own(results.faults)]
  if (WRONGS.includes(metric as Wrong)) return judged.map(({ verdict }) => verdict[metric as Wrong])
  return own(results.measured).map((measured) => {
    const latency = LATENCIES[metric]
    if (latency !== undefined) return measured.latency[latency]
    return metric === 'cpu' ? measured.cpuUs : measured.throughputPerSecond
  })
}

/** Undefined when it holds at every point; else the figure that is furthest off. */
export function missedBy(assertion: Assertion, results: Results): number | undefined {
  const figures = figuresFor(assertion, results)
  if (figures.length === 0) return Number.NaN
  const { relation, limit } = assertion
  const holds = { '<': lessThan, '<=': atMost, '>': moreThan, '>=': atLeast }[relation]
  const missed = figures.filter((figure) => !holds(figure, limit))
  if (missed.length === 0) return undefined
  return relation.startsWith('<') ? Math.max(...missed) : Math.min(...missed)
}

/** A figure in the unit that the assertion is written in. */
export function formatFigure(assertion: Assertion, figure: number): string {
  if (Number.isNaN(figure)) return 'not measured'
  const kind = assertion.baseline === undefined ? kindOf(assertion.metric) : 'count'
  return kind === 'time' ? `${(figure / 1000).toFixed(3)} ms` : `${Number(figure.toFixed(3))}`
}

const lessThan = (figure: number, limit: number): boolean => figure < limit
const atMost = (figure: number, limit: number): boolean => figure <= limit
const moreThan = (figure: number, limit: number): boolean => figure > limit
const atLeast = (figure: number, limit: number): boolean => figure >= limit
