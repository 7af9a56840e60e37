import type { Frame, GroupId } from '../message/index.js'

/**
 * Where a recorded value came from; kept beside it so that a backup which asks for something else is caught at once.
 * The numbers are in the history and never change their meaning.
 */
export const VALUE_SOURCE = {
  date: 1,
  hrtime: 2,
  performance: 3,
  fact: 4,
  listen: 5,
  crypto: 6,
  file: 7,
} as const

export type ValueSource = (typeof VALUE_SOURCE)[keyof typeof VALUE_SOURCE]

/** What `async_hooks` knows of something that completes later. */
export interface AsyncResource {
  readonly resource: object
  readonly triggerAsyncId: number
}

/** Looks at what C++ calls back on one object. */
export interface Screen {
  /** Called, outside of operations, when that happens; false: it is not to become an operation. */
  readonly arrives: (args: readonly unknown[]) => boolean
  /** False: it is not the time for it yet; a primary puts others before it. */
  readonly ready?: () => boolean
}

/** What C++ calls back, before it is put in order. */
export interface Arrivals {
  screen(receiver: object, screen: Screen): void
  /** What has been called back on `receiver`, and is not in the history, will not happen. */
  forget(receiver: object): void
  /** The oldest such call that waits for `receiver` will not happen; returns its arguments. */
  withdraw(receiver: object, isWanted: (args: readonly unknown[]) => boolean): readonly unknown[] | undefined
}

/** What the main thread's part in the order of the threads comes down to (ADR 38). */
export interface ThreadCalls {
  /**
   * Inside an operation: counts what this replica has come to into the digest; compared with what is witnessed or sent
   * next, so that it costs no byte of history.
   */
  note(value: number): void
  /** Inside an operation: waits for other threads, and serves the group meanwhile; returns whether `done` held. */
  await(done: () => boolean, boundMs: number): boolean
  /** What the threads have done goes into the history, or what that holds goes on to them. */
  serve(): void
}

/**
 * The operation boundary as the facilities of this room see it (determinizer.md A1). Everything that the program does
 * happens inside one ordered operation; what it reads from the world is recorded there and replayed at the backups.
 */
export interface Operations {
  /** The program's code runs inside an ordered operation right now; otherwise the caller is LLFT's own code. */
  readonly inside: boolean
  /** This replica decides (primary); otherwise it follows the history. */
  readonly live: boolean

  /**
   * Primary: calls `produce`, records the result and returns it. Backup: returns the recorded result; `produce` is not
   * called. Any number that a double holds; whole numbers are cheapest. Outside an operation: `produce`, unrecorded.
   */
  recordNumber(source: ValueSource, produce: () => number): number
  /** The same for text (and, through JSON, for anything plain); costs its UTF-8 length in the history. */
  recordText(source: ValueSource, produce: () => string): string
  /** The same for bytes; at a backup they are a copy of the history's, which the caller may keep. */
  recordBytes(source: ValueSource, produce: () => Uint8Array): Uint8Array

  /** Produces a message to a connected group; counted into the digest; leaves when the operation ends. */
  submit(to: GroupId, frame: Frame): void
  /** Live only, inside an operation: what was recorded and submitted so far leaves now. */
  flushNow(): void
  /**
   * Live only, inside `produce` of a recorded read: what was submitted so far leaves now, then waits until a message
   * that `matches` is received from a connected group, at most `boundMs`. It stays in its sequence and is delivered
   * later. `lost`: the group has failed and answers nothing; that may not be ordered yet.
   */
  ask(of: GroupId, matches: (frame: Frame) => boolean, boundMs: number): Frame | 'lost' | undefined

  /**
   * Counts what this replica has come to by itself into the digest, and compares it, by a byte of the digest in the
   * history, with what the primary has come to. `describe`: what it is, for whoever reads of a difference.
   */
  witness(value: number, describe: () => string): void

  readonly threads: ThreadCalls

  readonly arrivals: Arrivals

  /** The next id of the program's own async-id range; the same at every replica. */
  newAsyncId(): number
  /**
   * Runs `complete` as an ordered operation of its own, in the order that the primary decides. Called where the local
   * work is finished, or where there is none to wait for; `asyncId` was taken inside the operation that began it.
   * `of`: the resource in whose async context it runs.
   */
  complete(asyncId: number, complete: () => void, of?: AsyncResource): void
  /** LLFT's own work inside an operation: it takes none of the program's async ids. */
  outside<Result>(work: () => Result): Result

  /** Handles messages of a connected group, besides other handlers; inside an ordered operation, one at a time. */
  onFrame(from: GroupId, handle: (frame: Frame) => void): void
  /** Called inside the ordered operation in which a connected group is given up, or has come back. */
  onPeerChange(group: GroupId, lost: () => void, up: () => void): void

  /** From here on an operation ends only when what C++ has put off within it has run. */
  expectTails(): void

  /** Called, outside of operations, when this replica begins to decide. */
  onLive(call: () => void): void

  /**
   * Counts what keeps the program alive and is not known to the event loop (virtual servers and sockets): the process
   * lives while the count is above zero.
   */
  holdOpen(delta: 1 | -1): void

  /**
   * Inside an operation: when it is over nothing of the program runs any more, and what happens to it waits, until
   * `thaw` (ADR 55). Of the groups the gateway alone is heard, its `snapshot` at once, all else of it after that.
   */
  freeze(): void
  thaw(): void
  /** Inside an operation: runs what the program has put off to the end of it. */
  drain(): void

  /**
   * The end of the program (determinizer.md A10): seals this operation, sends everything, waits, bounded, until it is
   * acknowledged, and ends the process with `code`, or by `signal` when that is not 0. Does not return. `uncaught`: an
   * error that the program did not handle ends it.
   */
  end(code: number, signal: number, uncaught?: boolean): never

  /** Stops this replica with a report: its execution contradicts the history. Does not return. */
  diverged(what: string): never
}
