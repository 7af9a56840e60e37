import { divergenceIn } from '../driver/index.js'
import type { PeerStatus } from '../driver/index.js'
import { llftError, report } from '../errors/index.js'
import type { LlftError } from '../errors/index.js'
import { Backoff } from './backoff.js'
import { CrashJudge, isOwnFault } from './crash-judge.js'
import type { Notice } from './notice.js'
import { exitCodeOf, outcomeOf } from './process-end.js'
import type { ProcessEnd } from './process-end.js'
import type { Replica, Replicas } from './replicas.js'
import { executedBy } from './status-model.js'

/** The takeover has the processors for itself: starting a Node process takes more of them than electing a primary. */
const DELAY_MIN_MS = 250
/** A replacement that cannot start costs its start every so often, and no more. */
const DELAY_MAX_MS = 15_000

export interface ReplacementTerms {
  readonly group: string
  readonly wanted: number
  readonly guestStartMs: number
  readonly maxSameCrashes: number
  readonly historyBytesMax: number
  readonly replicas: Replicas
  peer(): PeerStatus
  readonly notice: (notice: Notice) => void
  /** The run is over. */
  fail(error: LlftError): void
}

/** Restores lost redundancy without being asked, and knows when that is of no use (protocol.md section 6). */
export class Replacements {
  readonly #terms: ReplacementTerms
  readonly #judge: CrashJudge
  #wanted: number
  readonly #backoff = new Backoff(DELAY_MIN_MS, DELAY_MAX_MS)
  /** Bounded by the replicas that are wanted and those that are ending. */
  readonly #timers = new Set<NodeJS.Timeout>()
  /** Nobody outside has killed a replica since one last caught up. */
  #ownFaultsOnly = true
  #historyFull = false
  #closed = false

  constructor(terms: ReplacementTerms) {
    this.#terms = terms
    this.#judge = new CrashJudge(terms.maxSameCrashes)
    this.#wanted = terms.wanted
  }

  /** How many replicas there are to be. */
  get wanted(): number {
    return this.#wanted
  }

  /** One more is wanted; `full`: its history cannot be had any more; `elsewhere`: other hosts start theirs. */
  add(): Replica | 'full' | 'elsewhere' {
    if (this.#isHistoryFull) return 'full'
    const replica = this.#spawn('added by request')
    if (replica === undefined) return 'elsewhere'
    this.#wanted++
    return replica
  }

  /** One less is wanted. */
  dismiss(): void {
    this.#wanted--
  }

  /** A replacement has caught up. */
  joined(): void {
    this.#backoff.reset()
    this.#ownFaultsOnly = true
  }

  lost(replica: Replica, end: ProcessEnd): void {
    if (this.#closed) return
    const divergence = divergenceIn(replica.process.evidence)
    if (divergence !== undefined) {
      const details = { id: replica.slot, ...divergence }
      this.#terms.notice({ notice: 'report', report: report('LLFT_W_REPLICA_DIVERGED', details) })
    }
    this.#ownFaultsOnly &&= replica.retired === undefined && isOwnFault(end)
    const error = this.#hopeless(replica, end)
    if (error !== undefined) {
      this.#terms.notice({ notice: 'evidence', of: replica.slot, text: replica.process.evidence })
      this.#terms.fail(error)
      return
    }
    if (replica.retired === 'removed') return
    // One that differs from the start would do so again at once.
    const delayMs = replica.ready && divergence === undefined ? DELAY_MIN_MS : this.#backoff.next()
    if (!replica.ready && divergence === undefined) this.#tellFailure(replica, end, delayMs)
    this.#later(() => this.#replace(replica.slot), delayMs)
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  #hopeless(replica: Replica, end: ProcessEnd): LlftError | undefined {
    const { replicas, group } = this.#terms
    const [outcome, exitCode] = [outcomeOf(end), exitCodeOf(end)]
    const index = executedBy(replica.memberId, this.#terms.peer())
    const diverged = divergenceIn(replica.process.evidence) !== undefined
    // It differs from a primary that goes on: that is no crash that a new one would share.
    const crashed = !diverged && replica.ready && replica.retired === undefined
    if (crashed && this.#judge.crashed(end, index)) {
      const { count } = this.#judge
      return llftError('LLFT_E_GUEST_CRASHED_ALIKE', { count, index, outcome }, { exitCode })
    }
    if (replicas.living.some(({ ready }) => ready)) return undefined
    if (this.#ownFaultsOnly) return llftError('LLFT_E_GUEST_FAILED_ALIKE', { outcome }, { exitCode })
    return llftError('LLFT_E_GROUP_LOST', { group, outcome: `the last one, ${replica.slot}, ended with ${outcome}` })
  }

  #tellFailure(replica: Replica, end: ProcessEnd, waitMs: number): void {
    const { notice, replicas } = this.#terms
    const ready = replicas.living.filter((other) => other.ready).length
    const reason = `${replica.slot} ended with ${outcomeOf(end)} before it had caught up`
    notice({ notice: 'evidence', of: replica.slot, text: replica.process.evidence })
    notice({
      notice: 'report',
      report: report('LLFT_W_REPLACEMENT_FAILED', { reason, replicas: ready, wanted: this.#wanted, waitMs }),
    })
  }

  #replace(slot: string): void {
    const { group, notice } = this.#terms
    if (!this.#isHistoryFull) return void this.#spawn(`in place of ${slot}`)
    const { historyBytes: bytes } = this.#terms.peer()
    if (!this.#historyFull) notice({ notice: 'report', report: report('LLFT_W_HISTORY_FULL', { group, bytes }) })
    this.#historyFull = true
  }

  get #isHistoryFull(): boolean {
    return this.#terms.peer().historyBytes >= this.#terms.historyBytesMax
  }

  #spawn(origin: string): Replica | undefined {
    const { replicas, guestStartMs } = this.#terms
    const replica = replicas.spawn(origin)
    if (replica === undefined) return undefined
    this.#later(() => {
      if (replica.claim === undefined) replica.process.destroy()
    }, guestStartMs)
    return replica
  }

  #later(action: () => void, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, delayMs)
    this.#timers.add(timer)
  }
}
