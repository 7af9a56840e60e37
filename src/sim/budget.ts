import type { CommitMode } from '../core/index.js'
import type { MemberId, MemberInfo } from '../message/index.js'
import { sameMembership } from './observer.js'
import type { Cluster } from './cluster.js'

/**
 * The faults that are promised to be survived (protocol.md 2 and 5.9): one caught-up member lives on, and primary and
 * gateway do not both die within one stabilisation time. A kill beyond that is not made.
 */
export class Budget {
  readonly #cluster: Cluster
  readonly #acknowledged: boolean
  /** Said to have failed and not killed yet; bounded by the members of one simulation. */
  readonly #doomed = new Set<MemberId>()
  /** Until all have executed its loss, only the primary may hold inputs that the history names. */
  #gatewaysKilled = 0
  /** What the newest primary was established with: until the others have it, the gateway must not die. */
  #primaryMark = 0

  /** Under `acknowledged` primary and gateway may die together. */
  constructor(cluster: Cluster, commit: CommitMode) {
    this.#cluster = cluster
    this.#acknowledged = commit === 'acknowledged'
  }

  doom(memberId: MemberId): void {
    this.#doomed.add(memberId)
  }

  established(memberId: MemberId): void {
    this.#primaryMark = this.#cluster.executedOf(memberId)
  }

  /**
   * The membership names nobody who could carry on but who is to be killed: whoever leads did not hear the others in
   * time. A group that loses its last members so has lost more than is promised.
   */
  get exceeded(): boolean {
    const { members } = this.#cluster.observer
    return members.length > 0 && members.every(({ memberId, caughtUp }) => !caughtUp || !this.#alive(memberId))
  }

  gatewayKilled(): void {
    this.#gatewaysKilled++
  }

  mayKill(victims: readonly MemberId[]): boolean {
    const { observer } = this.#cluster
    const survivors = this.#survivors(victims)
    const primary = observer.members.find(({ precedence }) => precedence === observer.view.precedence)
    const leads = primary === undefined || observer.recovering || victims.includes(primary.memberId)
    if (survivors.length === 0) return false
    if (this.#acknowledged) return survivors.every(({ memberId }) => this.#isAbreast(memberId))
    return !leads || this.#haveLost(survivors)
  }

  mayKillGateway(): boolean {
    const { observer, gatewayDown, statuses } = this.#cluster
    const [gateway] = statuses
    if (gatewayDown || gateway === undefined) return false
    if (this.#acknowledged) return this.#survivors([]).every(({ memberId }) => this.#isAbreast(memberId))
    if (observer.recovering) return false
    if (!sameMembership(gateway.view, observer.view)) return false
    const primary = observer.members.find(({ precedence }) => precedence === observer.view.precedence)
    const leads = this.#alive(primary?.memberId)
    const survivors = this.#survivors([])
    return leads && this.#haveLost(survivors) && this.#allHave(survivors, this.#primaryMark)
  }

  #alive(memberId: MemberId | undefined): boolean {
    if (memberId === undefined || this.#doomed.has(memberId)) return false
    return this.#cluster.processes.some((process) => process.memberId === memberId)
  }

  /** Under `acknowledged` a newcomer may be confirmed while it still executes what was let out before it counted. */
  #isAbreast(memberId: MemberId): boolean {
    return this.#cluster.processes.find((each) => each.memberId === memberId)?.replica.abreast === true
  }

  #haveLost(members: readonly MemberInfo[]): boolean {
    return members.every(({ memberId }) => this.#cluster.gatewaysLostAt(memberId) === this.#gatewaysKilled)
  }

  #allHave(members: readonly MemberInfo[], index: number): boolean {
    return members.every(({ memberId }) => this.#cluster.executedOf(memberId) >= index)
  }

  /** Who can carry on: alive, a caught-up member of the newest view, and known as that by itself and by its judges. */
  #survivors(victims: readonly MemberId[]): readonly MemberInfo[] {
    const { observer, processes, judges } = this.#cluster
    return observer.members.filter((info) => {
      const { memberId, caughtUp } = info
      if (!caughtUp || victims.includes(memberId) || !this.#alive(memberId)) return false
      const process = processes.find((each) => each.memberId === memberId)
      if (process === undefined || process.replica.role === 'stopped') return false
      if (!observer.knowsItsRank(memberId, process.replica.view)) return false
      return judges.every(({ members }) => members.some((each) => each.memberId === memberId && each.caughtUp))
    })
  }
}
