import { newestFirst } from '../../core/index.js'
import type { Founding, Standing } from '../../driver/index.js'
import type { MemberId, MemberInfo } from '../../message/index.js'
import type { AdoptTerms } from '../replicas.js'
import type { Sighting } from './sightings.js'
import type { FollowedGateway, GenerationId, HostGuest } from './words.js'

/** Hosts notice a silence within a beat of each other; those that are busy a little later. */
const GATHER_MS = 1500
/** Standbys hear each other within it, and agree on who adopts. */
const DECIDE_MS = 250
/** A standby that said nothing for so long is none any more. */
const RIVAL_MS = 1000
/** More standbys than anybody has. */
const RIVALS_MAX = 64

/** What there is to adopt: replicas of one group, whose hosts do not hear their gateway any more. */
export interface Orphans {
  readonly founding: Founding
  readonly generation: GenerationId
  readonly gateway: string
  /** Those of the newest view that are heard and could lead. */
  readonly members: readonly MemberInfo[]
}

export interface AdoptionTerms {
  /** So many replicas make the group whole. */
  readonly wanted: number
  /** This standby, to others. */
  readonly speaker: number
  /** A lease decides between standbys. */
  readonly fenced: boolean
}

interface Rival {
  readonly orphans: number
  readonly heardMs: number
}

/**
 * Whether a standby may adopt the replicas that it hears (ADR 59): no host hears another gateway, at least half of the
 * replicas are heard, and whoever may still come has had the time to. With fewer, those that are heard may have been
 * cut off long ago, and what the others did since would be lost.
 */
export class Adoption {
  readonly #terms: AdoptionTerms
  #sinceMs: number | undefined
  /** Other standbys, by speaker; bounded by `RIVALS_MAX`. */
  readonly #rivals = new Map<number, Rival>()
  #count = 0

  constructor(terms: AdoptionTerms) {
    this.#terms = terms
  }

  /** How many replicas could be adopted. */
  get orphans(): number {
    return this.#count
  }

  /** Another standby speaks. */
  heard(speaker: number, rival: Rival): void {
    if (this.#rivals.has(speaker) || this.#rivals.size < RIVALS_MAX) this.#rivals.set(speaker, rival)
  }

  /** `few`: there are replicas to adopt, and they are too few. Called with every beat. */
  look(sightings: readonly Sighting[], nowMs: number): Orphans | 'few' | undefined {
    const { wanted } = this.#terms
    const orphans = orphansIn(sightings)
    this.#count = orphans?.members.length ?? 0
    if (orphans === undefined) {
      this.#sinceMs = undefined
      return undefined
    }
    this.#sinceMs ??= nowMs
    const decideMs = DECIDE_MS + (this.#count >= wanted ? 0 : GATHER_MS)
    if (nowMs - this.#sinceMs < decideMs || this.#yields(nowMs)) return undefined
    return 2 * this.#count >= wanted ? orphans : 'few'
  }

  /** To a standby that hears more replicas than this one, or as many. */
  #yields(nowMs: number): boolean {
    const { fenced, speaker: own } = this.#terms
    for (const [speaker, { orphans, heardMs }] of this.#rivals) {
      if (nowMs - heardMs > RIVAL_MS) this.#rivals.delete(speaker)
      else if (!fenced && (orphans > this.#count || (orphans === this.#count && speaker > own))) return true
    }
    return false
  }
}

function orphansIn(sightings: readonly Sighting[]): Orphans | undefined {
  // A new host listens to a standby already; that one does not rule.
  if (sightings.some(({ gateway }) => gateway !== null && gateway.term > 0 && !gateway.silent)) return undefined
  const group = groupIn(sightings.flatMap(orphanOf))
  const [first] = group
  if (first === undefined) return undefined
  const heard = new Set(group.map(({ guest }) => guest.claim.memberId))
  const known = newest(group.flatMap(({ guest }) => guest.standing ?? []))
  // Whoever was left out of the newest view may not know it; whoever has not caught up holds nothing that could go on.
  const members = known.filter(({ memberId, caughtUp }) => caughtUp && heard.has(memberId))
  if (members.length === 0) return undefined
  const { founding, generation, gateway } = first
  return { founding, generation, gateway: gateway.address, members }
}

interface Orphan {
  readonly guest: HostGuest
  readonly founding: Founding
  readonly generation: GenerationId
  readonly decided: boolean
  readonly gateway: FollowedGateway
}

function orphanOf({ guest, gateway, generation, decided }: Sighting): readonly Orphan[] {
  const founding = guest?.founding ?? null
  const alive = guest !== null && guest.started && guest.end === null && guest.standing !== null
  if (!alive || founding === null || gateway === null || generation === null) return []
  return [{ guest, founding, generation, decided, gateway }]
}

/** The group is the last generation that somebody knows to be decided: clients were moved to it after all knew. */
function groupIn(orphans: readonly Orphan[]): readonly Orphan[] {
  // Of several groups of the name, mistakes of the past, the one that most have.
  const of = (origin: number): readonly Orphan[] => orphans.filter(({ generation }) => generation.origin === origin)
  const [most] = orphans.toSorted(
    ({ generation: left }, { generation: right }) => of(right.origin).length - of(left.origin).length,
  )
  if (most === undefined) return []
  const run = of(most.generation.origin)
  const known = run.filter(({ decided }) => decided)
  const [last] = known.toSorted(({ generation: left }, { generation: right }) => right.number - left.number)
  return run.filter(({ generation }) => generation.epoch === last?.generation.epoch)
}

/** The membership of the newest view that somebody knows. */
export function newest(standings: readonly Standing[]): readonly MemberInfo[] {
  const [first] = standings.toSorted((left, right) => newestFirst(left.view, right.view))
  return first?.members ?? []
}

/** What the gateway that has adopted replicas knows of a member. */
export interface Known {
  /** It is one of those. */
  readonly isHeard: (member: MemberId) => boolean
  /** Its host says that it has not ended. */
  readonly runs: (member: MemberId) => boolean
}

/** What the replicas that were adopted have to be told: who is lost, until the group itself can be told (ADR 59). */
export class Losses {
  readonly #terms: AdoptTerms
  /** Bounded by the members that there are, or were, until the group knows the new gateway. */
  readonly #lost = new Set<MemberId>()

  constructor(terms: AdoptTerms) {
    this.#terms = terms
  }

  /** A replica was given up. */
  add(member: MemberId): void {
    if (!this.#terms.connected()) this.#lost.add(member)
  }

  /** Of the replicas that are heard, with what they say of themselves. */
  among(standings: readonly Standing[], { isHeard, runs }: Known): readonly MemberId[] {
    const own = new Set(this.#terms.own())
    const peers = standings.flatMap((standing) => standing.peers).filter((member) => !own.has(member))
    const members = newest(standings).map(({ memberId }) => memberId)
    // Who was removed may lead others as long as it runs.
    const leaving = standings.flatMap((standing) => standing.leaving).filter((member) => !runs(member))
    if (this.#terms.connected()) this.#lost.clear()
    else for (const member of [...members, ...leaving]) if (!isHeard(member)) this.#lost.add(member)
    return [...new Set([...peers, ...this.#lost])]
  }
}
