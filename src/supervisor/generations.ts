import type { AdminDesk, GroupStatus, SnapshotResult } from '../admin/index.js'
import type { RunOptions } from '../config/index.js'
import { llftError, LlftError, report } from '../errors/index.js'
import { Backoff } from './backoff.js'
import type { Moved } from '../gateway/index.js'
import { GenerationsDesk } from './generations-desk.js'
import type { Notice } from './notice.js'
import type { ProcessEnd } from './process-end.js'
import { isStop, TOLD_TO_STOP } from './stop-policy.js'
import { Succession } from './succession.js'
import type { GenerationTerms } from './succession.js'
import type { Supervisor } from './supervisor.js'

/** How often the size of the history is looked at. */
const LOOK_MS = 1000
/** After a snapshot that could not be taken the next is tried so much later: each try starts every replica anew. */
const RETRY_MIN_MS = 10_000
const RETRY_MAX_MS = 600_000

export interface GenerationsTerms {
  readonly options: RunOptions
  make(how: GenerationTerms): Supervisor
  readonly notice: (notice: Notice) => void
}

/**
 * A run from its first generation to its last: the program moves from one to the next by snapshots of its own (ADR 55).
 * Whoever asks or signals means the generation that is the group now.
 */
export class Generations {
  readonly desk: AdminDesk
  readonly #terms: GenerationsTerms
  readonly #backoff = new Backoff(RETRY_MIN_MS, RETRY_MAX_MS)
  #current: Supervisor
  #running: Promise<ProcessEnd> | undefined
  #succession: Succession | undefined
  #notBeforeMs = 0
  /** What came while the program stood still; bounded by the signals that there are. */
  readonly #signals = new Set<number>()

  constructor(terms: GenerationsTerms) {
    this.#terms = terms
    this.desk = new GenerationsDesk({
      current: () => this.#current.desk,
      isBusy: () => this.#succession !== undefined,
      takeSnapshot: () => this.takeSnapshot(),
    })
    const { replicas } = terms.options
    this.#current = terms.make({
      generation: 1,
      predecessor: undefined,
      numberedBefore: 0,
      replicas,
      notice: terms.notice,
    })
  }

  /** What is known without asking the gateway. */
  get status(): GroupStatus {
    return this.#current.status
  }

  /** Resolves with the program's own end; raises an `LlftError` when the group cannot be or go on. */
  async run(): Promise<ProcessEnd> {
    this.#running = this.#current.run()
    const looking = setInterval(() => this.#look(), LOOK_MS)
    try {
      for (;;) {
        const running: Promise<ProcessEnd> = this.#running
        const end = await running
        if (running === this.#running) return end
      }
    } finally {
      clearInterval(looking)
      await this.#succession?.giveUp('the group has ended')
    }
  }

  signal(signal: number): void {
    const isHeld = this.#succession?.isSwitching === true && !isStop(signal)
    if (isHeld) this.#signals.add(signal)
    else this.#current.signal(signal)
    // Whoever wants the end does not want to wait for a beginning.
    if (isStop(signal)) void this.#succession?.giveUp(TOLD_TO_STOP)
  }

  /** Raises an `LlftError` that says why there is none. */
  async takeSnapshot(): Promise<SnapshotResult> {
    const { options } = this.#terms
    const { name: group } = options
    const before = this.#current
    if (this.#succession !== undefined) throw llftError('LLFT_E_SNAPSHOT_BUSY', { group })
    if (!before.offer.isMade) throw llftError('LLFT_E_SNAPSHOT_NOT_OFFERED', { group })
    if (before.obstacle !== undefined) throw this.#kept(before.obstacle)
    const succession = new Succession({
      before,
      boundMs: options.guestStartMs,
      make: (how) => this.#make(how),
      thawed: () => this.#pass(),
      decided: () => {
        this.#current = succession.next
        this.#running = succession.running
      },
    })
    this.#succession = succession
    try {
      const outcome = await succession.outcome
      if (outcome.outcome === 'kept') throw this.#kept(outcome.reason)
      return this.#succeeded(succession, outcome)
    } finally {
      this.#succession = undefined
      this.#pass()
    }
  }

  /** The signals that have waited are for whoever goes on. */
  #pass(): void {
    for (const signal of this.#signals) this.#current.signal(signal)
    this.#signals.clear()
  }

  #make(how: Omit<GenerationTerms, 'notice'>): Supervisor {
    // What befalls a generation that is not the group yet is told as the reason of a snapshot that was not taken.
    const notice = (each: Notice): void => {
      if (this.#current === made || each.notice === 'evidence') this.#terms.notice(each)
    }
    const made = this.#terms.make({ ...how, notice })
    return made
  }

  #succeeded(
    { next, begunMs }: Succession,
    { moved, bytes }: { readonly moved: Promise<Moved>; readonly bytes: number },
  ): Promise<SnapshotResult> {
    const { generation } = next.status
    const replicas = next.replicas.living.map(({ slot }) => slot)
    const size = `${(bytes / 1024).toFixed(1)} KiB`
    next.chronicle.group('snapshot', `generation ${generation} goes on from ${size}: ${replicas.join(' ')}`)
    this.#backoff.reset()
    return moved.then(({ streams, pausedMs }) => {
      const tookMs = performance.now() - begunMs
      const result = { generation, replicas, streams, bytes, pausedMs, tookMs }
      this.#terms.notice({ notice: 'snapshot', ...result })
      return result
    })
  }

  #kept(reason: string): LlftError {
    this.#current.chronicle.group('snapshot-kept', reason)
    return llftError('LLFT_E_SNAPSHOT_KEPT', { group: this.#terms.options.name, reason })
  }

  /** The history has become so large that a snapshot is worth its cost. */
  #look(): void {
    const { snapshotBytes } = this.#terms.options
    const { offer, status } = this.#current
    const due = snapshotBytes > 0 && offer.isMade && status.history.bytes >= snapshotBytes
    if (!due || this.#succession !== undefined || performance.now() < this.#notBeforeMs) return
    this.takeSnapshot().catch((error: unknown) => {
      const waitMs = this.#backoff.next()
      this.#notBeforeMs = performance.now() + waitMs
      const reason = error instanceof LlftError ? error.what : String(error)
      this.#terms.notice({ notice: 'report', report: report('LLFT_W_SNAPSHOT_KEPT', { reason, waitMs }) })
    })
  }
}
