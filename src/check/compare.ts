import type { TraceLine } from '../driver/index.js'
import type { Sighting } from './findings.js'
import { shownFrom, type Shown } from './shown.js'

type Line<Did extends TraceLine['did']> = Extract<TraceLine, { readonly did: Did }>
type Step = Line<'read'> | Line<'send'>

export interface Compared {
  readonly sightings: readonly Sighting[]
  /** Steps that both replicas have made. */
  readonly steps: number
}

/** What was exercised, by one replica's own account. */
export interface Exercised {
  readonly operations: number
  readonly reads: number
  readonly messages: number
  /** Its trace came to its bound: what followed is not in it. */
  readonly overflowed: boolean
}

/** Compares a backup's trace with the primary's, as far as both go. */
export function compareTraces(primary: readonly TraceLine[], backup: readonly TraceLine[]): Compared {
  const [ours, theirs] = [stepsOf(backup), stepsOf(primary)]
  const sightings: Sighting[] = []
  const steps = Math.min(ours.length, theirs.length)
  let departs: Sighting | undefined
  for (let at = 0; at < steps && departs === undefined; at++) {
    const [mine, other] = [ours[at] as Step, theirs[at] as Step]
    if (mine.did === 'send' && other.did === 'send') {
      const sighting = compareMessages(other, mine)
      if (sighting !== undefined) sightings.push(sighting)
    } else if (doing(mine) !== doing(other)) departs = departure(mine, other)
  }
  const stopped = backup.findLast((line) => line.did === 'diverge')
  if (stopped !== undefined) {
    const { what, site } = stopped
    // The backup's own words say more; where the primary was is known from the step alone.
    sightings.push({ ...departs, kind: 'departs', what, site: site.at === undefined ? (departs?.site ?? {}) : site })
  } else if (departs !== undefined) sightings.push(departs)
  return { sightings, steps }
}

export function exercisedBy(trace: readonly TraceLine[]): Exercised {
  const count = (did: TraceLine['did']): number => trace.reduce((sum, line) => sum + Number(line.did === did), 0)
  return {
    operations: count('operate'),
    reads: count('read'),
    messages: count('send'),
    overflowed: trace.some(({ did }) => did === 'overflow'),
  }
}

export function refusalsIn(trace: readonly TraceLine[]): readonly Sighting[] {
  const refused = trace.filter((line) => line.did === 'refuse')
  return refused.map(({ code, call, site }) => ({ kind: 'refused', what: code, site: { ...site, call } }))
}

function stepsOf(trace: readonly TraceLine[]): readonly Step[] {
  return trace.filter((line) => line.did === 'read' || line.did === 'send')
}

function doing(step: Step): string {
  return step.did === 'read' ? `reads ${step.source}` : `sends ${step.what}`
}

function departure(backup: Step, primary: Step): Sighting {
  return {
    kind: 'departs',
    what: 'another step than the primary',
    site: backup.site,
    primary: doing(primary),
    backup: doing(backup),
    primarySite: primary.site,
  }
}

function compareMessages(primary: Line<'send'>, backup: Line<'send'>): Sighting | undefined {
  const same = primary.sum === backup.sum && primary.length === backup.length && primary.fields === backup.fields
  if (same && primary.what === backup.what) return undefined
  const shown = shownOf(primary, backup)
  const elsewhere = textOf(primary) !== textOf(backup)
  const primarySite = elsewhere ? primary.site : undefined
  return { kind: 'differs', what: backup.what, site: backup.site, ...shown, primarySite }
}

function shownOf(primary: Line<'send'>, backup: Line<'send'>): Shown {
  if (primary.what !== backup.what) return { primary: primary.what, backup: backup.what }
  if (primary.fields !== backup.fields) return { primary: primary.fields, backup: backup.fields }
  return shownFrom(primary, backup)
}

function textOf({ site: { at } }: Step): string {
  return at === undefined ? '' : `${at.file}:${at.line}`
}
