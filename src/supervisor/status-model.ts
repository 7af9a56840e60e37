import type {
  Detection,
  FencingStatus,
  GroupEvent,
  GroupStatus,
  ReplicaState,
  ReplicaStatus,
  TransportStatus,
} from '../admin/index.js'
import { formatAddress } from '../config/index.js'
import { byRank } from '../core/index.js'
import type { PeerStatus } from '../driver/index.js'
import type { Epoch, MemberId } from '../message/index.js'
import type { Chronicle } from './chronicle.js'
import type { GatewayKeeper } from './gateway-keeper.js'
import type { ReplayEstimate } from './replay-estimate.js'
import type { Replica } from './replicas.js'

/** A takeover and what came of it. */
const EVENTS_SHOWN = 8

export interface StatusFacts {
  readonly group: string
  readonly epoch: Epoch
  readonly generation: number
  readonly wanted: number
  readonly historyBytesMax: number
  readonly fencing: FencingStatus | undefined
  readonly detection: Detection
  readonly transport: TransportStatus | null
  /** The group as the console knows it; undefined before the founding. */
  readonly peer: PeerStatus | undefined
  readonly replicas: readonly Replica[]
  readonly gateway: GatewayKeeper
  readonly chronicle: Chronicle
  readonly replay: ReplayEstimate | undefined
  readonly offersSnapshots: boolean
}

export function statusOf(facts: StatusFacts): GroupStatus {
  const { peer, replicas, gateway } = facts
  const { timeline, log } = facts.chronicle
  const bytes = peer?.historyBytes ?? 0
  const length = historyLength(peer)
  const rows = replicas.map((replica) => replicaStatus(replica, peer))
  return {
    group: facts.group,
    epoch: facts.epoch,
    generation: facts.generation,
    view: { primary: peer?.view.number ?? 0, backup: peer?.view.backupView ?? 0 },
    primary: rows.find(({ role, state }) => role === 'primary' && state !== 'ended')?.id ?? null,
    replicas: rows,
    wanted: facts.wanted,
    gateway: {
      pid: gateway.pid ?? null,
      streams: gateway.streams,
      listeners: gateway.open.map(({ bound }) => formatAddress({ host: bound.address, port: bound.port })),
    },
    fencing: facts.fencing ?? null,
    detection: facts.detection,
    transport: facts.transport,
    history: {
      index: length,
      bytes,
      full: bytes >= facts.historyBytesMax,
      replayMs: facts.replay?.of(length) ?? null,
    },
    snapshots: { offered: facts.offersSnapshots, last: lastSnapshot(log.recent) },
    rejectedDatagrams: (peer?.rejectedDatagrams ?? 0) + gateway.datagramsRejected,
    failovers: timeline.recent,
    failoverCount: timeline.count,
    events: log.recent.slice(-EVENTS_SHOWN),
  }
}

function lastSnapshot(events: readonly GroupEvent[]): GroupStatus['snapshots']['last'] {
  const last = events.findLast(({ kind }) => kind === 'snapshot' || kind === 'snapshot-kept')
  return last === undefined ? null : { at: last.at, taken: last.kind === 'snapshot', cause: last.cause }
}

/** Entries of the history as far as anybody has said: the console itself hears only of those its messages depend on. */
export function historyLength(peer: PeerStatus | undefined): number {
  return Math.max(peer?.historyIndex ?? 0, ...(peer?.members ?? []).map(({ held }) => held))
}

/** How far a member has come; what the primary has executed is the history itself. */
export function executedBy(memberId: MemberId | undefined, peer: PeerStatus | undefined): number {
  const member = peer?.members.find((one) => one.memberId === memberId)
  return member?.precedence === peer?.view.precedence ? historyLength(peer) : (member?.executed ?? 0)
}

function replicaStatus(replica: Replica, peer: PeerStatus | undefined): ReplicaStatus {
  const members = peer === undefined ? [] : byRank(peer)
  const place = members.findIndex(({ memberId }) => memberId === replica.memberId)
  const member = members[place]
  const length = historyLength(peer)
  const primary = member !== undefined && member.precedence === peer?.view.precedence
  const executed = executedBy(replica.memberId, peer)
  return {
    id: replica.slot,
    pid: replica.process.pid ?? null,
    role: member === undefined ? 'none' : primary ? 'primary' : 'backup',
    rank: member === undefined ? null : place + 1,
    state: stateOf(replica, member?.caughtUp ?? false),
    historyIndex: executed,
    lagEntries: member === undefined ? length : Math.max(0, length - executed),
  }
}

function stateOf(replica: Replica, caughtUp: boolean): ReplicaState {
  if (replica.gone) return 'ended'
  if (caughtUp || replica.ready) return 'ready'
  return replica.started === undefined ? 'starting' : 'joining'
}
