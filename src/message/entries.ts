/**
 * First byte of an order entry. Kinds below `PROGRAM_ENTRY_MIN` are the group's own (membership) and never reach the
 * program; the others belong to the determinizer, which alone understands what follows the byte.
 */
export const ENTRY = {
  /** A backup joined: member, precedence, locator. From here on it counts for stability. */
  join: 1,
  /** The primary has confirmed that a backup holds the history: member. */
  caughtUp: 2,
  /** Operation 0: the synchronous run of the main program. */
  start: 16,
  /** The next message of a connection is delivered: group. */
  deliver: 17,
  /** Every timer due at the loop time is fired. */
  timers: 18,
  /** One round of immediates. */
  immediate: 19,
  /** A completion named by its async id is delivered. */
  completion: 20,
  /** More recorded values of the operation that is running. */
  continuation: 21,
  /** A connected group has come (again): its streams and listeners start anew. */
  peerUp: 22,
  /** A connected group has been given up: its streams end as reset. */
  peerLost: 23,
  /** Nothing is left to do: `beforeExit`, then the end. */
  drained: 24,
  /** The order in which threads have used memory that they share: belongs to the next of the others. */
  threads: 25,
} as const

export const PROGRAM_ENTRY_MIN = 16

/** Set in the first byte when a `continuation` follows. */
export const ENTRY_CONTINUES = 0x80

export function kindOf(entry: Uint8Array): number {
  return (entry[0] as number) & ~ENTRY_CONTINUES
}

/** A longer operation is cut into continuations, so that an entry always fits a datagram. */
export const ENTRY_BYTES_MAX = 1024
