import type { TraceLine } from '../driver/index.js'
import type { CheckedGroup, GroupEnd } from './checked-group.js'
import { compareTraces, exercisedBy, type Exercised, refusalsIn } from './compare.js'
import type { Sighting } from './findings.js'
import type { Load, Loaded } from './load/load.js'
import type { RoundName } from './rounds.js'
import { readTrace } from './trace-file.js'

export interface RoundTerms {
  readonly load: Load | 'none'
  readonly boundMs: number
}

export interface RoundResult {
  readonly round: RoundName
  /** Undefined: the program has opened no port, or is to have no clients. */
  readonly loaded: Loaded | undefined
  readonly listening: boolean
  readonly exercised: Exercised
  /** Steps of the backup that were compared with the primary's. */
  readonly compared: number
  readonly sightings: readonly Sighting[]
  /** Refusals that are not among them, because they are known. */
  readonly allowed: number
  /** Undefined: the program ran until the check has ended it. */
  readonly ended: GroupEnd | undefined
  /** The end of what the program has printed, and of what failed processes have said. */
  readonly printed: string
  readonly tookMs: number
}

/** A program that opens its port later than this opens it too late for a check. */
const PORT_MS = 5000

/** How long a port is waited for. */
export function portWaitMs(boundMs: number): number {
  return Math.min(PORT_MS, boundMs)
}

/** One group from its start to its end, under load, and what came of it. */
export async function runRound(round: RoundName, group: CheckedGroup, terms: RoundTerms): Promise<RoundResult> {
  const begunMs = performance.now()
  await group.start()
  const addresses = await group.addresses(portWaitMs(terms.boundMs))
  const listening = addresses.length > 0
  const { load, boundMs } = terms
  if (load === 'none') await group.runs(boundMs)
  const loaded = load === 'none' || !listening ? undefined : await load({ addresses, boundMs, signal: group.over })
  const waiting = await group.settled()
  const byItself = group.over.aborted
  const end = await group.stop()
  const primary = readTrace(group.traceOf(group.primary))
  const backups = group.backups.map((slot) => ({ slot, trace: readTrace(group.traceOf(slot)) }))
  const compared = backups.map(({ trace }) => compareTraces(primary, trace))
  const sightings = [
    ...refusalsOf(primary, backups),
    ...compared.flatMap(({ sightings }) => sightings),
    ...backups.flatMap(({ slot, trace }) => lossOf(group, slot, trace)),
    ...backups.flatMap(({ slot, trace }) => (slot === waiting ? [waitOf(trace, primary)] : [])),
  ]
  return {
    round,
    loaded,
    listening,
    exercised: exercisedBy(primary),
    compared: Math.max(0, ...compared.map(({ steps }) => steps)),
    sightings,
    allowed: 0,
    ended: byItself ? end : undefined,
    printed: `${group.printed}${group.evidence}`,
    tookMs: performance.now() - begunMs,
  }
}

interface Backup {
  readonly slot: string
  readonly trace: readonly TraceLine[]
}

/** Every replica is refused the same; what the backup alone is refused is worth to be told, too. */
function refusalsOf(primary: readonly TraceLine[], backups: readonly Backup[]): readonly Sighting[] {
  const refused = refusalsIn(primary)
  return refused.length > 0 ? refused : backups.flatMap(({ trace }) => refusalsIn(trace))
}

/** A backup that ended, and not because it departs from the primary. */
function lossOf(group: CheckedGroup, slot: string, trace: readonly TraceLine[]): readonly Sighting[] {
  const outcome = group.losses.get(slot)
  if (outcome === undefined || trace.some(({ did }) => did === 'diverge')) return []
  return [{ kind: 'ended', what: `the backup's process ended with ${outcome}`, site: lastSite(trace) }]
}

/** Its next step is the one that does not come. */
function waitOf(trace: readonly TraceLine[], primary: readonly TraceLine[]): Sighting {
  const next = primary.filter(isStep)[trace.filter(isStep).length]
  const what = 'the backup waits for what has happened at the primary'
  return { kind: 'waits', what, site: lastSite(trace), ...(next === undefined ? {} : { primarySite: next.site }) }
}

type Step = Extract<TraceLine, { readonly did: 'read' | 'send' }>

function isStep(line: TraceLine): line is Step {
  return line.did === 'read' || line.did === 'send'
}

function lastSite(trace: readonly TraceLine[]): Sighting['site'] {
  return trace.filter(isStep).at(-1)?.site ?? {}
}
