import { ENTRY, ENTRY_BYTES_MAX } from '../../message/index.js'
import { CELL, MODE, ORDER_BYTES, RUNS_TOLD, THREADS_MAX } from './layout.js'
import { type Pauses, Turns } from './turns.js'

const { load } = Atomics

/** Second byte of an entry of the threads' order. */
const FLAG = {
  /** It counts from here on; without the flag, from the next entry of an operation on. */
  whole: 1,
  /** What came before and does not count yet never will: it was the last of a primary that died. */
  voids: 2,
} as const

/** The longest run: thread and number of operations. */
const RUN_BYTES_MAX = 10
const MAIN_THREAD = 0

export function isOfThreads(entry: Uint8Array): boolean {
  return entry[0] === ENTRY.threads
}

/** It does not wait for the entry of an operation. */
export function isWholeOrder(entry: Uint8Array): boolean {
  return ((entry[1] as number) & FLAG.whole) !== 0
}

/**
 * The order of the threads in the history (ADR 38). The primary takes what its threads have done, and writes it before
 * the entry of the operation with which it was sealed; a backup gives it to its threads together with that entry. So
 * what a history holds of the threads and of the main thread is a consistent cut, wherever it ends.
 */
export class ThreadOrder {
  readonly turns: Turns
  readonly memory: SharedArrayBuffer = new SharedArrayBuffer(ORDER_BYTES)
  readonly #cells: Int32Array
  readonly #threads = new Set<number>([MAIN_THREAD])
  #origins = 0
  #left = MAIN_THREAD
  /** Read from the history, with the entry that makes them count not here yet. */
  #unbound: number[] = []
  /** They count, and the ring has no room for them yet. */
  #pending: number[] = []
  #put = 0
  #voids = false
  #ended = false

  constructor(pauses: Pauses) {
    this.#cells = new Int32Array(this.memory)
    this.turns = new Turns(this.#cells, MAIN_THREAD, pauses)
    this.turns.add(MAIN_THREAD)
  }

  /**
   * The lowest number that is free, the same at every replica, and one that no other thread ever has; undefined: there
   * are too many threads. What was left last is not free yet: the order that came with the end of its thread may hold
   * turns of one that was started there.
   */
  addThread(): { thread: number; origin: number } | undefined {
    let thread = 0
    while (this.#threads.has(thread) || thread === this.#left) thread++
    if (thread >= THREADS_MAX) return undefined
    this.#threads.add(thread)
    this.turns.add(thread)
    return { thread, origin: ++this.#origins }
  }

  /** There are workers whose end is not in order yet. */
  get hasWorkers(): boolean {
    return this.#threads.size > 1
  }

  /** Its end is in order; false: by the record it has not come to it yet. */
  removeThread(thread: number): boolean {
    this.#threads.delete(thread)
    this.#left = thread
    const isPending = this.#pending.some((of, at) => at >= this.#put && at % 2 === 0 && of === thread)
    return !isPending && !this.turns.awaits(thread)
  }

  // Primary

  /** So much waits that it should go into the history now. */
  get isFilling(): boolean {
    return this.#done >= RUNS_TOLD
  }

  /** Runs that are done and not in the history yet. */
  get #done(): number {
    if (load(this.#cells, CELL.mode) !== MODE.live) return 0
    return (load(this.#cells, CELL.tail) - load(this.#cells, CELL.head)) | 0
  }

  /** What the threads have done, as entries; `whole`: no entry of an operation follows. */
  takeEntries(whole: boolean): readonly Uint8Array[] {
    if (!this.#voids && this.#done === 0) return []
    const entries = encode(this.turns.takeRuns(), this.#voids)
    this.#voids = false
    const last = entries.at(-1) as Uint8Array
    if (whole) last[1] = (last[1] as number) | FLAG.whole
    return entries
  }

  // Backup

  /** An entry of the history. */
  read(entry: Uint8Array): void {
    if (((entry[1] as number) & FLAG.voids) !== 0) this.#unbound = []
    decode(entry, this.#unbound)
    if (isWholeOrder(entry)) this.bind()
  }

  /** What was read counts. */
  bind(): void {
    if (this.#unbound.length === 0) return
    this.#pending = [...this.#pending.slice(this.#put), ...this.#unbound]
    this.#put = 0
    this.#unbound = []
    this.pump()
  }

  /** Gives the threads as much of the recorded order as there is room for. */
  pump(): void {
    if (this.#put === this.#pending.length) return
    this.#put = this.turns.putRuns(this.#pending, this.#put)
    if (this.#put < this.#pending.length) return
    this.#pending = []
    this.#put = 0
    if (this.#ended) this.turns.endRecord()
  }

  /** This replica decides from here on: its threads follow what counts to the end, and go on by themselves. */
  takeOver(): void {
    this.#voids = this.#unbound.length > 0
    this.#unbound = []
    this.#ended = true
    this.pump()
    if (this.#pending.length === 0) this.turns.endRecord()
  }
}

/** Runs as pairs of thread and number of operations: a byte for one operation of one of the first 64 threads. */
function encode(runs: readonly number[], voids: boolean): readonly Uint8Array[] {
  const entries: Uint8Array[] = []
  let bytes: number[] = [ENTRY.threads, voids ? FLAG.voids : 0]
  const varint = (value: number): void => {
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
    bytes.push(rest)
  }
  for (let at = 0; at < runs.length; at += 2) {
    if (bytes.length + RUN_BYTES_MAX > ENTRY_BYTES_MAX) {
      entries.push(Uint8Array.from(bytes))
      bytes = [ENTRY.threads, 0]
    }
    const [thread, length] = [runs[at] as number, runs[at + 1] as number]
    varint(thread * 2 + Number(length > 1))
    if (length > 1) varint(length)
  }
  entries.push(Uint8Array.from(bytes))
  return entries
}

function decode(entry: Uint8Array, into: number[]): void {
  let at = 2
  const varint = (): number => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = entry[at++] as number
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < entry.length) {
    const head = varint()
    into.push(head >> 1, head % 2 === 1 ? varint() : 1)
  }
}
