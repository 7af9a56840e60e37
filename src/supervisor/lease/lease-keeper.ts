import { setTimeout as sleep } from 'node:timers/promises'
import type { FencingStatus } from '../../admin/index.js'
import type { LeaseOptions } from '../../config/index.js'
import { majorityOf } from '../../core/index.js'
import { llftError, report } from '../../errors/index.js'
import type { LlftError, Report } from '../../errors/index.js'
import type { LeaseAnswer, LeaseStore } from './lease-store.js'

/** Who waits for a lease looks so often within one. */
const LOOKS_PER_LEASE = 4
/** A store that does not answer at the start may be late once, as who asks it may be: both have just started. */
const FIRST_TRIES = 4
/** At the end the store may be gone: the lease runs out by itself. */
const RELEASE_MS = 500

export interface LeaseKeeperTerms {
  readonly group: string
  readonly options: LeaseOptions
  readonly store: LeaseStore
  tell(what: Report): void
}

/**
 * Takes the lease of a group for this supervisor, and has it renewed whenever one of the sides that let something out
 * asks: a renewal counts from the moment of the question, so the store is asked after it, never before.
 */
export class LeaseKeeper {
  readonly #terms: LeaseKeeperTerms
  #acquiring: Promise<boolean> | undefined
  /** What was told about waiting for it. */
  readonly #told = new Set<string>()
  #state: FencingStatus['state'] = 'waiting'
  #closed = false
  #asking = false
  /** Whose questions the next request answers; bounded by two sides and their open questions. */
  #waiting: (() => void)[] = []
  /** Somebody else has it: set while the group runs. */
  onLost: (error: LlftError) => void = () => {}

  constructor(terms: LeaseKeeperTerms) {
    this.#terms = terms
  }

  get status(): FencingStatus {
    const { options, store } = this.#terms
    const { ttlMs, clockDriftMs } = options
    const { kind, name, voters } = store
    const answered = voters === undefined ? null : { count: voters.count, answered: voters.answered }
    return { kind, store: name, voters: answered, ttlMs, clockDriftMs, state: this.#state }
  }

  get held(): boolean {
    return this.#state === 'held' || this.#state === 'ended'
  }

  /** What may be let out now has changed, as the console sees it. */
  releases(may: boolean): void {
    if (this.held) this.#state = may ? 'held' : 'ended'
  }

  /**
   * Resolves once this supervisor has the lease, with false if it was closed before; raises an `LlftError` when the
   * store cannot be reached at all.
   */
  acquire(): Promise<boolean> {
    this.#acquiring ??= this.#acquire()
    return this.#acquiring
  }

  /** The same for who cannot wait; only the first that asks is answered. */
  whenHeld({ held, failed }: { readonly held: () => void; readonly failed: (error: LlftError) => void }): void {
    if (this.#acquiring !== undefined) return
    this.acquire().then(
      (acquired) => (acquired ? held() : undefined),
      (error: unknown) => failed(error as LlftError),
    )
  }

  /** Calls `granted` once the lease was renewed by a request that begins from now on. */
  renew(granted: () => void): void {
    this.#waiting.push(granted)
    if (!this.#asking) void this.#ask()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#waiting = []
    if (this.held) await Promise.race([this.#terms.store.release().catch(() => undefined), sleep(RELEASE_MS)])
  }

  async #acquire(): Promise<boolean> {
    const { store, options } = this.#terms
    let answer = await this.#firstAnswer()
    while (!answer.granted && !this.#closed) {
      this.#waits(answer.holder)
      await sleep(options.ttlMs / LOOKS_PER_LEASE)
      answer = await store.ask().catch(() => answer)
    }
    if (this.#closed) {
      if (answer.granted) await store.release().catch(() => undefined)
      return false
    }
    this.#state = 'held'
    return true
  }

  async #firstAnswer(): Promise<LeaseAnswer> {
    const { store, options } = this.#terms
    for (let tries = 1; ; tries++) {
      try {
        return await store.ask()
      } catch (error) {
        if (tries < FIRST_TRIES) await sleep(options.ttlMs / LOOKS_PER_LEASE)
        else throw llftError('LLFT_E_FENCING_STORE', { store: store.name, reason: (error as Error).message })
      }
    }
  }

  #waits(holder: string | undefined): void {
    const what = this.#reportOf(holder)
    if (what === undefined || this.#told.has(what.code)) return
    this.#told.add(what.code)
    this.#terms.tell(what)
  }

  /** Why the lease cannot be had. */
  #reportOf(holder: string | undefined): Report | undefined {
    const { group, store } = this.#terms
    const { count, answered, unlike } = store.voters ?? { count: 0, answered: 0, unlike: false }
    if (unlike) return report('LLFT_W_FENCING_UNLIKE', { group, holder: holder ?? 'another gateway' })
    if (holder !== undefined) return report('LLFT_W_FENCING_STANDBY', { group, holder })
    const wanted = majorityOf(count)
    return answered < wanted && count > 0 ? report('LLFT_W_FENCING_FEW', { group, count, answered, wanted }) : undefined
  }

  async #ask(): Promise<void> {
    this.#asking = true
    while (this.#waiting.length > 0 && !this.#closed) {
      const waiting = this.#waiting
      this.#waiting = []
      try {
        const answer = await this.#terms.store.ask()
        if (this.#closed) return
        if (answer.granted) for (const granted of waiting) granted()
        else this.#lost(answer.holder)
      } catch {
        // Nothing is known; those who asked ask again, and stop by themselves when their lease ends.
      }
    }
    this.#asking = false
  }

  #lost(holder = 'another gateway, for all that is known'): void {
    this.onLost(llftError('LLFT_E_FENCING_LOST', { group: this.#terms.group, holder }))
  }
}
