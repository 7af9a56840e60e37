import { WRONGS } from '../../load/index.js'
import { duration } from '../format.js'
import { FAULTS } from '../results.js'
import type { FaultName, FaultSeen } from '../results.js'
import { median } from '../statistics.js'
import { stackedBars, strips } from './bars.js'
import { escaped } from './escape.js'
import { htmlTable, note, section } from './html-table.js'
import type { ColorOf } from './measured-sections.js'

const TITLES: Readonly<Record<FaultName, string>> = {
  kill: 'The leader is killed',
  cut: "The leader's link is cut",
  stop: 'The leader is stopped for 500 ms',
}
const BARS_MAX = 40
const PHASE_COLORS = { detected: 1, elected: 3, resumed: 5 } as const

const milliseconds = (ms: number): string => duration(ms * 1000)

export function faultSections(faults: readonly FaultSeen[], colorOf: ColorOf): readonly string[] {
  return FAULTS.flatMap((fault) => {
    const own = faults.filter((one) => one.fault === fault)
    if (own.length === 0) return []
    return [section(TITLES[fault], gaps(own, colorOf), table(own), phases(own), ...timelines(own, colorOf))]
  })
}

function systemsIn(faults: readonly FaultSeen[]): readonly string[] {
  return [...new Set(faults.map(({ system }) => system))]
}

function gaps(faults: readonly FaultSeen[], colorOf: ColorOf): string {
  const rows = systemsIn(faults).map((system) => {
    const values = faults.filter((one) => one.system === system).map(({ gapMs }) => gapMs)
    return { name: system, color: colorOf(system), values }
  })
  const told = note('The longest time that a client was without an answer, a stroke for each fault.')
  return told + strips(rows, { logarithmic: true, text: milliseconds })
}

function table(faults: readonly FaultSeen[]): string {
  const rows = systemsIn(faults).map((system) => {
    const own = faults.filter((one) => one.system === system)
    const all = own.map(({ gapMs }) => gapMs)
    const quiet = median(own.map(({ quietGapMs }) => quietGapMs))
    const sums = WRONGS.map((wrong) => `${own.reduce((sum, { verdict }) => sum + verdict[wrong], 0)}`)
    const taken = `${own.filter(({ recovered }) => !recovered).length}`
    return [system, `${own.length}`, ...[median(all), Math.max(...all), quiet].map(milliseconds), ...sums, taken]
  })
  const head = ['system', 'faults', 'gap p50', 'gap max', 'without a fault', ...WRONGS, 'until taken back']
  return htmlTable(head, rows)
}

function phases(faults: readonly FaultSeen[]): string {
  const bars = faults.flatMap(({ system, round, phases }) => {
    if (phases === null) return []
    const { detectedMs, electedMs, resumedMs } = phases
    const parts = [
      { name: 'detected', value: detectedMs, color: PHASE_COLORS.detected },
      { name: 'elected', value: electedMs, color: PHASE_COLORS.elected },
      { name: 'resumed', value: resumedMs, color: PHASE_COLORS.resumed },
    ]
    return [{ name: `${system}, ${round + 1}`, parts }]
  })
  if (bars.length === 0) return ''
  return `<h3>Phases</h3>${stackedBars(bars.slice(0, BARS_MAX), milliseconds)}`
}

function timelines(faults: readonly FaultSeen[], colorOf: ColorOf): readonly string[] {
  return faults.flatMap(({ system, timeline, leader, round }) => {
    if (timeline === null) return []
    const rows = timeline.map((values, client) => ({ name: `client ${client + 1}`, color: colorOf(system), values }))
    const title = `${system}: each client's answers around the fault of ${leader}, round ${round + 1}`
    return [`<h3>${escaped(title)}</h3>` + strips(rows, { logarithmic: false, text: milliseconds, mark: 0 })]
  })
}
