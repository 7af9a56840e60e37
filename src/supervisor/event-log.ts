import type { EventSource, GroupEvent } from '../admin/index.js'

/** A thousand are weeks of a healthy group and hours of a sick one, and fit half a megabyte. */
const EVENTS_MAX = 1000

/** The last things that happened to the membership, and who wants to hear of the next. */
export class EventLog implements EventSource {
  #recent: GroupEvent[] = []
  #count = 0
  /** Bounded by the connections that the admin address lets follow. */
  readonly #followers = new Set<(event: GroupEvent) => void>()

  get recent(): readonly GroupEvent[] {
    return this.#recent
  }

  append(event: Omit<GroupEvent, 'sequence'>): void {
    const numbered = { ...event, sequence: ++this.#count }
    this.#recent.push(numbered)
    if (this.#recent.length > EVENTS_MAX) this.#recent.shift()
    for (const follower of this.#followers) follower(numbered)
  }

  subscribe(take: (event: GroupEvent) => void): () => void {
    this.#followers.add(take)
    return () => void this.#followers.delete(take)
  }
}
