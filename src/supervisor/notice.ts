import type { Failover, SnapshotResult } from '../admin/index.js'
import type { Report } from '../errors/index.js'

/** What happens in a run that a person may want to see. */
export type Notice =
  /** Every replica has its place, and the program starts. */
  | { readonly notice: 'founded' }
  /** The program has opened a port. */
  | { readonly notice: 'listening' }
  | {
      readonly notice: 'replica-ended'
      readonly id: string
      readonly pid: number | undefined
      readonly outcome: string
    }
  /** A replica gave no sign of life for the timing window, and is ended. */
  | { readonly notice: 'stalled'; readonly id: string; readonly pid: number | undefined; readonly quietMs: number }
  | { readonly notice: 'failover'; readonly failover: Failover }
  /** A replacement has caught up. */
  | { readonly notice: 'joined'; readonly id: string; readonly tookMs: number }
  /** The program goes on in a new generation. */
  | ({ readonly notice: 'snapshot' } & SnapshotResult)
  /** The program has ended. */
  | { readonly notice: 'exited' }
  /** What a process that failed wrote to its real stdout and stderr. */
  | { readonly notice: 'evidence'; readonly of: string; readonly text: string }
  /** A warning, or an error that does not end the run. */
  | { readonly notice: 'report'; readonly report: Report }
