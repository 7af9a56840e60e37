import { types } from '../workers/value-types.js'
import type { BufferNumber, SharedBuffers } from './shared-buffers.js'
import type { Turns } from './turns.js'

/** What the program gives: an array, an index, and up to two values. */
export type Given = readonly [array: unknown, index?: unknown, value?: unknown, other?: unknown]
export type NativeAtomics = (...given: Given) => unknown

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
  readonly access: (native: NativeAtomics, given: Given) => unknown
  readonly wait: (native: NativeAtomics, given: Given) => unknown
  readonly notify: (native: NativeAtomics, given: Given) => unknown
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

const WAITED = { 'ok': 1, 'not-equal': 2, 'timed-out': 3 } as const
type Waited = keyof typeof WAITED

/** As the language converts it; once, because that may call the program. */
function milliseconds(given: unknown): number {
  const bound = given === undefined ? Infinity : Number(given)
  return Number.isNaN(bound) ? Infinity : Math.max(bound, 0)
}

function byteOf(array: unknown, index: unknown): number {
  const { byteOffset, BYTES_PER_ELEMENT } = array as Int32Array
  return byteOffset + (Math.trunc(Number(index)) || 0) * BYTES_PER_ELEMENT
}

type Wait = (native: NativeAtomics, given: Given, boundMs: number) => Waited

/** `Atomics.wait` on the buffer with this number, or, undefined, on memory of this thread alone. */
function waiting(terms: OrderedAtomicsTerms, buffer: BufferNumber | undefined): Wait {
  const { turns, note, sleep } = terms
  if (buffer === undefined) {
    return (native, [array, index, value], boundMs) => {
      const outcome = native(array, index, value, 0) as Waited
      if (outcome === 'timed-out') sleep(boundMs)
      return outcome
    }
  }
  return (native, [array, index, value], boundMs) => {
    const [at, expected] = [plain(index, false), plain(value, isBig(array))]
    // Node's own looks at the value and at the arguments, and waits not at all.
    const seen = turns.perform(() => {
      const outcome = native(array, at, expected, 0) as Waited
      if (outcome === 'not-equal' || boundMs === 0) return outcome
      turns.enqueue(buffer, byteOf(array, at))
      return undefined
    })
    const outcome = seen ?? (turns.awaitNotice(boundMs) ? 'ok' : 'timed-out')
    note(WAITED[outcome])
    return outcome
  }
}

/** `Atomics` on what threads share, each call at its place of the order; on everything else, as it is. */
export function orderedAtomics(terms: OrderedAtomicsTerms): OrderedAtomics {
  const { turns, buffers, note, inside } = terms
  const numberOf = (array: unknown): BufferNumber | undefined =>
    buffers.any && inside() ? buffers.numberOf(array) : undefined
  return {
    access(native, given) {
      const [array, index, value, other] = given
      if (numberOf(array) === undefined) return native(...given)
      const at = plain(index, false)
      const isOfBig = isBig(array)
      const [first, second] = [plain(value, isOfBig), plain(other, isOfBig)]
      const result = turns.perform(() => native(array, at, first, second))
      note(resultOf(result))
      return result
    },
    wait(native, given) {
      if (!inside()) return native(...given)
      const boundMs = milliseconds(given[3])
      const outcome = waiting(terms, numberOf(given[0]))(native, given, boundMs)
      if (outcome === 'timed-out') terms.passed(boundMs)
      return outcome
    },
    notify(native, given) {
      const [array, index, most] = given
      const buffer = numberOf(array)
      if (buffer === undefined) return native(...given)
      const at = plain(index, false)
      const count = most === undefined ? Infinity : Math.max(Math.trunc(Number(most)) || 0, 0)
      const woken = turns.perform(() => {
        native(array, at, 0)
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
