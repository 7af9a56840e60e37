import { Crowd, Histogram } from '../load/index.js'
import type { CrowdTerms, LoopOutcome } from '../load/index.js'
import { isInOwnNetwork } from './ground/own-network.js'
import { datagramsSent, memoryBytes, processorNs } from './ground/proc.js'
import type { Session, Subject } from './ground/session.js'
import type { Latency, Measured, Stretch, SweepName } from './results.js'
import { median } from './statistics.js'

const US = 1000
/** A program that has just started is interpreted; after so many requests what is measured is compiled code. */
const WARM_REQUESTS = 5000
/** Whoever is too slow for that is measured as it is. */
const WARM_TURNS_MAX = 5

/** What is varied. */
export interface Point {
  readonly connections: number
  readonly bodyBytes: number
  readonly calls: number
  readonly sweep?: { readonly name: SweepName; readonly at: number }
  readonly ratePerSecond?: number
}

/** One system at one point: its clients stay connected while the others have their turn. */
export class Measurement {
  readonly subject: Subject
  readonly crowd: Crowd
  readonly #point: Point
  readonly #roles: Readonly<Record<string, readonly number[]>>
  readonly #latency = new Histogram()
  readonly #lateness = new Histogram()
  readonly #stretches: Stretch[] = []
  readonly #roleNs: Record<string, number> = {}
  #cpuNs = 0
  #answered = 0
  #datagrams = 0

  private constructor(
    subject: Subject,
    point: Point,
    open: { crowd: Crowd; roles: Record<string, readonly number[]> },
  ) {
    this.subject = subject
    this.crowd = open.crowd
    this.#point = point
    this.#roles = open.roles
  }

  static async open(session: Session, subject: Subject, point: Point): Promise<Measurement> {
    const { protocol, signal } = session
    const crowd = await Crowd.open({ ...crowdTerms(point), port: subject.system.port, protocol, signal })
    const roles = { ...(await subject.system.roles?.()) }
    return new Measurement(subject, point, { crowd, roles })
  }

  /** What it is, for who watches the run. */
  get title(): string {
    const { sweep, connections } = this.#point
    const where = sweep === undefined ? `${connections} connections` : `${sweep.name} ${sweep.at}`
    return `${where}: ${this.subject.kind.name}`
  }

  /** Nothing of it counts, but every answer is judged. */
  async warmUp(loop: (crowd: Crowd) => Promise<LoopOutcome>): Promise<void> {
    let answered = 0
    for (let turn = 0; turn < WARM_TURNS_MAX && answered < WARM_REQUESTS; turn++) {
      answered += (await loop(this.crowd)).answered
    }
  }

  async stretch(loop: (crowd: Crowd) => Promise<LoopOutcome>): Promise<LoopOutcome> {
    const pids = this.subject.processes.pids()
    const before = this.#counters(pids)
    const outcome = await loop(this.crowd)
    const after = this.#counters(pids)
    this.#latency.merge(outcome.latencyNs)
    this.#lateness.merge(outcome.latenessNs)
    this.#answered += outcome.answered
    this.#cpuNs += after.cpuNs - before.cpuNs
    this.#datagrams += after.datagrams - before.datagrams
    for (const [role, ns] of Object.entries(after.roleNs)) {
      this.#roleNs[role] = (this.#roleNs[role] ?? 0) + ns - (before.roleNs[role] ?? 0)
    }
    this.#stretches.push(stretchOf(outcome, after.cpuNs - before.cpuNs))
    return outcome
  }

  get result(): Measured {
    const { connections, bodyBytes, calls, sweep, ratePerSecond } = this.#point
    const perRequest = (ns: number): number => ns / US / Math.max(1, this.#answered)
    return {
      system: this.subject.kind.name,
      sweep: sweep?.name ?? null,
      at: sweep?.at ?? 0,
      connections,
      bodyBytes,
      calls,
      ratePerSecond: ratePerSecond ?? null,
      latency: latencyOf(this.#latency),
      latenessP99Us: this.#lateness.percentile(0.99) / US,
      buckets: this.#latency.buckets(),
      stretches: this.#stretches,
      throughputPerSecond: median(this.#stretches.map(({ throughputPerSecond }) => throughputPerSecond)),
      cpuUs: perRequest(this.#cpuNs),
      cpuUsByRole: Object.fromEntries(Object.entries(this.#roleNs).map(([role, ns]) => [role, perRequest(ns)])),
      memoryBytes: memoryBytes(this.subject.processes.pids()),
      datagrams: isInOwnNetwork() ? this.#datagrams / Math.max(1, this.#answered) : null,
      verdict: this.crowd.verdict,
      skippedCounts: this.crowd.skipped,
    }
  }

  close(): void {
    this.crowd.close()
  }

  #counters(pids: readonly number[]): { cpuNs: number; roleNs: Record<string, number>; datagrams: number } {
    const roles = Object.entries(this.#roles).map(([role, pids]) => [role, processorNs(pids)] as const)
    return { cpuNs: processorNs(pids), roleNs: Object.fromEntries(roles), datagrams: datagramsSent() }
  }
}

function crowdTerms({ connections, bodyBytes, calls }: Point): Pick<CrowdTerms, 'connections' | 'bodyBytes' | 'calls'> {
  return { connections, bodyBytes, calls }
}

function stretchOf({ latencyNs, answered, elapsedMs, overloaded }: LoopOutcome, cpuNs: number): Stretch {
  return {
    p50Us: latencyNs.percentile(0.5) / US,
    p99Us: latencyNs.percentile(0.99) / US,
    throughputPerSecond: elapsedMs === 0 ? 0 : (answered / elapsedMs) * 1000,
    cpuUs: cpuNs / US / Math.max(1, answered),
    overloaded,
  }
}

function latencyOf(latency: Histogram): Latency {
  const at = (fraction: number): number => latency.percentile(fraction) / US
  return {
    count: latency.count,
    meanUs: latency.mean / US,
    p50Us: at(0.5),
    p90Us: at(0.9),
    p99Us: at(0.99),
    p999Us: at(0.999),
    maxUs: latency.max / US,
  }
}

/** In turn, so that whatever else the machine does meets all of them alike; each round begins with another one. */
export async function alternate(
  measurements: readonly Measurement[],
  rounds: number,
  turn: (measurement: Measurement, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at < measurements.length; at++) {
      await turn(measurements[(at + round) % measurements.length] as Measurement, round)
    }
  }
}
