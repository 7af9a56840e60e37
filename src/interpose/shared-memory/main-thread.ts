import type { Operations } from '../operations.js'
import { refusal } from '../refusal.js'
import type { ReplicaClock } from '../replica-clock.js'
import { type OrderedAtomics, orderedAtomics } from './ordered-atomics.js'
import { SharedBuffers } from './shared-buffers.js'
import { ThreadOrder } from './thread-order.js'
import type { Pauses } from './turns.js'

const { load } = Atomics

/** Workers follow: each is an origin of its own. */
const MAIN_ORIGIN = 0
/** One wait of the driver. */
const SLICE_MS = 1000

interface MainThreadTerms {
  readonly operations: () => Operations
  readonly clock: ReplicaClock
}

/** The main thread never sleeps: it serves its group, and brings the other threads what they wait for. */
function mainThreadPauses(terms: MainThreadTerms): Pauses {
  const { operations } = terms
  return {
    park: (cells, cell, boundMs) => wait(terms, () => load(cells, cell) !== 0, boundMs),
    room: () => operations().threads.serve(),
    tell: () => operations().threads.serve(),
  }
}

/** Returns whether the time is over. */
function wait({ operations, clock }: MainThreadTerms, done: () => boolean, boundMs: number): boolean {
  const end = clock.now() + boundMs * 1000
  while (!done()) {
    const leftMs = (end - clock.now()) / 1000
    if (leftMs <= 0) return true
    operations().threads.await(done, Math.min(leftMs, SLICE_MS))
  }
  return false
}

/** What the main thread has of the order of the threads. */
export interface MainThread {
  readonly order: ThreadOrder
  readonly buffers: SharedBuffers
  readonly atomics: OrderedAtomics
}

export function mainThread(terms: MainThreadTerms): MainThread {
  const { operations } = terms
  const order = new ThreadOrder(mainThreadPauses(terms))
  const buffers = new SharedBuffers(MAIN_ORIGIN)
  const atomics = orderedAtomics({
    turns: order.turns,
    buffers,
    inside: () => operations().inside,
    note: (result) => operations().threads.note(result),
    sleep: (boundMs) => {
      // A backup has nothing to wait for.
      if (operations().live) wait(terms, () => false, boundMs)
    },
    passed: () => undefined,
    refuseAsync: () => {
      throw refusal('LLFT_E_REFUSED_SHARED_MEMORY', 'Atomics.waitAsync()')
    },
  })
  return { order, buffers, atomics }
}
