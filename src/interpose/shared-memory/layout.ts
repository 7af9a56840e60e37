/**
 * The memory in which the threads of a replica take turns (ADR 38): one for all threads and all shared buffers. Whole
 * numbers of 32 bits; all but the lock, the parking places and what is waited for is touched only under the lock.
 */
export const CELL = {
  /** 0 free, 1 taken, 2 taken and waited for. */
  lock: 0,
  mode: 1,
  /** Runs taken out of the ring, and put into it; both count on and wrap around. */
  head: 2,
  tail: 3,
  /** The main thread holds more of the recorded order than the ring has room for. */
  pending: 4,
  /** The main thread has been told, and has not come yet. */
  told: 5,
  /** Numbers whoever waits: who came first is notified first. */
  ticket: 6,
  /** One more than the highest number that a thread has had. */
  threads: 7,
} as const

export const MODE = {
  /** The ring holds what the primary recorded; each thread waits for its turn. */
  follow: 0,
  /** So it does, for the last time: when it is empty, the threads go on by themselves. */
  last: 1,
  /** The ring holds what the threads of this replica, the primary, have done. */
  live: 2,
} as const

/** What there is of each thread. */
export const THREAD = {
  /** Not 0: there may be something for the thread to do. */
  park: 0,
  /** It was terminated, at this place of the order. */
  stopped: 1,
  /** It is in `Atomics.wait`, on this buffer and byte, since this ticket. */
  waiting: 2,
  buffer: 3,
  /** Who has numbered the buffer. */
  origin: 4,
  byte: 5,
  ticket: 6,
} as const

const THREAD_CELLS = 8
/** Threads that run at the same time. */
export const THREADS_MAX = 1024
const THREADS_FROM = 16

/** Runs that are not in the history yet, or not followed yet; a thread that finds no room waits. */
export const RUNS_MAX = 4096
/** From here on the main thread is told that there is something to take, or, at a backup, room for more. */
export const RUNS_TOLD: number = RUNS_MAX / 4
/** Operations of one thread in a row. */
export const RUN_LENGTH_MAX: number = 2 ** 30
const RUN_CELLS = 2
const RUNS_FROM = THREADS_FROM + THREADS_MAX * THREAD_CELLS

export const ORDER_BYTES: number = (RUNS_FROM + RUNS_MAX * RUN_CELLS) * Int32Array.BYTES_PER_ELEMENT

export function threadAt(thread: number): number {
  return THREADS_FROM + thread * THREAD_CELLS
}

/** Where the run with this count is; the number of its operations is beside its thread. */
export function runAt(count: number): number {
  return RUNS_FROM + (count & (RUNS_MAX - 1)) * RUN_CELLS
}
