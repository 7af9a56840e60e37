import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, parseAddress, type RunOptions } from '../config/index.js'
import { LlftError } from '../errors/index.js'
import { makeSupervisor, outcomeOf, OutputPump } from '../supervisor/index.js'
import type { Notice, ProcessEnd, Supervisor } from '../supervisor/index.js'
import { reachable } from './load/load.js'
import type { Round } from './rounds.js'
import { TraceProgress } from './trace-progress.js'

/** The founder leads; whoever comes later is a backup. */
const PRIMARY = 'r1'
/** A port that opens late is met by no client of the built-in load. */
const FURTHER_PORTS_MS = 200
const LOOK_EVERY_MS = 20
/** What the last answer has set going is done by then, mostly. */
const QUIET_MS = 400
/** A backup that does nothing for so long, although there is more to do, waits for something that does not come. */
const STANDSTILL_MS = 8000
const { SIGINT, SIGTERM } = constants.signals
/** The end of what the program has printed. */
const OUTPUT_CHARACTERS_MAX = 2000

export interface GroupTerms {
  readonly round: Round
  readonly seed: number
  readonly options: RunOptions
  readonly environment: NodeJS.ProcessEnv
  readonly paths: { readonly node: string; readonly preload: string; readonly gateway: string }
  /** The round's own, which is made. */
  readonly folder: string
}

/** How it came to its end: by the check's own signal, or by itself. */
export interface GroupEnd {
  readonly outcome: string
  /** Undefined: the group could not be, or go on. */
  readonly end: ProcessEnd | undefined
}

interface Ending extends GroupEnd {
  readonly error?: LlftError
}

/** The program in two replicas behind a gateway, as `llft run` has it, with one of the two disturbed. */
export class CheckedGroup {
  readonly supervisor: Supervisor
  readonly #terms: GroupTerms
  readonly #output: number
  readonly #stdout: OutputPump
  readonly #stderr: OutputPump
  readonly #over = new AbortController()
  #listening = false
  #founded = false
  #ended: Promise<Ending> | undefined
  /** Backups that were started, which is one and its replacements. */
  readonly #slots = new Set<string>()
  /** How backups have ended that did not end with the group, by slot. */
  readonly losses: Map<string, string> = new Map()
  /** Bounded as the slots are. */
  readonly #progress = new Map<string, TraceProgress>()
  /** What processes that failed have said. */
  evidence = ''

  constructor(terms: GroupTerms) {
    const { options, environment, paths, folder } = terms
    this.#terms = terms
    mkdirSync(folder)
    this.#output = openSync(join(folder, 'output'), 'w')
    this.#stdout = new OutputPump(this.#output)
    this.#stderr = new OutputPump(this.#output)
    this.supervisor = makeSupervisor({
      options,
      environment,
      paths,
      output: { stdout: this.#stdout, stderr: this.#stderr },
      openInput: () => Readable.from([]),
      notice: (notice) => this.#notice(notice),
      check: (slot) => {
        this.#slots.add(slot)
        const perturb = slot === PRIMARY ? terms.round.primary : terms.round.backup
        return { trace: this.traceOf(slot), nodeFlags: [], ...perturb(terms.seed) }
      },
    })
  }

  /** Aborted when the program has ended. */
  get over(): AbortSignal {
    return this.#over.signal
  }

  get primary(): string {
    return PRIMARY
  }

  get backups(): readonly string[] {
    return [...this.#slots].filter((slot) => slot !== PRIMARY)
  }

  traceOf(slot: string): string {
    return join(this.#terms.folder, `${slot}.trace`)
  }

  /** What the program has printed last. */
  get printed(): string {
    return readFileSync(join(this.#terms.folder, 'output'), 'utf8').slice(-OUTPUT_CHARACTERS_MAX)
  }

  /** Raises an `LlftError` when the group cannot even be founded. */
  async start(): Promise<void> {
    const ended = this.#run()
    this.#ended = ended
    // A bug is raised where the end is waited for.
    ended.catch(() => undefined)
    while (!this.#founded && !this.over.aborted) await sleep(LOOK_EVERY_MS)
    const failed = this.#founded ? undefined : (await ended).error
    if (failed !== undefined) throw failed
  }

  /** Where the program listens: none if it opens no port in time, or ends. */
  async addresses(boundMs: number): Promise<readonly Address[]> {
    const endMs = performance.now() + boundMs
    while (!this.#listening && !this.over.aborted && performance.now() < endMs) await sleep(LOOK_EVERY_MS)
    if (!this.#listening || this.over.aborted) return []
    await sleep(FURTHER_PORTS_MS)
    return this.supervisor.status.gateway.listeners.map((text) => reachable(parseAddress(text, 'listen')))
  }

  /** It is left alone for so long, or until it ends. */
  async runs(forMs: number): Promise<void> {
    const endMs = performance.now() + forMs
    while (!this.over.aborted && performance.now() < endMs) await sleep(LOOK_EVERY_MS)
  }

  /** Until a backup has done all that the primary has; resolves with its slot if it comes to a standstill before. */
  async settled(): Promise<string | undefined> {
    await sleep(QUIET_MS)
    const target = this.#progressOf(PRIMARY).operations
    let [done, sinceMs] = [-1, 0]
    while (!this.over.aborted) {
      const backup = this.supervisor.status.replicas.find(({ id, state }) => id !== PRIMARY && state === 'ready')
      if (backup === undefined) return undefined
      const { operations } = this.#progressOf(backup.id)
      if (operations >= target) return undefined
      if (operations !== done) [done, sinceMs] = [operations, performance.now()]
      if (performance.now() - sinceMs > STANDSTILL_MS) return backup.id
      await sleep(LOOK_EVERY_MS)
    }
    return undefined
  }

  #progressOf(slot: string): TraceProgress {
    const known = this.#progress.get(slot) ?? new TraceProgress(this.traceOf(slot))
    this.#progress.set(slot, known)
    return known
  }

  /** Ends the program as `llft run` does, if it has not ended by itself. */
  async stop(): Promise<GroupEnd> {
    this.supervisor.signal(SIGTERM)
    const { end, outcome } = await (this.#ended ?? this.#run())
    return { end, outcome }
  }

  /** It ends at once, as after a second Ctrl-C. */
  kill(): void {
    this.supervisor.signal(SIGINT)
    this.supervisor.signal(SIGTERM)
  }

  async #run(): Promise<Ending> {
    try {
      const end = await this.supervisor.run()
      return { end, outcome: outcomeOf(end) }
    } catch (error) {
      if (!(error instanceof LlftError)) throw error
      return { end: undefined, outcome: error.what, error }
    } finally {
      this.#over.abort()
      await Promise.all([this.#stdout.drained(), this.#stderr.drained()])
      closeSync(this.#output)
    }
  }

  #notice(notice: Notice): void {
    if (notice.notice === 'founded') this.#founded = true
    else if (notice.notice === 'listening') this.#listening = true
    else if (notice.notice === 'replica-ended' && notice.id !== PRIMARY) this.losses.set(notice.id, notice.outcome)
    else if (notice.notice === 'evidence') this.evidence = notice.text
  }
}
