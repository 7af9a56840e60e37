export { AdminClient } from './admin-client.js'
export { AdminServer } from './admin-server.js'
export type { AdminTerms } from './admin-server.js'
export type { AdminDesk } from './admin-desk.js'
export type { EventKind, EventMember, EventSource, GroupEvent, TakeoverPhases } from './group-event.js'
export type {
  Detection,
  Failover,
  FailoverResult,
  FencingStatus,
  GroupStatus,
  KillResult,
  ScaleResult,
  ReplicaState,
  ReplicaStatus,
  SnapshotResult,
  TransportStatus,
} from './group-status.js'
export { findRuntimeFiles, removeRuntimeFile, runtimeFolder, writeRuntimeFile } from './runtime-file.js'
export type { RuntimeFile } from './runtime-file.js'
