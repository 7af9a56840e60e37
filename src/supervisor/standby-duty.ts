import { llftError, report } from '../errors/index.js'
import type { LlftError, Report } from '../errors/index.js'
import type { LeaseKeeper } from './lease/lease-keeper.js'
import type { Adoptable, OtherGateways } from './replicas.js'

export interface StandbyTerms {
  readonly group: string
  readonly wanted: number
  readonly lease: LeaseKeeper | undefined
  /** This gateway rules nobody yet. */
  readonly stands: () => boolean
  /** This gateway has the lease. */
  readonly held: () => void
  readonly failed: (error: LlftError) => void
  readonly adopt: (found: Adoptable) => void
  /** Another gateway has the group, or may have it. */
  readonly leave: (error: LlftError) => void
  /** Once for each key. */
  readonly tell: (key: string, what: Report) => void
}

/** What a gateway does about others of its group (ADR 59): stand by, adopt what they have left, or leave. */
export class StandbyDuty implements OtherGateways {
  readonly #terms: StandbyTerms

  constructor(terms: StandbyTerms) {
    this.#terms = terms
  }

  standsBy(gateway: string): void {
    const { group, tell } = this.#terms
    tell('standby', report('LLFT_W_NET_STANDBY', { group, gateway }))
  }

  few(heard: number): void {
    const { group, wanted, tell } = this.#terms
    tell('few', report('LLFT_W_NET_FEW', { group, heard, wanted }))
  }

  adoptable(found: Adoptable): void {
    const { group, lease, stands, held, failed, adopt, tell } = this.#terms
    if (!stands()) return
    // Looked at again with the next beat: whoever had the lease may have its hosts again.
    if (lease?.held === false) return lease.whenHeld({ held, failed })
    adopt(found)
    const { gateway, count } = found
    const code = lease === undefined ? 'LLFT_W_NET_ADOPTED_UNFENCED' : 'LLFT_W_NET_ADOPTED'
    tell('adopted', report(code, { group, gateway, count }))
  }

  superseded(by: string): void {
    const { group, leave } = this.#terms
    leave(llftError('LLFT_E_NET_SUPERSEDED', { by, group }))
  }

  cutOff(): void {
    const { group, leave } = this.#terms
    leave(llftError('LLFT_E_NET_CUT_OFF', { group }))
  }
}
