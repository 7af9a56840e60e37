import { wrongsIn } from '../load/index.js'
import { digits, duration, table } from './format.js'
import type { Capacity, FaultSeen, Growth, Measured, Ratio, Results } from './results.js'
import { median } from './statistics.js'

/** What a terminal shows: medians and percentiles, ratios, and what was skipped. */
export function summaryText(results: Results): string {
  const { machine, seed, skipped, measured, ratios, capacities, faults, growth } = results
  const kernel = `${machine.processors} processors (${machine.model}), ${machine.kernel}`
  const parts = [
    `llft ${machine.version} ${machine.commit?.slice(0, 12) ?? ''} on Node ${machine.node}, ${kernel}, seed ${seed}`,
    `load before the run ${digits(machine.loadAverage)}; figures of one run compare with each other only`,
    ...measuredTables(measured),
    ...(capacities.length > 0 ? [capacityTable(capacities)] : []),
    ...(ratios.length > 0 ? [ratioTable(ratios)] : []),
    ...(faults.length > 0 ? [faultTable(faults)] : []),
    ...(growth.length > 0 ? [growthTable(growth)] : []),
    ...(skipped.length > 0 ? [skippedText(skipped)] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function measuredTables(measured: readonly Measured[]): readonly string[] {
  const groups = new Map<string, Measured[]>()
  for (const one of measured) {
    const title = one.sweep === null ? `${one.connections} connections` : `varied: ${one.sweep}`
    groups.set(title, [...(groups.get(title) ?? []), one])
  }
  const head = ['system', 'p50', 'p99', 'p99.9', 'max', 'per second', 'cpu/request', 'memory', 'datagrams', 'wrong']
  return [...groups].map(([title, rows]) => `${title}\n${table([head, ...rows.map(measuredRow)])}`)
}

function measuredRow(one: Measured): readonly string[] {
  const { latency, system, sweep, at, throughputPerSecond, cpuUs, memoryBytes, datagrams, verdict } = one
  return [
    sweep === null ? system : `${system} ${at}`,
    duration(latency.p50Us),
    duration(latency.p99Us),
    duration(latency.p999Us),
    duration(latency.maxUs),
    digits(throughputPerSecond),
    duration(cpuUs),
    `${digits(memoryBytes / 1e6)} MB`,
    datagrams === null ? '-' : digits(datagrams),
    wrongsIn(verdict),
  ]
}

function capacityTable(capacities: readonly Capacity[]): string {
  const rows = capacities.map(({ system, connections, perSecond }) => [system, `${connections}`, digits(perSecond)])
  const objective = capacities[0]?.objectiveMs ?? 0
  return `throughput with p99 below ${objective} ms\n${table([['system', 'connections', 'per second'], ...rows])}`
}

function ratioTable(ratios: readonly Ratio[]): string {
  const baselines = [...new Set(ratios.map(({ baseline }) => baseline))]
  const rows = ratios
    .filter(({ figure }) => figure === 'p50Us')
    .map(({ system, connections, baseline }) => `${system}\0${connections}\0${baseline}`)
  const cell = (key: string, figure: Ratio['figure']): string => {
    const [system, connections, baseline] = key.split('\0')
    const found = ratios.find((ratio) => {
      const here = ratio.system === system && String(ratio.connections) === connections
      return here && ratio.baseline === baseline && ratio.figure === figure
    })
    return found === undefined ? '-' : digits(found.median)
  }
  return baselines
    .map((baseline) => {
      const keys = rows.filter((key) => key.endsWith(`\0${baseline}`))
      const lines = keys.map((key) => {
        const [system = '', connections = ''] = key.split('\0')
        const figures = (['p50Us', 'p99Us', 'throughputPerSecond', 'cpuUs'] as const).map((figure) => cell(key, figure))
        return [system, connections, ...figures]
      })
      const head = ['system', 'connections', 'p50', 'p99', 'throughput', 'cpu']
      return `times ${baseline}, median of the rounds\n${table([head, ...lines])}`
    })
    .join('\n\n')
}

function faultTable(faults: readonly FaultSeen[]): string {
  const keys = [...new Set(faults.map(({ fault, system }) => `${fault} ${system}`))].toSorted()
  const rows = keys.map((key) => {
    const own = faults.filter(({ fault, system }) => `${fault} ${system}` === key)
    const gaps = own.map(({ gapMs }) => gapMs * 1000)
    const sum = (wrong: 'lost' | 'repeated' | 'reordered' | 'forgotten' | 'dropped'): string => {
      return `${own.reduce((total, { verdict }) => total + verdict[wrong], 0)}`
    }
    const quiet = duration(median(own.map(({ quietGapMs }) => quietGapMs * 1000)))
    const wrongs = (['lost', 'repeated', 'reordered', 'forgotten', 'dropped'] as const).map(sum)
    const unmasked = own.filter(({ recovered }) => !recovered).length
    return [key, `${own.length}`, duration(median(gaps)), duration(Math.max(...gaps)), quiet, ...wrongs, `${unmasked}`]
  })
  const head = ['fault, system', 'times', 'gap p50', 'gap max', 'without', 'lost', 'repeated', 'reordered', 'forgotten']
  return `faults of the leader\n${table([[...head, 'dropped', 'did not recover'], ...rows])}`
}

function growthTable(growth: readonly Growth[]): string {
  const rows = growth.map(({ system, sweep, figure, law, slope, intercept, r2 }) => {
    const text = law === 'line' ? `${digits(intercept)} + ${Number(slope.toPrecision(3))} x` : `x^${slope.toFixed(2)}`
    return [`${system}, ${sweep}`, figure, text, `r2 ${r2.toFixed(2)}`]
  })
  return `growth\n${table(rows)}`
}

function skippedText(skipped: Results['skipped']): string {
  return `skipped\n${skipped.map(({ name, reason }) => `  ${name}: ${reason}`).join('\n')}`
}
