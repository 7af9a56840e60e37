import type { Founding, Standing } from '../../driver/index.js'
import type { MemberId, MemberInfo } from '../../message/index.js'
import type { AdoptTerms } from '../replicas.js'
import type { FollowedGateway, HostGuest } from './words.js'

/** Hosts notice a silence within a beat of each other; those that are busy a little later. */
const GATHER_MS = 1500
/** Two standbys seldom decide at one moment: each waits for another time after all have come. */
const DECIDE_MIN_MS = 200
const DECIDE_SPREAD_MS = 600

/** A host as its last words show it, if they are new enough to count. */
export interface Sighting {
  readonly guest: HostGuest | null
  readonly gateway: FollowedGateway | null
}

/** What there is to adopt: replicas of one group, whose hosts do not hear their gateway any more. */
export interface Orphans {
  readonly founding: Founding
  readonly gateway: string
  /** Those of the newest view that are heard and could lead. */
  readonly members: readonly MemberInfo[]
}

export interface AdoptionTerms {
  /** So many replicas make the group whole. */
  readonly wanted: number
  /** Between 0 and 1. */
  readonly random: number
}

/**
 * Whether a standby may adopt the replicas that it hears (ADR 59): no host hears another gateway, at least half of the
 * replicas are heard, and whoever may still come has had the time to. With fewer, those that are heard may have been cut
 * off long ago, and what the others did since would be lost.
 */
export class Adoption {
  readonly #terms: AdoptionTerms
  #sinceMs: number | undefined

  constructor(terms: AdoptionTerms) {
    this.#terms = terms
  }

  /** `few`: there are replicas to adopt, and they are too few. Called with every beat. */
  look(sightings: readonly Sighting[], nowMs: number): Orphans | 'few' | undefined {
    const { wanted, random } = this.#terms
    const orphans = orphansIn(sightings)
    if (orphans === undefined) {
      this.#sinceMs = undefined
      return undefined
    }
    this.#sinceMs ??= nowMs
    const count = orphans.members.length
    const decideMs = DECIDE_MIN_MS + random * DECIDE_SPREAD_MS + (count >= wanted ? 0 : GATHER_MS)
    if (nowMs - this.#sinceMs < decideMs) return undefined
    return 2 * count >= wanted ? orphans : 'few'
  }
}

function orphansIn(sightings: readonly Sighting[]): Orphans | undefined {
  if (sightings.some(({ gateway }) => gateway !== null && !gateway.silent)) return undefined
  const guests = sightings.flatMap(({ guest, gateway }) => {
    const founding = guest?.founding ?? null
    const alive = guest !== null && guest.started && guest.end === null && guest.standing !== null
    return alive && founding !== null && gateway !== null ? [{ guest, founding, gateway }] : []
  })
  // Of several groups of the name, mistakes of the past, the one that most have.
  const of = (epoch: number): typeof guests => guests.filter(({ founding }) => founding.epoch === epoch)
  const [first] = guests.toSorted((left, right) => of(right.founding.epoch).length - of(left.founding.epoch).length)
  if (first === undefined) return undefined
  const group = of(first.founding.epoch)
  const heard = new Set(group.map(({ guest }) => guest.claim.memberId))
  const known = newest(group.flatMap(({ guest }) => guest.standing ?? []))
  // Whoever was left out of the newest view may not know it; whoever has not caught up holds nothing that could go on.
  const members = known.filter(({ memberId, caughtUp }) => caughtUp && heard.has(memberId))
  if (members.length === 0) return undefined
  return { founding: first.founding, gateway: first.gateway.address, members }
}

/** The membership of the newest view that somebody knows. */
export function newest(standings: readonly Standing[]): readonly MemberInfo[] {
  const [first] = standings.toSorted(({ view: left }, { view: right }) => {
    return right.number - left.number || right.backupView - left.backupView
  })
  return first?.members ?? []
}

/** What the replicas that were adopted have to be told: who is lost, until the group itself can be told (ADR 59). */
export class Losses {
  readonly #terms: AdoptTerms
  /** Bounded by the members that there are until the group knows the new gateway. */
  readonly #lost = new Set<MemberId>()

  constructor(terms: AdoptTerms) {
    this.#terms = terms
  }

  /** A replica was given up. */
  add(member: MemberId): void {
    if (!this.#terms.connected()) this.#lost.add(member)
  }

  /** Of the replicas that are heard, with what they say of themselves. */
  among(standings: readonly Standing[], isHeard: (member: MemberId) => boolean): readonly MemberId[] {
    const own = new Set(this.#terms.own())
    const peers = standings.flatMap((standing) => standing.peers).filter((member) => !own.has(member))
    if (this.#terms.connected()) this.#lost.clear()
    else for (const { memberId } of newest(standings)) if (!isHeard(memberId)) this.#lost.add(memberId)
    return [...new Set([...peers, ...this.#lost])]
  }
}

