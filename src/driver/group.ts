import type { Frame, GroupId, OrderIndex, PeerInfo } from '../message/index.js'

/**
 * A replica's process group as the determinizer sees it: a history to write (primary) or to follow (backup), messages
 * that were received, and messages to produce.
 */
export interface Group {
  /**
   * True while this replica is the primary and decides; false while it follows the history. Turns true at most
   * once.
   */
  readonly live: boolean
  /**
   * Not live yet, but the held history is final: it is to be executed to its very end, even if its last operation is
   * unfinished; this replica becomes live once the last entry is consumed.
   */
  readonly draining: boolean
  /**
   * What the primary sends is let out only when backups have executed what it depends on: they must begin an operation
   * of which they hold a part, since its primary may be waiting for the answer to what it has sent within it.
   */
  readonly awaitsBackups: boolean
  /** Index of the last entry of the program that was consumed or decided. */
  readonly executed: OrderIndex

  /**
   * Live only: appends an entry (first byte: a kind of `ENTRY` at or above `PROGRAM_ENTRY_MIN`). The bytes are
   * copied.
   */
  decide(entry: Uint8Array): void

  /** Not live: the next entry to follow, or undefined while none is held. Does not consume it. */
  peek(): Uint8Array | undefined
  /** Not live: one further, `ahead` entries behind the next one (`ahead` 0 is `peek`). */
  peekAhead(ahead: number): Uint8Array | undefined
  /** Not live: the entry that `peek` showed is taken. */
  consume(): void

  /**
   * The next in-sequence message of a connected group that the program has not got yet. Does not take it. None while
   * a primary hands over.
   */
  received(from: GroupId): Frame | undefined
  /** The message that `received` showed is taken (both modes; at a backup because an entry says so). */
  accept(from: GroupId): void
  /**
   * The first message that is received and not taken for which `matches` holds; it stays where it is in the
   * sequence.
   */
  findReceived(from: GroupId, matches: (frame: Frame) => boolean): Frame | undefined

  /**
   * Produces a message to a connected group. Every replica numbers and keeps it; the primary sends it at the next
   * `flush`, depending on the entries decided until then. The bytes in the frame are copied.
   */
  submit(to: GroupId, frame: Frame): void
  /** The operation is over (or its outputs must leave now): everything decided and submitted may go out. */
  flush(): void
  /** Bytes submitted to a connected group and not acknowledged; 0 when it has been given up. */
  unacknowledgedBytes(to: GroupId): number
  /** A connected group is known to have failed, or there is none: nothing that it was asked will be answered. */
  givenUp(group: GroupId): boolean
  /** Every message submitted to a connected group that still lives has been acknowledged. */
  readonly settled: boolean

  /**
   * Serves the protocol (both directions) without returning to the event loop until `done` or until `boundMs` have
   * passed; returns whether `done` held. This replica may become live meanwhile. Nothing of the program runs.
   */
  waitUntil(done: () => boolean, boundMs: number): boolean

  /**
   * In an ordered operation, before its entry, a `peerUp`, is decided or consumed: a new incarnation of the connection
   * with this group begins.
   */
  connect(peer: PeerInfo): void
  /** In an ordered operation: the connection with this group is over; what was not acknowledged is dropped. */
  disconnect(group: GroupId): void
}

/** What the group tells the determinizer. Called from the event loop or inside `waitUntil`; must only take note. */
export interface GroupListener {
  /** There may be something to execute: an entry, a message, or a role. */
  work(): void
  /** This replica is the primary from now on. May come inside `consume`; must only take note. */
  promoted(): void
  /** Live only: a connected group was given up; to be ordered as `peerLost`. */
  peerLost(group: GroupId): void
  /** Live only: a connected group is there again under a new epoch; to be ordered as `peerUp`. */
  peerUp(peer: PeerInfo): void
  /** This replica must end: it was left out of an established view, or contradicts it. */
  stopped(reason: string): void
}
