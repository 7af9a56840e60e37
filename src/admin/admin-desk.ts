import type { EventSource } from './group-event.js'
import type { FailoverResult, GroupStatus, KillResult, ScaleResult, SnapshotResult } from './group-status.js'

/** What the admin address can do; the supervisor is behind it. What cannot be done raises an `LlftError`. */
export interface AdminDesk {
  status(): Promise<GroupStatus>
  readonly events: EventSource
  /** `target`: `primary` or a replica's id. */
  kill(target: string): KillResult
  /** The primary leaves its place to a backup, to this one if it is named. */
  failover(to: string | undefined): Promise<FailoverResult>
  /** `target`: `primary` or a replica's id. One replica less is wanted from now on. */
  remove(target: string): Promise<ScaleResult>
  /** One replica more is wanted from now on. */
  add(): ScaleResult
  /** The program goes on in fresh replicas, from a snapshot of its own. */
  snapshot(): Promise<SnapshotResult>
}
