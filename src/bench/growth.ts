import type { Growth, Measured, SweepName } from './results.js'
import { SWEEPS } from './results.js'
import { fitLine, fitPower } from './statistics.js'

/** Sizes and connections span decades: what grows with them is told by its exponent. */
const LAWS: Readonly<Record<SweepName, Growth['law']>> = {
  replicas: 'line',
  calls: 'line',
  size: 'power',
  connections: 'power',
}
const FIGURES: Readonly<Record<Growth['figure'], (measured: Measured) => number | null>> = {
  p50Us: ({ latency }) => latency.p50Us,
  throughputPerSecond: ({ throughputPerSecond }) => throughputPerSecond,
  cpuUs: ({ cpuUs }) => cpuUs,
  datagrams: ({ datagrams }) => datagrams,
}

/** Of every system along every sweep that has been measured. */
export function growthOf(measured: readonly Measured[]): readonly Growth[] {
  const systems = [...new Set(measured.map(({ system }) => system))]
  return SWEEPS.flatMap((sweep) => {
    return systems.flatMap((system) => {
      const points = measured.filter((one) => one.sweep === sweep && one.system === system)
      return (Object.keys(FIGURES) as Growth['figure'][]).flatMap((figure) => fit({ sweep, system, figure }, points))
    })
  })
}

function fit(of: Pick<Growth, 'sweep' | 'system' | 'figure'>, points: readonly Measured[]): readonly Growth[] {
  const law = LAWS[of.sweep]
  const places = points.flatMap((point): readonly (readonly [number, number])[] => {
    const value = FIGURES[of.figure](point)
    return value === null ? [] : [[point.at, value]]
  })
  const found = law === 'line' ? fitLine(places) : fitPower(places)
  return found === undefined ? [] : [{ ...of, law, ...found }]
}
