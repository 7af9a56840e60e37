import type { Site } from '../driver/index.js'
import type { RoundName } from './rounds.js'

export type FindingKind =
  /** A call that LLFT refuses. */
  | 'refused'
  /** The same step with another content. */
  | 'differs'
  /** Another step: from here on the replicas do not do the same. */
  | 'departs'
  /** The backup's process ended of itself. */
  | 'ended'
  /** The backup waits for what never comes. */
  | 'waits'

/** Something that one round has shown. */
export interface Sighting {
  readonly kind: FindingKind
  /** Of the backup, or, for a refusal, of both. */
  readonly site: Site
  /** The code of a refusal, or what was done, such as a message to the gateway. */
  readonly what: string
  readonly primary?: string | undefined
  readonly backup?: string | undefined
  /** Where the primary was, if that is another place. */
  readonly primarySite?: Site | undefined
}

/** The same thing, wherever it was seen. */
export interface Finding extends Sighting {
  readonly rounds: readonly RoundName[]
  readonly count: number
}

/** Whoever has read a hundred knows. */
export const FINDINGS_MAX = 100

interface Row {
  readonly sighting: Sighting
  readonly rounds: Set<RoundName>
  count: number
}

/** What all rounds have shown, each place once. */
export class Findings {
  /** Bounded by the places of the program that do something which is seen. */
  readonly #rows = new Map<string, Row>()

  add(round: RoundName, sightings: readonly Sighting[]): void {
    for (const sighting of sightings) {
      const key = keyOf(sighting)
      const row = this.#rows.get(key) ?? { sighting, rounds: new Set(), count: 0 }
      this.#rows.set(key, row)
      row.rounds.add(round)
      row.count++
    }
  }

  get size(): number {
    return this.#rows.size
  }

  /** Refusals first: they alone are certain to meet every client; then in the order in which they were first seen. */
  get all(): readonly Finding[] {
    const found = [...this.#rows.values()].map(({ sighting, rounds, count }) => ({
      ...sighting,
      rounds: [...rounds],
      count,
    }))
    return found.toSorted((one, other) => Number(other.kind === 'refused') - Number(one.kind === 'refused'))
  }
}

/** Streams have numbers, and values are what differs: neither makes another finding. */
function keyOf({ kind, site, what }: Sighting): string {
  const place = site.at === undefined ? '' : `${site.at.file}:${site.at.line}`
  return [kind, place, site.call ?? '', what.replaceAll(/\d+/g, '#')].join('\n')
}
