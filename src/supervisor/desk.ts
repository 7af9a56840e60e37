import type { AdminDesk, EventSource, GroupStatus, KillResult } from '../admin/index.js'
import { llftError } from '../errors/index.js'
import type { GatewayKeeper } from './gateway-keeper.js'
import type { ReplicaSet } from './replica-set.js'
import type { RunningGroup } from './running-group.js'

export interface DeskTerms {
  readonly name: string
  readonly events: EventSource
  readonly replicas: ReplicaSet
  readonly gateway: GatewayKeeper
  /** Undefined before the founding. */
  group(): RunningGroup | undefined
  snapshot(): GroupStatus
}

/** Where an operator asks and acts: what is behind the admin address. */
export class Desk implements AdminDesk {
  readonly #terms: DeskTerms

  constructor(terms: DeskTerms) {
    this.#terms = terms
  }

  async status(): Promise<GroupStatus> {
    await this.#terms.gateway.refresh()
    return this.#terms.snapshot()
  }

  get events(): EventSource {
    return this.#terms.events
  }

  /** `target`: `primary`, or a replica's id. */
  kill(target: string): KillResult {
    const { replicas, name } = this.#terms
    const group = this.#terms.group()
    const replica = target === 'primary' ? group?.primary : replicas.living.find(({ slot }) => slot === target)
    if (replica?.process.pid === undefined) {
      if (target === 'primary') throw llftError('LLFT_E_ADMIN_NO_PRIMARY', { group: name })
      const known = replicas.living.map(({ slot }) => slot).join(', ')
      throw llftError('LLFT_E_ADMIN_UNKNOWN_REPLICA', { replica: target, known })
    }
    group?.killing(replica)
    replica.process.kill('SIGKILL')
    return { id: replica.slot, pid: replica.process.pid, signal: 'SIGKILL' }
  }
}
