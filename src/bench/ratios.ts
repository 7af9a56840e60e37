import type { Figure, Measured, Ratio } from './results.js'
import { median } from './statistics.js'

const FIGURES: readonly Figure[] = ['p50Us', 'p99Us', 'throughputPerSecond', 'cpuUs']

/** Stretch by stretch, because both had the same machine then: what else it did meets both alike. */
export function ratiosOf(measured: readonly Measured[], baselines: readonly string[]): readonly Ratio[] {
  return measured.flatMap((one) => {
    const beside = measured.filter(({ system, connections }) => {
      return baselines.includes(system) && system !== one.system && connections === one.connections
    })
    return beside.flatMap((baseline) => FIGURES.map((figure) => ratioOf(one, baseline, figure)))
  })
}

function ratioOf(one: Measured, baseline: Measured, figure: Figure): Ratio {
  const rounds = Math.min(one.stretches.length, baseline.stretches.length)
  const ratios = Array.from({ length: rounds }, (_, round) => {
    return (one.stretches[round]?.[figure] ?? 0) / (baseline.stretches[round]?.[figure] || Number.NaN)
  }).filter((ratio) => !Number.isNaN(ratio))
  return {
    system: one.system,
    baseline: baseline.system,
    connections: one.connections,
    figure,
    median: median(ratios),
    min: Math.min(...ratios),
    max: Math.max(...ratios),
  }
}
