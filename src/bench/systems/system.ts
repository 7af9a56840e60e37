import type { Failover } from '../../admin/index.js'
import type { Protocol } from '../../load/index.js'
import type { Processes } from '../ground/processes.js'

/** The scripts of the package that are started. */
export interface BenchPaths {
  readonly llft: string
  readonly guest: string
  /** The source of a member of a Corosync group, in C. */
  readonly cpg: string
}

/** Where and with what a system is started. */
export interface Ground {
  readonly processes: Processes
  /** A folder of its own, on a disk. */
  readonly folder: string
  /** A folder of its own in memory; the same as `folder` where there is none. */
  readonly memoryFolder: string
  readonly protocol: Protocol
  readonly paths: BenchPaths
  readonly signal: AbortSignal
}

/** Who leads at the moment: the process whose loss is a fail-over. */
export interface Leader {
  readonly name: string
  readonly pid: number
}

/** A running system, seen by who measures it. */
export interface System {
  /** Where clients connect, on 127.0.0.1. */
  readonly port: number
  /** Processor time is told apart for these; undefined where all processes are alike. */
  readonly roles?: () => Promise<Readonly<Record<string, readonly number[]>>>
  readonly leader?: () => Promise<Leader>
  /** Starts again what has ended; resolves when everything is as it was at the start. */
  readonly heal?: () => Promise<void>
  /** The phases of its fail-overs, where it tells. */
  readonly failovers?: () => Promise<readonly Failover[]>
}

/** A way to run the program, with the settings that a report shows. */
export interface SystemKind {
  /** As `--systems` names it. */
  readonly name: string
  readonly title: string
  readonly settings: string
  /** Whether a fault of the leader may be seen by a client: where not, a wrong answer is a failure of the run. */
  readonly masksFaults: boolean
  /** Why it has no fail-over to measure; undefined when it has one. */
  readonly noFailover?: string
  /** Why it cannot be started on this machine; undefined when it can. */
  absent(): string | undefined
  start(ground: Ground): Promise<System>
}
