import type { Bodies, Header, KindName } from './kinds.js'

/**
 * How a field is written. `u8`: one byte; `u53`: seven bytes, little-endian; `index`: a variable-length number; the
 * rest are built from these.
 */
export type FieldType =
  | 'u8'
  | 'u53'
  | 'index'
  | 'view'
  | 'entries'
  | 'payloads'
  | 'members'
  | 'received'
  | 'ranges'
  | 'messages'

export type Fields<T> = { readonly [Name in keyof T]: FieldType }

/** First bytes of every datagram: "LL" and the version of this table. */
export const MAGIC = 0x4c4c
export const WIRE_VERSION = 4

/** The only description of the bytes: codec, printed documentation and property tests are made from it. */
export const HEADER_LAYOUT: Fields<Header> = {
  sourceGroup: 'u8',
  sourceEpoch: 'u53',
  sourceMember: 'u53',
  destinationGroup: 'u8',
  destinationEpoch: 'u53',
  view: 'view',
  peerView: 'view',
  ack: 'index',
  window: 'index',
  orderIndex: 'index',
  stableIndex: 'index',
  heldIndex: 'index',
  order: 'entries',
  reflected: 'entries',
}

export const BODY_LAYOUT: { readonly [K in KindName]: Fields<Bodies[K]> } = {
  Data: { sequence: 'index', payloads: 'payloads' },
  FirstAck: {},
  SecondAck: { held: 'index', executed: 'index', keptBytes: 'index', received: 'received' },
  Nack: { entries: 'ranges', from: 'u8', fromEpoch: 'u53', messages: 'ranges' },
  KeepAlive: { locator: 'u53', lastSequence: 'index' },
  Heartbeat: { executed: 'index' },
  ProposePrimary: {
    proposed: 'view',
    supersedes: 'view',
    supersededLength: 'index',
    members: 'members',
    held: 'index',
    received: 'received',
  },
  AcceptPrimary: { accepted: 'view', held: 'index', received: 'received' },
  RecoveryReport: { accepted: 'view', held: 'index', receivedUpTo: 'index', released: 'index' },
  Establish: { established: 'view', members: 'members', length: 'index' },
  Refuse: { known: 'view', members: 'members', length: 'index', adopted: 'view' },
  ProposeBackup: { locator: 'u53' },
  AcceptBackup: { members: 'members', joinIndex: 'index', length: 'index' },
  RemoveBackup: { members: 'members' },
  State: { length: 'index', received: 'received', messages: 'messages', final: 'u8' },
  FaultNotice: { group: 'u8', member: 'u53', members: 'members', length: 'index' },
  HandOver: { member: 'u53' },
}
