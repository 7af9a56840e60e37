import type { Contents, Instant, Locator, MemberId, OrderIndex, View } from '../../message/index.js'
import { NO_VIEW } from '../../message/index.js'
import { knows, sameView } from '../membership/view.js'
import type { Connection } from './connection.js'
import type { ReplicaState } from './state.js'

/**
 * Makes the membership known: to every member and connected group, again until each has shown in what it sends that it
 * knows the current view and backup view.
 */
export class Announcer {
  readonly #state: ReplicaState
  /** What each member last said to know; bounded by the membership. */
  readonly #known = new Map<MemberId, View>()
  #deadline: Instant | undefined
  /** Index of the newest join entry: a newcomer that has executed up to here is caught up. */
  joinIndex = 0 as OrderIndex
  /** The last change added or confirmed a backup; otherwise it removed one. */
  grew = true

  constructor(state: ReplicaState) {
    this.#state = state
  }

  get deadline(): Instant | undefined {
    return this.#deadline
  }

  /** A new view is established at the present length of the history. */
  begin(): void {
    this.joinIndex = this.#state.established.length
    this.#known.clear()
    this.repeat()
  }

  memberHeard(member: MemberId, view: View): void {
    this.#known.set(member, view)
    this.heard()
  }

  /** Somebody said what it knows: stop when everybody knows. */
  heard(): void {
    if (this.#deadline !== undefined && this.#unaware().length === 0) this.#deadline = undefined
  }

  expire(): void {
    if (this.#deadline !== undefined && this.#deadline <= this.#state.now) this.repeat()
  }

  repeat(): void {
    const unaware = this.#unaware()
    for (const announce of unaware) announce()
    this.#deadline = unaware.length > 0 ? ((this.#state.now + this.#state.limits.repeatDelay) as Instant) : undefined
    for (const member of this.#known.keys()) {
      if (!this.#state.others.some((other) => other.memberId === member)) this.#known.delete(member)
    }
  }

  /** For each who does not know the current membership, how to tell it. */
  #unaware(): (() => void)[] {
    const tell: (() => void)[] = []
    for (const member of this.#state.others) {
      const known = this.#known.get(member.memberId) ?? NO_VIEW
      if (!this.#knows(known)) tell.push(() => this.#tellMember(member.locator, known, member.caughtUp))
    }
    for (const connection of this.#state.connections.values()) {
      if (!connection.givenUp && !this.#knows(connection.peerView)) tell.push(() => this.#tellPeer(connection))
    }
    return tell
  }

  #knows(view: View): boolean {
    return knows(view, this.#state.established.view)
  }

  get #acceptBackup(): Contents {
    const { members, length } = this.#state.established
    return { kind: 'AcceptBackup', members, joinIndex: this.joinIndex, length }
  }

  get #establish(): Contents {
    const { view, members, length } = this.#state.established
    return { kind: 'Establish', established: view, members, length }
  }

  #tellMember(locator: Locator, known: View, caughtUp: boolean): void {
    const { view, members } = this.#state.established
    if (!caughtUp || (sameView(known, view) && this.grew)) {
      this.#state.sendInside([locator], this.#acceptBackup)
    } else if (sameView(known, view)) {
      this.#state.sendInside([locator], { kind: 'RemoveBackup', members })
    } else {
      this.#state.sendInside([locator], this.#establish)
    }
  }

  /**
   * A new incarnation lets nothing out before it knows a view, and knows none before every backup can know of it: a
   * primary to come must ask it what it has let out.
   */
  #tellPeer(connection: Connection): void {
    const { view, members } = this.#state.established
    if (!this.#state.isTold(connection)) return
    if (sameView(connection.peerView, view) && this.grew) {
      this.#state.sendPeer(connection, this.#acceptBackup)
    } else if (sameView(connection.peerView, view)) {
      this.#state.sendPeer(connection, { kind: 'RemoveBackup', members })
    } else {
      this.#state.sendPeer(connection, this.#establish)
    }
  }
}
