import type { Bucket, Protocol, Verdict } from '../load/index.js'

/** What `llft bench ... --json` prints, and what a report has inside. */
export interface Results {
  readonly schema: 'llft-bench/1'
  readonly bench: BenchName
  readonly startedAt: string
  readonly tookMs: number
  readonly machine: Machine
  readonly seed: number
  readonly quick: boolean
  readonly protocol: Protocol
  readonly systems: readonly SystemFacts[]
  /** What could not be measured here, and why. */
  readonly skipped: readonly Skipped[]
  readonly measured: readonly Measured[]
  readonly ratios: readonly Ratio[]
  readonly capacities: readonly Capacity[]
  readonly faults: readonly FaultSeen[]
  readonly growth: readonly Growth[]
}

export const BENCHES = ['latency', 'throughput', 'failover', 'scale'] as const
export type BenchName = (typeof BENCHES)[number]

export interface Machine {
  readonly processors: number
  readonly model: string
  readonly memoryBytes: number
  readonly kernel: string
  readonly node: string
  readonly version: string
  /** Null outside a checkout. */
  readonly commit: string | null
  /** Runnable processes per second before the run: what else the machine was busy with. */
  readonly loadAverage: number
  /** Whether the suite had a network of its own: without one datagrams are not counted and links not cut. */
  readonly ownNetwork: boolean
}

export interface SystemFacts {
  readonly name: string
  readonly title: string
  readonly settings: string
}

export interface Skipped {
  readonly name: string
  readonly reason: string
}

/** One system at one point, over all its stretches. Times in microseconds. */
export interface Measured {
  readonly system: string
  readonly sweep: SweepName | null
  /** Where on the axis of the sweep; 0 without one. */
  readonly at: number
  readonly connections: number
  readonly bodyBytes: number
  readonly calls: number
  /** Offered; null for a closed loop. */
  readonly ratePerSecond: number | null
  readonly latency: Latency
  /** By how much the generator itself was late. */
  readonly latenessP99Us: number
  /** Of the latencies, in nanoseconds. */
  readonly buckets: readonly Bucket[]
  readonly stretches: readonly Stretch[]
  readonly throughputPerSecond: number
  /** Of all processes of the system together, per request. */
  readonly cpuUs: number
  readonly cpuUsByRole: Readonly<Record<string, number>>
  readonly memoryBytes: number
  /** Per request; null where they could not be counted. */
  readonly datagrams: number | null
  readonly verdict: Verdict
  readonly skippedCounts: number
}

export interface Latency {
  readonly count: number
  readonly meanUs: number
  readonly p50Us: number
  readonly p90Us: number
  readonly p99Us: number
  readonly p999Us: number
  readonly maxUs: number
}

export interface Stretch {
  readonly p50Us: number
  readonly p99Us: number
  readonly throughputPerSecond: number
  readonly cpuUs: number
  readonly overloaded: boolean
}

export type Figure = 'p50Us' | 'p99Us' | 'throughputPerSecond' | 'cpuUs'

/** A figure of one system over that of another, stretch by stretch of one run. */
export interface Ratio {
  readonly system: string
  readonly baseline: string
  readonly connections: number
  readonly figure: Figure
  readonly median: number
  readonly min: number
  readonly max: number
}

/** How much a system can do while its p99 stays below the objective. */
export interface Capacity {
  readonly system: string
  readonly connections: number
  readonly objectiveMs: number
  readonly perSecond: number
  readonly points: readonly { readonly ratePerSecond: number; readonly p99Us: number; readonly held: boolean }[]
}

export const FAULTS = ['kill', 'cut', 'stop'] as const
export type FaultName = (typeof FAULTS)[number]

/** One fault of a leader, seen by its clients. */
export interface FaultSeen {
  readonly system: string
  readonly fault: FaultName
  readonly round: number
  readonly leader: string
  /** The longest time that a client was without an answer. */
  readonly gapMs: number
  /** The same before the fault. */
  readonly quietGapMs: number
  /** False: nothing was answered until the fault was taken back, or the observation ended. */
  readonly recovered: boolean
  readonly verdict: Verdict
  readonly skippedCounts: number
  readonly phases: Phases | null
  /** When each client got answers, milliseconds from the fault; for one round of each fault. */
  readonly timeline: readonly (readonly number[])[] | null
}

export interface Phases {
  readonly detectedMs: number
  readonly electedMs: number
  readonly resumedMs: number
}

export const SWEEPS = ['replicas', 'size', 'connections', 'calls'] as const
export type SweepName = (typeof SWEEPS)[number]

/** How a figure grows along a sweep: a straight line, or a power where both axes are logarithmic. */
export interface Growth {
  readonly system: string
  readonly sweep: SweepName
  readonly figure: 'p50Us' | 'throughputPerSecond' | 'cpuUs' | 'datagrams'
  readonly law: 'line' | 'power'
  /** Per unit of the axis, or the exponent. */
  readonly slope: number
  readonly intercept: number
  /** How much of the variation it explains, 0 to 1. */
  readonly r2: number
}
