import type {
  AdminDesk,
  EventSource,
  FailoverResult,
  GroupStatus,
  KillResult,
  ScaleResult,
  SnapshotResult,
} from '../admin/index.js'
import { llftError } from '../errors/index.js'
import type { Desk } from './desk.js'

export interface GenerationsDeskTerms {
  current(): Desk
  isBusy(): boolean
  takeSnapshot(): Promise<SnapshotResult>
}

/** The desk of the generation that is the group now. */
export class GenerationsDesk implements AdminDesk {
  readonly #terms: GenerationsDeskTerms

  constructor(terms: GenerationsDeskTerms) {
    this.#terms = terms
  }

  status(): Promise<GroupStatus> {
    return this.#terms.current().status()
  }

  get events(): EventSource {
    return this.#terms.current().events
  }

  kill(target: string): KillResult {
    return this.#terms.current().kill(target)
  }

  async failover(to: string | undefined): Promise<FailoverResult> {
    return this.#idle.failover(to)
  }

  async remove(target: string): Promise<ScaleResult> {
    return this.#idle.remove(target)
  }

  add(): ScaleResult {
    return this.#idle.add()
  }

  snapshot(): Promise<SnapshotResult> {
    return this.#terms.takeSnapshot()
  }

  /** What is done to a generation that is about to end would be lost with it. */
  get #idle(): Desk {
    const current = this.#terms.current()
    if (this.#terms.isBusy()) throw llftError('LLFT_E_SNAPSHOT_BUSY', { group: current.name })
    return current
  }
}
