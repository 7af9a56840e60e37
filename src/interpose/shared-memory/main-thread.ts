import type { Operations } from '../operations.js'
import { refusal } from '../refusal.js'
import type { ReplicaClock } from '../replica-clock.js'
import { type OrderedAtomics, orderedAtomics } from './ordered-atomics.js'
import type { SharedBuffers } from './shared-buffers.js'
import type { Pauses, Turns } from './turns.js'

const { load } = Atomics

/** One wait of the driver. */
const SLICE_MS = 1000

/** The main thread never sleeps: it serves its group, and brings the other threads what they wait for. */
export function mainThreadPauses(operations: () => Operations, clock: ReplicaClock): Pauses {
  return {
    park(cells, cell, boundMs) {
      const called = (): boolean => load(cells, cell) !== 0
      return waitFor(operations(), clock, called, boundMs)
    },
    room: () => operations().serveThreads(),
    tell: () => operations().serveThreads(),
  }
}

/** Returns whether the time is over. */
function waitFor(operations: Operations, clock: ReplicaClock, done: () => boolean, boundMs: number): boolean {
  const end = clock.now() + boundMs * 1000
  while (!done()) {
    const leftMs = (end - clock.now()) / 1000
    if (leftMs <= 0) return true
    operations.awaitThreads(done, Math.min(leftMs, SLICE_MS))
  }
  return false
}

/** `Atomics` of the main thread. */
export function mainThreadAtomics(
  operations: Operations,
  { turns, buffers, clock }: { turns: Turns; buffers: SharedBuffers; clock: ReplicaClock },
): OrderedAtomics {
  return orderedAtomics({
    turns,
    buffers,
    inside: () => operations.inside,
    note: (result) => operations.note(result),
    sleep: (boundMs) => {
      // A backup has nothing to wait for.
      if (operations.live) waitFor(operations, clock, () => false, boundMs)
    },
    passed: () => undefined,
    refuseAsync: () => {
      throw refusal('LLFT_E_REFUSED_SHARED_MEMORY', 'Atomics.waitAsync()')
    },
  })
}
