import { setTimeout as sleep } from 'node:timers/promises'
import { SeededRandom } from '../base/index.js'
import { Crowd, openLoop } from '../load/index.js'
import { cannotMake, makeFault, STOP_MS } from './faults.js'
import type { Session, Subject } from './ground/session.js'
import { Observation } from './observation.js'
import type { BenchOptions } from './options.js'
import type { FaultName, FaultSeen, Phases } from './results.js'
import { kindsNamed } from './systems/field.js'
import type { Leader } from './systems/system.js'

/** Before the fault: what a client sees without one. */
const QUIET_MS = 700
/** Everyone has answers again for so long: it is over. */
const CALM_MS = 300
const LOOK_EVERY_MS = 10
const GRACE_MS = 3000
const TERMS = {
  // Redis as shipped takes half a minute; nobody waits for ever.
  full: { observeMs: 45_000, afterMs: 15_000, budgetMs: 60_000 },
  quick: { observeMs: 10_000, afterMs: 3000, budgetMs: 3000 },
} as const

/** What clients see when the leader is killed, cut off or stopped, again and again, in turn. */
export async function failover(session: Session, options: BenchOptions): Promise<readonly FaultSeen[]> {
  const subjects = await session.start(kindsNamed(options.systems))
  const spent = new Map<string, number>()
  const seen: FaultSeen[] = []
  for (const fault of options.faults) {
    const reason = cannotMake(fault)
    if (reason !== undefined) session.skip(`fault ${fault}`, reason)
  }
  for (let round = 0; round < options.rounds; round++) {
    for (const fault of options.faults.filter((fault) => cannotMake(fault) === undefined)) {
      for (const subject of subjects) {
        const key = `${fault} ${subject.kind.name}`
        if ((spent.get(key) ?? 0) > TERMS[options.quick ? 'quick' : 'full'].budgetMs) continue
        const startedMs = performance.now()
        const found = await attempt(session, subject, { options, fault, round })
        spent.set(key, (spent.get(key) ?? 0) + performance.now() - startedMs)
        if (found !== undefined) seen.push(found)
      }
    }
  }
  return seen
}

interface Case {
  readonly options: BenchOptions
  readonly fault: FaultName
  readonly round: number
}

/** A peer that does not come back is skipped with what it said; LLFT has to come back. */
async function attempt(session: Session, subject: Subject, what: Case): Promise<FaultSeen | undefined> {
  const { name, masksFaults } = subject.kind
  try {
    return await observe(session, subject, what)
  } catch (error) {
    if (masksFaults || session.signal.aborted) throw error
    session.skip(
      `${name}, ${what.fault} in round ${what.round + 1}`,
      error instanceof Error ? error.message : String(error),
    )
    return undefined
  }
}

async function observe(session: Session, subject: Subject, what: Case): Promise<FaultSeen | undefined> {
  const { kind, system } = subject
  if (system.leader === undefined) {
    session.skip(`${kind.name}, faults`, kind.noFailover ?? 'it has no leader')
    return undefined
  }
  await system.heal?.()
  const { options, fault, round } = what
  session.progress(`${fault}, round ${round + 1} of ${options.rounds}: ${kind.name}`)
  const { bodyBytes, connections } = options
  const terms = { port: system.port, protocol: session.protocol, connections: connections[0] ?? 1, bodyBytes, calls: 0 }
  const crowd = await Crowd.open({ ...terms, signal: session.signal })
  try {
    return await new Trial(session, subject, { ...what, crowd }).run()
  } finally {
    crowd.close()
  }
}

/** One fault under load, on fresh connections. */
class Trial {
  readonly #session: Session
  readonly #subject: Subject
  readonly #case: Case & { readonly crowd: Crowd }
  readonly #observation: Observation
  readonly #enough = new AbortController()

  constructor(session: Session, subject: Subject, what: Case & { readonly crowd: Crowd }) {
    this.#session = session
    this.#subject = subject
    this.#case = what
    this.#observation = new Observation(what.crowd.clients.length, performance.now())
  }

  async run(): Promise<FaultSeen> {
    const { crowd, fault, round } = this.#case
    const load = this.#load()
    try {
      await sleep(QUIET_MS)
      const leader = await leaderOf(this.#subject)
      const before = await this.#countFailovers()
      const faultMs = performance.now()
      const quietGapMs = this.#observation.longestGap(faultMs - QUIET_MS / 2, faultMs)
      const recovered = await this.#break(leader.pid, faultMs)
      const endMs = performance.now()
      this.#enough.abort()
      await load
      const gapMs = this.#observation.longestGap(faultMs, endMs)
      return {
        system: this.#subject.kind.name,
        fault,
        round,
        leader: leader.name,
        gapMs,
        quietGapMs,
        recovered,
        verdict: crowd.verdict,
        skippedCounts: crowd.skipped,
        phases: await this.#phasesSince(before),
        timeline: round === 0 ? this.#observation.timeline(faultMs, gapMs) : null,
      }
    } finally {
      this.#enough.abort()
      await load
    }
  }

  #load(): ReturnType<typeof openLoop> {
    const { crowd, options } = this.#case
    return openLoop({
      crowd,
      durationMs: Number.MAX_SAFE_INTEGER,
      graceMs: GRACE_MS,
      signal: this.#session.signal,
      enough: this.#enough.signal,
      ratePerSecond: options.rate ?? 1000,
      arrivals: 'even',
      precise: false,
      patient: true,
      random: new SeededRandom(options.seed),
      onAnswer: (client, _, nowMs) => this.#observation.answered(client, nowMs),
    })
  }

  /** Whether everybody had answers again before the fault was taken back. */
  async #break(pid: number, faultMs: number): Promise<boolean> {
    const { fault, options } = this.#case
    const { observeMs, afterMs } = TERMS[options.quick ? 'quick' : 'full']
    const takeBack = await makeFault(fault, pid)
    const beginMs = fault === 'stop' ? faultMs + STOP_MS : faultMs
    try {
      if (await this.#calm(beginMs, observeMs)) return true
    } finally {
      takeBack()
    }
    await this.#calm(performance.now(), afterMs)
    return false
  }

  /** Everybody has had answers at the beginning and at the end of a while. */
  async #calm(fromMs: number, boundMs: number): Promise<boolean> {
    const deadline = performance.now() + boundMs
    let calmSince = Infinity
    await sleep(CALM_MS)
    while (performance.now() < deadline) {
      this.#session.signal.throwIfAborted()
      const nowMs = performance.now()
      const calm = this.#observation.everyoneSince(Math.max(fromMs, nowMs - CALM_MS / 3))
      calmSince = calm ? Math.min(calmSince, nowMs) : Infinity
      if (nowMs - calmSince >= CALM_MS) return true
      await sleep(LOOK_EVERY_MS)
    }
    return false
  }

  async #countFailovers(): Promise<number> {
    return (await this.#subject.system.failovers?.())?.length ?? 0
  }

  async #phasesSince(before: number): Promise<Phases | null> {
    const failovers = (await this.#subject.system.failovers?.()) ?? []
    const last = failovers.at(-1)
    if (last === undefined || failovers.length === before) return null
    const { silenceMs, suspicionMs, proposalMs, recoveryMs, resumedMs } = last.phases
    return {
      detectedMs: silenceMs + suspicionMs,
      electedMs: proposalMs,
      resumedMs: recoveryMs + (resumedMs ?? 0),
    }
  }
}

/** Whose process is known: a signal to any other id would go to somebody else, one to 0 to the suite itself. */
async function leaderOf({ kind, system }: Subject): Promise<Leader> {
  const leader = await system.leader?.()
  if (leader === undefined || leader.pid <= 1) throw new Error(`${kind.name} has no leader at the moment`)
  return leader
}
