import type { Growth, Measured, SweepName } from './results.js'
import { SWEEPS } from './results.js'
import { fitLine, fitPower } from './statistics.js'

/** What a request costs has a part of its own and one for each unit more; the rest spans decades: exponents tell it. */
function lawOf(sweep: SweepName, figure: Growth['figure']): Growth['law'] {
  if (sweep === 'connections') return 'power'
  return sweep === 'size' && figure === 'throughputPerSecond' ? 'power' : 'line'
}

/** Fewer datagrams per request are not the system's: it sends none. */
const DATAGRAMS_MIN = 0.5

const FIGURES: Readonly<Record<Growth['figure'], (measured: Measured) => number | null>> = {
  p50Us: ({ latency }) => latency.p50Us,
  throughputPerSecond: ({ throughputPerSecond }) => throughputPerSecond,
  cpuUs: ({ cpuUs }) => cpuUs,
  datagrams: ({ datagrams }) => (datagrams === null || datagrams < DATAGRAMS_MIN ? null : datagrams),
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
  const law = lawOf(of.sweep, of.figure)
  const places = points.flatMap((point): readonly (readonly [number, number])[] => {
    const value = FIGURES[of.figure](point)
    return value === null ? [] : [[point.at, value]]
  })
  const found = law === 'line' ? fitLine(places) : fitPower(places)
  return found === undefined ? [] : [{ ...of, law, ...found }]
}
