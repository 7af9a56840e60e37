import type { AdminDesk, EventSource, FailoverResult, GroupStatus, KillResult, ScaleResult } from '../admin/index.js'
import { NUMBER_BOUNDS } from '../config/index.js'
import { byRank } from '../core/index.js'
import { llftError } from '../errors/index.js'
import type { GatewayKeeper } from './gateway-keeper.js'
import type { Replica, Replicas } from './replicas.js'
import type { RunningGroup } from './running-group.js'

export interface DeskTerms {
  readonly name: string
  events(): EventSource
  readonly replicas: Replicas
  readonly gateway: GatewayKeeper
  /** Undefined before the founding. */
  group(): RunningGroup | undefined
  status(): GroupStatus
}

/** Where an operator asks and acts: what is behind the admin address. */
export class Desk implements Omit<AdminDesk, 'snapshot'> {
  readonly #terms: DeskTerms

  constructor(terms: DeskTerms) {
    this.#terms = terms
  }

  get name(): string {
    return this.#terms.name
  }

  async status(): Promise<GroupStatus> {
    await this.#terms.gateway.refresh()
    return this.#terms.status()
  }

  get events(): EventSource {
    return this.#terms.events()
  }

  kill(target: string): KillResult {
    const replica = this.#replica(target)
    const { pid } = replica.process
    if (pid === undefined) throw this.#unknown(target)
    this.#terms.group()?.killing(replica)
    replica.process.kill('SIGKILL')
    return { id: replica.slot, pid, signal: 'SIGKILL' }
  }

  async failover(target: string | undefined): Promise<FailoverResult> {
    const [group, from] = this.#led()
    const to = target === undefined ? this.#successors[0] : this.#named(target, from)
    if (to === undefined) throw llftError('LLFT_E_ADMIN_NO_SUCCESSOR', { group: this.#terms.name, primary: from.slot })
    return this.#switch(group, { from, to, remove: false })
  }

  async remove(target: string): Promise<ScaleResult> {
    const [group, primary] = this.#led()
    const replica = this.#replica(target)
    const { slot: id } = replica
    this.#requireIdle(group)
    const others = this.#terms.replicas.living.filter((other) => other !== replica && other.ready)
    if (others.length === 0) throw llftError('LLFT_E_ADMIN_LAST_REPLICA', { replica: id })
    if (replica !== primary) group.remove(replica)
    else {
      const [to] = this.#successors
      if (to === undefined) throw llftError('LLFT_E_ADMIN_NO_SUCCESSOR', { group: this.#terms.name, primary: id })
      await this.#switch(group, { from: replica, to, remove: true })
    }
    group.replacements.dismiss()
    return { id, wanted: group.replacements.wanted }
  }

  add(): ScaleResult {
    const [{ replacements }] = this.#led()
    const { max } = NUMBER_BOUNDS.replicas
    if (replacements.wanted >= max) throw llftError('LLFT_E_ADMIN_REPLICAS_MAX', { max })
    const replica = replacements.add()
    if (replica === 'full') throw llftError('LLFT_E_ADMIN_HISTORY_FULL', { group: this.#terms.name })
    if (replica === 'elsewhere') throw llftError('LLFT_E_ADMIN_ELSEWHERE', { group: this.#terms.name })
    return { id: replica.slot, wanted: replacements.wanted }
  }

  async #switch(
    group: RunningGroup,
    { from, to, remove }: { readonly from: Replica; readonly to: Replica; readonly remove: boolean },
  ): Promise<FailoverResult> {
    this.#requireIdle(group)
    const ended = await group.handOver(to, remove)
    const names = { from: from.slot, to: to.slot }
    if (ended.end === 'given-up') throw llftError('LLFT_E_ADMIN_FAILOVER_GIVEN_UP', names)
    const { by: primary, view, tookMs } = ended
    if (primary !== to.slot) throw llftError('LLFT_E_ADMIN_FAILOVER_OTHER', { ...names, primary })
    return { ...names, view, tookMs }
  }

  #requireIdle({ switching }: RunningGroup): void {
    if (switching === undefined) return
    throw llftError('LLFT_E_ADMIN_BUSY', { from: switching.from.slot, to: switching.to.slot })
  }

  /** The group with its primary. */
  #led(): readonly [RunningGroup, Replica] {
    const group = this.#terms.group()
    const primary = group?.primary
    if (group === undefined || primary === undefined) {
      throw llftError('LLFT_E_ADMIN_NO_PRIMARY', { group: this.#terms.name })
    }
    return [group, primary]
  }

  /** Backups that could take over, in the order in which they would. */
  get #successors(): readonly Replica[] {
    const group = this.#terms.group()
    if (group === undefined) return []
    return byRank(group.peer)
      .filter(({ caughtUp, precedence }) => caughtUp && precedence !== group.peer.view.precedence)
      .flatMap(({ memberId }) => this.#terms.replicas.ofMember(memberId) ?? [])
      .filter(({ gone, retired }) => !gone && retired === undefined)
  }

  #named(target: string, primary: Replica): Replica {
    const replica = this.#replica(target)
    const able = this.#successors
    if (able.includes(replica)) return replica
    const reason = replica === primary ? 'it is the primary' : 'it has not caught up'
    const known = able.map(({ slot }) => slot).join(', ') || 'none'
    throw llftError('LLFT_E_ADMIN_FAILOVER_TARGET', { replica: replica.slot, reason, known })
  }

  /** `target`: `primary`, or a replica's id. */
  #replica(target: string): Replica {
    if (target === 'primary') return this.#led()[1]
    const replica = this.#terms.replicas.living.find(({ slot }) => slot === target)
    if (replica === undefined) throw this.#unknown(target)
    return replica
  }

  #unknown(replica: string): Error {
    const known = this.#terms.replicas.living.map(({ slot }) => slot).join(', ')
    return llftError('LLFT_E_ADMIN_UNKNOWN_REPLICA', { replica, known })
  }
}
