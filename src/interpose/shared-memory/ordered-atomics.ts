import { types } from '../workers/value-types.js'
import type { SharedBuffers } from './shared-buffers.js'
import type { Turns } from './turns.js'

type Shared = Int32Array & BigInt64Array
type Native = (array: unknown, index: unknown, value: unknown, other: unknown) => unknown

export interface OrderedAtomicsTerms {
  readonly turns: Turns
  readonly buffers: SharedBuffers
  /** The program's code runs. */
  readonly inside: () => boolean
  /** What an operation came to, for the check: it differs where a plain access has raced. */
  readonly note: (result: number) => void
  /** `Atomics.wait` on memory of this thread alone: nobody can notify it. */
  readonly sleep: (boundMs: number) => void
  /** A wait is over because so much time has passed. */
  readonly passed: (boundMs: number) => void
  readonly refuseAsync: () => never
}

/** What a realm's `Atomics` calls: `native` is that realm's own. */
export interface OrderedAtomics {
  readonly access: (native: Native, array: unknown, index: unknown, value: unknown, other: unknown) => unknown
  readonly wait: (native: Native, array: unknown, index: unknown, value: unknown, boundMs: unknown) => unknown
  readonly notify: (native: Native, array: unknown, index: unknown, count: unknown) => unknown
  /** Refuses where the wait would be for another thread. */
  readonly waitAsync: (array: unknown) => void
}

/** Conversions call the program's own code, which must not happen in the middle of the order. */
function plain(value: unknown, isBig: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value
  return isBig ? BigInt(value as never) : Number(value)
}

function isBig(array: unknown): boolean {
  return types.isBigInt64Array(array) || types.isBigUint64Array(array)
}

function resultOf(value: unknown): number {
  return typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : Number(value) | 0
}

const WAITED = { ok: 1, 'not-equal': 2, 'timed-out': 3 } as const
type Waited = keyof typeof WAITED

/** What of a wait or a notification there is no way to convert twice. */
function milliseconds(given: unknown): number {
  const bound = given === undefined ? Infinity : Number(given)
  return Number.isNaN(bound) ? Infinity : Math.max(bound, 0)
}

/** `Atomics` on what threads share, each call at its place of the order; on everything else, as it is. */
export function orderedAtomics(terms: OrderedAtomicsTerms): OrderedAtomics {
  const { turns, buffers, note, inside } = terms
  const numberOf = (array: unknown): number | undefined =>
    buffers.any && inside() ? buffers.numberOf(array) : undefined
  const byteOf = (array: unknown, index: unknown): number => {
    const { byteOffset, BYTES_PER_ELEMENT } = array as Shared
    return byteOffset + (Math.trunc(Number(index)) || 0) * BYTES_PER_ELEMENT
  }

  const sharedWait = (native: Native, array: unknown, index: unknown, value: unknown, boundMs: number): Waited => {
    const buffer = numberOf(array) as number
    // Node's own looks at the value and at the arguments, and waits not at all.
    const seen = turns.perform(() => {
      const outcome = native(array, index, value, 0) as Waited
      if (outcome === 'not-equal' || boundMs === 0) return outcome
      turns.enqueue(buffer, byteOf(array, index))
      return undefined
    })
    return seen ?? (turns.awaitNotice(boundMs) ? 'ok' : 'timed-out')
  }

  return {
    access(native, array, index, value, other) {
      if (numberOf(array) === undefined) return native(array, index, value, other)
      const [at, given, further] = [plain(index, false), plain(value, isBig(array)), plain(other, isBig(array))]
      const result = turns.perform(() => native(array, at, given, further))
      note(resultOf(result))
      return result
    },
    wait(native, array, index, value, given) {
      if (!inside()) return native(array, index, value, given)
      const boundMs = milliseconds(given)
      const isShared = numberOf(array) !== undefined
      const outcome = isShared
        ? sharedWait(native, array, plain(index, false), plain(value, isBig(array)), boundMs)
        : native(array, index, value, 0)
      if (!isShared && outcome === 'timed-out') terms.sleep(boundMs)
      if (outcome === 'timed-out') terms.passed(boundMs)
      if (isShared) note(WAITED[outcome as Waited])
      return outcome
    },
    notify(native, array, index, given) {
      const buffer = numberOf(array)
      if (buffer === undefined) return native(array, index, given, undefined)
      const at = plain(index, false)
      const count = given === undefined ? Infinity : Math.max(Math.trunc(Number(given)) || 0, 0)
      const woken = turns.perform(() => {
        native(array, at, 0, undefined)
        return turns.notify(buffer, byteOf(array, at), count)
      })
      note(woken)
      return woken
    },
    waitAsync(array) {
      if (numberOf(array) !== undefined) terms.refuseAsync()
    },
  }
}
