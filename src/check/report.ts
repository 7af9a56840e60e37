import type { Place, Site } from '../driver/index.js'
import { isCode, REGISTRY } from '../errors/index.js'
import type { Finding } from './findings.js'
import { FINDINGS_MAX } from './findings.js'
import { roundNamed, type RoundName } from './rounds.js'
import type { CheckResults } from './run-check.js'
import type { RoundResult } from './run-round.js'

/** How the report shows places; the folder of the program is left out. */
export type PlaceText = (place: Place) => string

/** What stands behind a finding, for a person and in JSON. */
export interface Explained {
  readonly place: string
  readonly what: string
  readonly why: string
  readonly fix: string
}

/** The report, whole. */
export function reportText(results: CheckResults, placeText: PlaceText): string {
  const { findings } = results
  const shown = findings.slice(0, FINDINGS_MAX)
  const rest = findings.length > shown.length ? [`  ... and ${findings.length - shown.length} more`] : []
  const list = shown.flatMap((finding, index) => findingLines(finding, index + 1, placeText))
  const head =
    findings.length === 0
      ? ['Nothing was found that is not the same at every replica.']
      : [`${findings.length} ${findings.length === 1 ? 'place is' : 'places are'} not the same at every replica:`, '']
  const gap = findings.length === 0 ? [''] : []
  return [...head, ...list, ...rest, ...gap, ...exercisedLines(results)].join('\n')
}

/** One line for a round that is over. */
export function roundText({ round, sightings, exercised, loaded, ended, tookMs }: RoundResult): string {
  const found = sightings.length === 0 ? 'ok   ' : 'FOUND'
  const { operations, reads, messages } = exercised
  const did = `${operations} operations, ${reads} values, ${messages} messages`
  const asked = loaded === undefined ? '' : `, ${loaded.did}`
  const end = ended === undefined ? '' : `; the program ended by itself: ${ended.outcome}`
  return `  ${round.padEnd(7)} ${found}  ${did}${asked}, ${(tookMs / 1000).toFixed(1)} s${end}`
}

function findingLines(finding: Finding, number: number, placeText: PlaceText): readonly string[] {
  const { place, what, why, fix } = explain(finding, placeText)
  const { primary, backup, primarySite, rounds, count } = finding
  const row = (name: string, text: string): string => `     ${name.padEnd(8)} ${text}`
  const elsewhere = primarySite?.at === undefined ? '' : `   at ${placeText(primarySite.at)}`
  return [
    `  ${number}. ${place}  ${what}`,
    ...(primary === undefined && elsewhere === '' ? [] : [row('primary', `${primary ?? ''}${elsewhere}`.trim())]),
    ...(backup === undefined ? [] : [row('backup', backup)]),
    row('seen', `${count === 1 ? 'once' : `${count} times`}, in ${rounds.join(', ')}`),
    row('why', why),
    row('fix', fix),
    '',
  ]
}

export function explain(finding: Finding, placeText: PlaceText): Explained {
  const { kind, what, site } = finding
  const place = siteText(site, placeText)
  const by = site.call === undefined ? '' : `, by ${site.call}`
  switch (kind) {
    case 'refused': {
      const { why, fix } = isCode(what) ? REGISTRY[what] : { why: '', fix: '' }
      return { place, what: `${site.call ?? 'a call'} is refused: ${what}`, why, fix }
    }
    case 'differs':
      return { place, what: `${what} differs${by}`, ...sourceOf(finding.rounds) }
    case 'departs':
      return { place, what: `the backup does something else${by}: ${what}`, ...sourceOf(finding.rounds) }
    case 'ended':
      return { place, what, why: 'the primary went on from the same state', fix: 'see what it crashes by' }
    default:
      return { place, what, ...sourceOf(finding.rounds) }
  }
}

/** A difference that the undisturbed round shows, too, needs no disturbance. */
function sourceOf(rounds: readonly RoundName[]): { readonly why: string; readonly fix: string } {
  const names = rounds.includes('plain') ? (['plain'] as const) : rounds
  const hints = names.map((name) => roundNamed(name).hint).join(', or ')
  return {
    why: `what comes before this line depends on ${hints}`,
    fix: 'find what goes in here that is neither computed nor asked of Node (docs/check.md), and leave it out',
  }
}

function siteText({ at, through, near }: Site, placeText: PlaceText): string {
  if (at === undefined) return 'in a callback of Node'
  const dependency = through === undefined ? '' : ` (through ${placeText(through)})`
  return `${near === true ? 'after ' : ''}${placeText(at)}${dependency}`
}

function exercisedLines({ rounds, seed }: CheckResults): readonly string[] {
  const [first] = rounds
  if (first === undefined) return []
  const { loaded, listening, ended } = first
  const overflowed = rounds.filter(({ exercised }) => exercised.overflowed).map(({ round }) => round)
  const noLoad = listening ? 'as was asked for' : ended === undefined ? 'no port was opened' : 'it ended first'
  const allowed = rounds.reduce((sum, round) => sum + round.allowed, 0)
  const tried = rounds.map(({ round }) => round)
  const count = tried.length === 1 ? 'one round' : `${tried.length} rounds`
  const steps = rounds.reduce((sum, { compared }) => sum + compared, 0)
  return [
    `Load      ${loaded?.what ?? `none: ${noLoad}`}`,
    `Compared  ${steps} values and messages in ${count}: ${tried.join(', ')}`,
    ...(overflowed.length === 0 ? [] : [`          in part, in ${overflowed.join(', ')}: a trace has a bound`]),
    ...(allowed === 0 ? [] : [`Allowed   ${allowed} refusals that the program is known to do without`]),
    `Repeat    --seed ${seed}`,
    'What this load does not reach was not checked: give your own with --load.',
  ]
}
