import type { Operations } from '../operations.js'
import { CELL } from './layout.js'
import { type OrderedAtomics, orderedAtomics } from './ordered-atomics.js'
import type { SharedBuffers } from './shared-buffers.js'
import type { Pauses, Turns } from './turns.js'

const { wait } = Atomics

/** A worker sleeps. */
export function workerPauses(tell: () => void): Pauses {
  return {
    park: (cells, cell, boundMs) => wait(cells, cell, 0, boundMs) === 'timed-out',
    room: (cells, head) => void wait(cells, CELL.head, head),
    tell,
  }
}

export interface WorkerAtomicsTerms {
  readonly turns: Turns
  readonly buffers: SharedBuffers
  /** What goes with all that the thread posts. */
  readonly digest: { note(value: number): void }
  readonly clock: { passed(ms: number): void }
  readonly refuseAsync: () => never
}

/** `Atomics` of a worker. Its clock goes on by what it has waited in vain. */
export function workerAtomics(
  operations: Pick<Operations, 'inside'>,
  { turns, buffers, digest, clock, refuseAsync }: WorkerAtomicsTerms,
): OrderedAtomics {
  const nothing = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  return orderedAtomics({
    turns,
    buffers,
    inside: () => operations.inside,
    note: (result) => digest.note(result),
    sleep: (boundMs) => void wait(nothing, 0, 0, boundMs),
    passed: (boundMs) => clock.passed(boundMs),
    refuseAsync,
  })
}
