import { setTimeout as sleep } from 'node:timers/promises'
import type { Moved } from '../gateway/index.js'
import type { GatewayProcess } from './gateway-process.js'
import type { Notice } from './notice.js'
import { outcomeOf } from './process-end.js'
import type { ProcessEnd } from './process-end.js'
import type { Supervisor } from './supervisor.js'
import type { SupervisorTerms } from './supervisor-terms.js'

/** A program that is in the middle of something is asked again: most are not for long. */
const ASK_AGAIN_MIN_MS = 20
const ASK_AGAIN_MAX_MS = 500
/** After so long it will not be quiet soon, and the new replicas cost memory. */
const ASK_MS = 5000

/** How a generation is made. */
export interface GenerationTerms {
  readonly predecessor: SupervisorTerms['predecessor']
  readonly generation: number
  readonly numberedBefore: number
  readonly replicas: number
  readonly notice: (notice: Notice) => void
}

export type SuccessionOutcome =
  | {
      readonly outcome: 'succeeded'
      /** The clients that the gateway has moved, once it has. */
      readonly moved: Promise<Moved>
      readonly bytes: number
    }
  | { readonly outcome: 'kept'; readonly reason: string }

export interface SuccessionTerms {
  readonly before: Supervisor
  /** How long the new program may take until it offers snapshots. */
  readonly boundMs: number
  make(how: Omit<GenerationTerms, 'notice'>): Supervisor
  /** The program has stood still, and goes on. */
  thawed(): void
  /** The next generation is the group from now on. */
  decided(): void
}

/** The next generation from its start until it is the group, or is given up (ADR 55). */
export class Succession {
  readonly next: Supervisor
  readonly running: Promise<ProcessEnd>
  readonly outcome: Promise<SuccessionOutcome>
  readonly begunMs: number = performance.now()
  readonly #terms: SuccessionTerms
  #over = false
  /** Why it was given up from outside. */
  #because: string | undefined
  #switching = false

  constructor(terms: SuccessionTerms) {
    this.#terms = terms
    const { before } = terms
    this.next = terms.make({
      predecessor: { process: () => before.gateway.process, replicas: before.replicas },
      generation: before.status.generation + 1,
      numberedBefore: before.replicas.numbered,
      replicas: before.status.wanted,
    })
    this.running = this.next.run()
    this.outcome = this.#succeed()
  }

  /** The program stands still, or may do so in a moment. */
  get isSwitching(): boolean {
    return this.#switching
  }

  /** Resolves when nothing is left of the next generation; does nothing once it is the group. */
  async giveUp(because: string): Promise<void> {
    if (this.#over) return
    this.#over = true
    this.#because = because
    this.next.retire()
    await this.running.catch(() => undefined)
  }

  async #succeed(): Promise<SuccessionOutcome> {
    const failed = this.#failure()
    const tooLate = 'the program that was started anew has not offered a snapshot in time'
    const late = sleep(this.#terms.boundMs, tooLate, { ref: false })
    const reason = await Promise.race([this.next.offer.made, failed, late])
    return reason === undefined ? this.#ask(failed) : this.#keep(reason)
  }

  /** Until it is the group, the next generation should not end. */
  async #failure(): Promise<string> {
    try {
      return `the program that was started anew ended with ${outcomeOf(await this.running)}`
    } catch (error) {
      return (error as Error).message
    }
  }

  async #ask(failed: Promise<string>): Promise<SuccessionOutcome> {
    const { before } = this.#terms
    const endMs = performance.now() + ASK_MS
    let ended: string | undefined
    void failed.then((reason) => (ended = reason))
    for (let waitMs = ASK_AGAIN_MIN_MS; ; waitMs = Math.min(2 * waitMs, ASK_AGAIN_MAX_MS)) {
      if (before.obstacle !== undefined) return this.#keep(before.obstacle)
      const { process } = before.gateway
      if (process === undefined) return this.#keep('the gateway has ended')
      this.#switching = true
      const answer = await process.takeSnapshot()
      this.#switching = false
      const against = this.#because ?? ended
      if (against !== undefined) return this.#keep(against)
      if (answer.outcome === 'restored') return this.#decide(process, answer.bytes)
      this.#terms.thawed()
      if (!answer.again || performance.now() + waitMs > endMs) return this.#keep(answer.reason)
      await sleep(waitMs)
    }
  }

  #decide(process: GatewayProcess, bytes: number): SuccessionOutcome {
    this.#over = true
    this.#terms.decided()
    // Whoever adopts the replicas of this gateway must find the generation that has answered clients.
    const moved = this.next.succeed(this.#terms.before).then(() => process.move())
    return { outcome: 'succeeded', moved, bytes }
  }

  async #keep(reason: string): Promise<SuccessionOutcome> {
    await this.giveUp(reason)
    return { outcome: 'kept', reason: this.#because ?? reason }
  }
}
