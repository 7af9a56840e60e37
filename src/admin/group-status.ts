import type { GroupEvent, TakeoverPhases } from './group-event.js'

/** What `GET /api/v1/status` answers, `llft status --json` prints and the dashboard will show. */
export interface GroupStatus {
  readonly group: string
  readonly epoch: number
  /** How often the program has gone on from a snapshot of its own, plus one. */
  readonly generation: number
  readonly view: { readonly primary: number; readonly backup: number }
  /** The primary's replica, or null while there is none. */
  readonly primary: string | null
  readonly replicas: readonly ReplicaStatus[]
  /** How many replicas the group is meant to have. */
  readonly wanted: number
  readonly gateway: { readonly pid: number | null; readonly streams: number; readonly listeners: readonly string[] }
  /** Null where nothing is fenced. */
  readonly fencing: FencingStatus | null
  /** How long a fault may go unseen at worst. */
  readonly detection: Detection
  /** Null until it is chosen, at the start. */
  readonly transport: TransportStatus | null
  /**
   * `full`: its bound was passed, replicas that end are not replaced any more. `replayMs`: what a newcomer would need,
   * by what the last one needed; null until one has joined.
   */
  readonly history: {
    readonly index: number
    readonly bytes: number
    readonly full: boolean
    readonly replayMs: number | null
  }
  readonly snapshots: {
    /** The program offers them. */
    readonly offered: boolean
    /** The last that was taken, or could not be; null before. */
    readonly last: { readonly at: string; readonly taken: boolean; readonly cause: string } | null
  }
  /** Datagrams that the gateway and the supervisor's console dropped because they could not be read. */
  readonly rejectedDatagrams: number
  /** The last ones, oldest first. */
  readonly failovers: readonly Failover[]
  readonly failoverCount: number
  /** What happened last to the membership, oldest first; more of it at `/api/v1/events`. */
  readonly events: readonly GroupEvent[]
}

/** Worst-case times until a fault is seen, computed from the configuration. */
export interface Detection {
  /** A process ends. */
  readonly exitMs: number
  /** A host, or the way to it, is lost; null where all replicas are on the supervisor's own. */
  readonly hostMs: number | null
  /** A main thread stands still. */
  readonly stallMs: number
  /** A backup that answers its supervisor, but not its primary. */
  readonly silentBackupMs: number
}

/** The lease under which output is let out. */
export interface FencingStatus {
  /** Kept by a store, or granted by a majority of the group's parts. */
  readonly kind: 'lease' | 'majority'
  readonly store: string
  /** How many parts there are, this one too, and how many of them answered last; null with a store. */
  readonly voters: { readonly count: number; readonly answered: number } | null
  readonly ttlMs: number
  readonly clockDriftMs: number
  /** `waiting`: another has it, or nobody was asked yet; `ended`: not renewed in time, nothing is let out. */
  readonly state: 'waiting' | 'held' | 'ended'
}

/** How datagrams reach several replicas, and why so. */
export interface TransportStatus {
  readonly used: 'unicast' | 'multicast'
  readonly why: string
}

export interface ReplicaStatus {
  readonly id: string
  readonly pid: number | null
  readonly role: 'primary' | 'backup' | 'none'
  /** Place in the order of succession: the primary 1, the first backup 2; null for who is not a member. */
  readonly rank: number | null
  readonly state: ReplicaState
  readonly historyIndex: number
  readonly lagEntries: number
}

/** `starting`: not yet a member; `joining`: a member that is given the history; `ready`: could take over. */
export type ReplicaState = 'starting' | 'joining' | 'ready' | 'ended'

export interface Failover {
  /** Wall-clock time of the notice, ISO 8601. */
  readonly at: string
  readonly cause: string
  /** An operator wanted it; nobody failed. */
  readonly planned: boolean
  /** Who leads since. */
  readonly primary: string
  readonly view: number
  readonly phases: TakeoverPhases
}

/** What `POST /api/v1/failover` answers. */
export interface FailoverResult {
  readonly from: string
  /** Who leads now. */
  readonly to: string
  readonly view: number
  /** From the request to the established view. */
  readonly tookMs: number
}

/** What `POST /api/v1/add` and `POST /api/v1/remove` answer. */
export interface ScaleResult {
  /** The replica that comes or goes. */
  readonly id: string
  /** How many replicas the group is meant to have from now on. */
  readonly wanted: number
}

/** What `POST /api/v1/snapshot` answers. */
export interface SnapshotResult {
  readonly generation: number
  /** The replicas of the new generation. */
  readonly replicas: readonly string[]
  /** Connections of clients that went on. */
  readonly streams: number
  /** Of what the program has saved. */
  readonly bytes: number
  /** How long clients were not read from. */
  readonly pausedMs: number
  readonly tookMs: number
}

/** What `POST /api/v1/kill` answers. */
export interface KillResult {
  readonly id: string
  readonly pid: number
  readonly signal: 'SIGKILL'
}
