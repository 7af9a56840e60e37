/**
 * When a connected group may let a message out (protocol.md 5.5 and 5.9): once it holds the order that the message
 * depends on (`reflected`), or once, besides, every caught-up backup has executed that order (`acknowledged`), so that
 * the primary and the connected group may die together.
 */
export type CommitMode = 'reflected' | 'acknowledged'

/**
 * Every bound and delay of the core, with its reason. Times are microseconds. They belong together because they depend
 * on each other; `limits.test.ts` checks the relations.
 */
export interface Limits {
  /**
   * Payload bytes of a datagram that carries application data: large on loopback, where copying is cheap and calls
   * are not.
   */
  readonly payloadBytesMax: number
  /** Entry bytes in one datagram, beside a full payload. */
  readonly orderBytesMax: number
  /** Entries already sent but not yet reflected are carried again while they fit this (protocol.md 5.2). */
  readonly orderRepeatBytesMax: number
  /** The largest congestion window: payload bytes under way to one member, which fit the kernel's receive buffer. */
  readonly flightBytesMax: number
  /**
   * Payload bytes that a receiver keeps for an application that has not taken them; advertised as its window. Holds a
   * message of any size, or the end of one would never be let in.
   */
  readonly receiveBytesMax: number
  /** Unacknowledged payload bytes that make a peer stop reading from its clients. */
  readonly backlogBytesMax: number
  /** Messages kept that arrived ahead of a gap; beyond it they are dropped and come again. */
  readonly reorderMessagesMax: number
  /** An acknowledgement waits this long for data to ride on. */
  readonly ackDelay: number
  /** Received payload bytes that are acknowledged at once, so that a bulk sender never stalls on `ackDelay`. */
  readonly ackBytesMax: number
  /** Backups get messages and reflected order this late at most, or when so many bytes wait (ADR 4). */
  readonly fanOutDelay: number
  readonly fanOutBytesMax: number
  /**
   * A backup with something unreported sends a SecondAck after this, or after `secondAckCount` messages and
   * entries.
   */
  readonly secondAckDelay: number
  readonly secondAckCount: number
  /**
   * A connected group that a SecondAck tells nothing new about its own messages gets one this often, for its
   * status.
   */
  readonly idleReportDelay: number
  /** Entries not seen stable for this go to the backups in the Heartbeat (protocol.md 5.8). */
  readonly idleOrderDelay: number
  /** A gap may be reordering; after this, or when so many datagrams have come since, it is asked for. */
  readonly nackDelay: number
  readonly nackCount: number
  /** Ranges in one Nack; no more of them are answered. */
  readonly rangesPerNackMax: number
  /** Datagrams in one answer to a member that catches up; together far below a receive buffer. */
  readonly supplyDatagramsMax: number
  /** A newcomer that is at most so many entries behind is confirmed: a takeover by it costs little. */
  readonly caughtUpLagMax: number
  /** Proposals, membership announcements and greetings are repeated until answered. */
  readonly repeatDelay: number
  /** A backup that does not answer a proposal within this is left out by `Establish`. */
  readonly recoveryTimeout: number
  /**
   * A backup that holds back the group is removed by the primary: one that has been silent for so long though something
   * waits for its answer (a newcomer, which may run the program's start, for longer), or that has not executed what the
   * primary had executed so long ago. Far above a pause of the program, which must not cost a replica.
   */
  readonly backupSilenceMax: number
  readonly newcomerSilenceMax: number
  readonly backupLagMax: number
  /**
   * A new primary that cannot execute the history it was given to its end within this (an entry names a message that
   * nobody holds) stops, loudly: it must not go on as if nothing was missing (protocol.md section 6, safety net).
   */
  readonly drainTimeout: number
  /**
   * In a planned change of primary the successor has so long to catch up, then the primary goes on; a healthy backup is
   * milliseconds behind. Clients wait meanwhile. How often it is asked: as often as it may matter to them.
   */
  readonly handOverTimeout: number
  readonly handOverRepeatDelay: number
  /**
   * A member whose primary is known to be gone and that hears of no new view for so long was forgotten: it stops, and
   * joins anew. Longer than any takeover, draining included.
   */
  readonly orphanTimeout: number
  /**
   * A sender that hears nothing for two round trips and this asks whether its last message has come: as long as an
   * acknowledgement may wait.
   */
  readonly probeDelay: number
  /** Bounds of the retransmission timeout. */
  readonly retransmitDelayMin: number
  readonly retransmitDelayMax: number
  /** Members of a group: more than are ever asked for, and few enough that the membership fits every datagram. */
  readonly membersMax: number
  /** Entries and inputs a member keeps for newcomers; beyond it the oldest go and newcomers are refused. */
  readonly historyBytesMax: number
}

export const DEFAULT_LIMITS: Limits = {
  payloadBytesMax: 33_000,
  orderBytesMax: 16_384,
  orderRepeatBytesMax: 256,
  flightBytesMax: 131_072,
  receiveBytesMax: 33_554_432,
  backlogBytesMax: 4_194_304,
  reorderMessagesMax: 1024,
  ackDelay: 1_000,
  ackBytesMax: 32_768,
  fanOutDelay: 1_000,
  fanOutBytesMax: 32_768,
  secondAckDelay: 3_000,
  secondAckCount: 128,
  idleReportDelay: 100_000,
  idleOrderDelay: 10_000,
  nackDelay: 1_000,
  nackCount: 3,
  rangesPerNackMax: 16,
  supplyDatagramsMax: 8,
  caughtUpLagMax: 1_000,
  repeatDelay: 10_000,
  recoveryTimeout: 1_000_000,
  backupSilenceMax: 5_000_000,
  newcomerSilenceMax: 60_000_000,
  backupLagMax: 10_000_000,
  drainTimeout: 10_000_000,
  handOverTimeout: 500_000,
  handOverRepeatDelay: 2_000,
  orphanTimeout: 30_000_000,
  probeDelay: 1_000,
  retransmitDelayMin: 20_000,
  retransmitDelayMax: 1_000_000,
  membersMax: 64,
  historyBytesMax: 1_073_741_824,
}

/**
 * Where members are on several hosts: a full payload and the order that usually rides on it fit an Ethernet frame,
 * since IP's own fragments are lost together, and dropped by some networks. Order that is larger, up to what one entry
 * may need, is rare and makes such fragments (ADR 54).
 */
export const ETHERNET_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  payloadBytesMax: 1_000,
  orderBytesMax: 1_088,
  orderRepeatBytesMax: 64,
  ackBytesMax: 2_000,
  fanOutBytesMax: 4_000,
}
