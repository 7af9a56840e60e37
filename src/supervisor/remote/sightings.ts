import type { MemberId } from '../../message/index.js'
import { RECENT_MS } from './reign.js'
import type { FollowedGateway, GenerationId, HostGuest, HostReport } from './words.js'

/** As many hosts as a group may have, with two places each. */
const SIGHTINGS_MAX = 128

/** A place of a host as its last words show it. */
export interface Sighting {
  /** By which its host is known. */
  readonly host: string
  readonly guest: HostGuest | null
  readonly gateway: FollowedGateway | null
  readonly generation: GenerationId | null
  readonly decided: boolean
}

/** What hosts have said lately of their replicas. */
export class Sightings {
  /** By host and generation; bounded by `SIGHTINGS_MAX`. */
  readonly #seen = new Map<string, Sighting & { readonly heardMs: number }>()

  note(host: string, { guest, gateway, generation, decided }: HostReport, heardMs: number): void {
    const key = `${host} ${generation?.epoch ?? 'none'}`
    if (!this.#seen.has(key) && this.#seen.size >= SIGHTINGS_MAX) return
    this.#seen.set(key, { host, guest, gateway, generation, decided, heardMs })
  }

  runs(member: MemberId, nowMs: number): boolean {
    return this.recent(nowMs).some(({ guest }) => guest?.claim.memberId === member && guest.end === null)
  }

  /** Those that are new enough to count. */
  recent(nowMs: number): readonly Sighting[] {
    for (const [key, { heardMs }] of this.#seen) if (nowMs - heardMs >= RECENT_MS) this.#seen.delete(key)
    return [...this.#seen.values()]
  }
}
