import type { Epoch, GroupId, Locator, MemberId, MemberInfo, OrderIndex, SequenceNumber, View } from './ids.js'

/** The message kinds of protocol.md section 3. The numbers are on the wire and never change their meaning. */
export const KIND = {
  Data: 1,
  FirstAck: 2,
  SecondAck: 3,
  Nack: 4,
  KeepAlive: 5,
  Heartbeat: 6,
  ProposePrimary: 7,
  AcceptPrimary: 8,
  ProposeBackup: 9,
  AcceptBackup: 10,
  RemoveBackup: 11,
  State: 12,
  FaultNotice: 13,
  RecoveryReport: 14,
  Establish: 15,
  Refuse: 16,
  HandOver: 17,
} as const

export type KindName = keyof typeof KIND

/** Order entries `first`, `first + 1`, ... of one history. */
export interface EntryBlock {
  readonly first: OrderIndex
  readonly entries: readonly Uint8Array[]
}

export const NO_ENTRIES: EntryBlock = { first: 0 as OrderIndex, entries: [] }

/** What one member holds of one direction of a connection with another group. */
export interface ReceivedUpTo {
  readonly group: GroupId
  readonly epoch: Epoch
  readonly upTo: SequenceNumber
}

/** An inclusive range of numbers; `from > to` never occurs. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** A message of a connection that another group sent, handed on inside the receiving group. */
export interface HeldMessage {
  readonly group: GroupId
  readonly epoch: Epoch
  readonly sequence: SequenceNumber
  readonly payload: Uint8Array
}

/** What every datagram carries (protocol.md section 3). */
export interface Header {
  /** Who sends: its group, the group's epoch, the member. */
  readonly sourceGroup: GroupId
  readonly sourceEpoch: Epoch
  readonly sourceMember: MemberId
  /** The group it is for, and the epoch that the sender knows of it. */
  readonly destinationGroup: GroupId
  readonly destinationEpoch: Epoch
  /** The view of the sender's group. */
  readonly view: View
  /** The view of the destination group that the sender has adopted. */
  readonly peerView: View
  /** Last in-sequence number received from the destination group on this connection: held, never executed. */
  readonly ack: SequenceNumber
  /** Payload bytes beyond `ack` that the sender is ready to take on this connection. */
  readonly window: number
  /** The last order entry of the sender's group that this message depends on. */
  readonly orderIndex: OrderIndex
  /** Entries of the sender's group up to here are held by every member of `view`. */
  readonly stableIndex: OrderIndex
  /** Entries of the destination group's history that the sender holds without a gap. */
  readonly heldIndex: OrderIndex
  /** Entries of the sender's own history. */
  readonly order: EntryBlock
  /** Entries of the destination group's history, reflected. */
  readonly reflected: EntryBlock
}

export interface Bodies {
  /** Messages of the connection: payloads with the consecutive numbers `sequence`, `sequence + 1`, ... */
  Data: { readonly sequence: SequenceNumber; readonly payloads: readonly Uint8Array[] }
  /** The header alone: `ack`, and whatever order has no message to ride on. */
  FirstAck: object
  /** A backup's cumulative report: messages and entries held, entries executed. */
  SecondAck: {
    readonly held: OrderIndex
    readonly executed: OrderIndex
    /** Bytes of history and inputs that the member keeps for newcomers; at least its bound once the oldest are gone. */
    readonly keptBytes: number
    readonly received: readonly ReceivedUpTo[]
  }
  /**
   * Asks for entries of the application group's history, and for messages that the group `from` with epoch `fromEpoch`
   * has sent on its connection.
   */
  Nack: {
    readonly entries: readonly Range[]
    readonly from: GroupId
    readonly fromEpoch: Epoch
    readonly messages: readonly Range[]
  }
  /** A greeting, or a question to a silent receiver; `lastSequence` reveals a lost last message. */
  KeepAlive: { readonly locator: Locator; readonly lastSequence: SequenceNumber }
  /** Inside a group; the header's `order` carries entries that found nothing to ride on (section 5, rule 8). */
  Heartbeat: { readonly executed: OrderIndex }
  /** A backup proposes itself, to its group and to every connected one, until each has answered (section 6). */
  ProposePrimary: {
    readonly proposed: View
    /** The view last established, as the proposer knows it. */
    readonly supersedes: View
    /** How long the history was then: who missed that view holds nothing beyond. */
    readonly supersededLength: OrderIndex
    /** Those who are to go on; who is left out freezes. */
    readonly members: readonly MemberInfo[]
    /** Entries that the proposer holds without a gap; it needs the rest. */
    readonly held: OrderIndex
    readonly received: readonly ReceivedUpTo[]
  }
  /** A member's answer: it has adopted the view, and holds so much. */
  AcceptPrimary: { readonly accepted: View; readonly held: OrderIndex; readonly received: readonly ReceivedUpTo[] }
  /** A connected group's answer; the header's `reflected` carries entries that the proposer lacks. */
  RecoveryReport: {
    readonly accepted: View
    /** Entries of the recovering group that the reporter holds without a gap. */
    readonly held: OrderIndex
    readonly receivedUpTo: SequenceNumber
    /** Highest `orderIndex` of what the reporter has let out. */
    readonly released: OrderIndex
  }
  /** The takeover is over: these are the members, and the history is `length` long; beyond it nothing happened. */
  Establish: { readonly established: View; readonly members: readonly MemberInfo[]; readonly length: OrderIndex }
  /**
   * The proposal, the newcomer or the established view is not accepted; `known` is the view that counts instead, as it
   * was established. `adopted`: the newest that the sender has heard of; the same, or proposed and not established.
   */
  Refuse: {
    readonly known: View
    readonly members: readonly MemberInfo[]
    readonly length: OrderIndex
    readonly adopted: View
  }
  /** A newcomer asks to be added. */
  ProposeBackup: { readonly locator: Locator }
  /**
   * A backup was added or confirmed. `joinIndex`: the entry that says so; who joins has to get that far. `length`: how
   * long the history was when the view was established, for a newcomer that comes from an older one.
   */
  AcceptBackup: {
    readonly members: readonly MemberInfo[]
    readonly joinIndex: OrderIndex
    readonly length: OrderIndex
  }
  /** A backup was removed; these remain. */
  RemoveBackup: { readonly members: readonly MemberInfo[] }
  /** History and inputs for a member that lacks them; the header's `order` carries the entries. */
  State: {
    /** Entries that the sender holds. */
    readonly length: OrderIndex
    readonly received: readonly ReceivedUpTo[]
    readonly messages: readonly HeldMessage[]
    /** 1: the last datagram of an answer; who needs more asks on. */
    readonly final: number
  }
  /**
   * This member has failed: said by a connected group until a membership leaves it out. `members` and `length` are of
   * the view that it knows to be established, for whoever knows an older one.
   */
  FaultNotice: {
    readonly group: GroupId
    readonly member: MemberId
    readonly members: readonly MemberInfo[]
    readonly length: OrderIndex
  }
  /**
   * A planned change of primary (ADR 50): a connected group asks the primary for it, and the primary tells its
   * successor, this member, to propose itself.
   */
  HandOver: { readonly member: MemberId }
}

/** What a datagram carries besides its header. */
export type Contents = { [K in KindName]: { readonly kind: K } & Bodies[K] }[KindName]

export type MessageOf<K extends KindName> = Header & { readonly kind: K } & Bodies[K]
export type Message = Header & Contents
