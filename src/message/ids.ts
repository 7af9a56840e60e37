import type { Brand } from '../base/index.js'

/** A fresh random 53-bit number per start of a process: one that comes back is a new member. */
export type MemberId = Brand<number, 'MemberId'>
/** Names a process group inside a service group. */
export type GroupId = Brand<number, 'GroupId'>
/** A random 53-bit number made when a group is founded; a new epoch means that the old state is gone. */
export type Epoch = Brand<number, 'Epoch'>
/** The order of succession: given at joining, rising, never reused. */
export type Precedence = Brand<number, 'Precedence'>
export type ViewNumber = Brand<number, 'ViewNumber'>
/** Number of a message inside one direction of a virtual connection: 1, 2, 3, ... */
export type SequenceNumber = Brand<number, 'SequenceNumber'>
/** Number of an order entry in a group's history: 1, 2, 3, ... */
export type OrderIndex = Brand<number, 'OrderIndex'>
/** Where datagrams reach a member: an IPv4 address and a UDP port packed into one number, `address * 65536 + port`. */
export type Locator = Brand<number, 'Locator'>
/** Microseconds on the driver's monotonic clock. */
export type Instant = Brand<number, 'Instant'>

/** The three process groups of a service group that `llft run` makes. */
export const GROUP: {
  readonly application: GroupId
  readonly gateway: GroupId
  readonly console: GroupId
} = {
  application: 1 as GroupId,
  gateway: 2 as GroupId,
  console: 3 as GroupId,
}

/**
 * A view: the primary's number and precedence, and the count of changes of backups inside it (protocol.md section
 * 1).
 */
export interface View {
  readonly number: ViewNumber
  readonly precedence: Precedence
  readonly backupView: number
}

export const NO_VIEW: View = { number: 0 as ViewNumber, precedence: 0 as Precedence, backupView: 0 }

/** One member as others must know it. */
export interface MemberInfo {
  readonly memberId: MemberId
  readonly precedence: Precedence
  readonly locator: Locator
  /** The primary has confirmed that it holds the history; only such a backup may propose itself. */
  readonly caughtUp: boolean
}

/** A peer group's single member, as a replica must know it to connect. */
export interface PeerInfo {
  readonly group: GroupId
  readonly epoch: Epoch
  readonly memberId: MemberId
  readonly locator: Locator
}
