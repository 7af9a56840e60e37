import { CELL, MODE, RUN_LENGTH_MAX, RUNS_MAX, RUNS_TOLD, runAt, THREAD, threadAt } from './layout.js'
import { lock, unlock } from './lock.js'
import type { BufferNumber } from './shared-buffers.js'

const { exchange, notify, store, wait } = Atomics

/** How a thread waits: a worker sleeps, the main thread serves its group meanwhile. */
export interface Pauses {
  /** Until the cell is not 0, or so long; true: the time is over. */
  park(cells: Int32Array, cell: number, boundMs: number): boolean
  /** The ring was full, with this run as the oldest. */
  room(cells: Int32Array, head: number): void
  /** The main thread has something to take out of the ring, or to put into it. */
  tell(): void
}

/**
 * One thread's view of the order in which the threads of this replica touch what they share. At the primary the order
 * is that of a lock, and recorded; at a backup it is the recorded one, and a thread waits for its turn.
 */
export class Turns {
  readonly cells: Int32Array
  readonly thread: number
  readonly #pauses: Pauses
  readonly #own: number
  #holding = false

  constructor(cells: Int32Array, thread: number, pauses: Pauses) {
    this.cells = cells
    this.thread = thread
    this.#pauses = pauses
    this.#own = threadAt(thread)
  }

  /** Does what comes next in the order, by this thread; nothing else of the order happens meanwhile. */
  perform<Result>(act: () => Result): Result {
    // A getter of the program, in a message that is posted, say.
    if (this.#holding) return act()
    this.#enter()
    this.#holding = true
    try {
      return act()
    } finally {
      this.#holding = false
      this.#leave()
    }
  }

  /** Within `perform`: this thread waits from here on. */
  enqueue({ origin, count }: BufferNumber, byte: number): void {
    const { cells } = this
    cells[this.#own + THREAD.origin] = origin
    cells[this.#own + THREAD.buffer] = count
    cells[this.#own + THREAD.byte] = byte
    cells[this.#own + THREAD.ticket] = cells[CELL.ticket] as number
    cells[CELL.ticket] = ((cells[CELL.ticket] as number) + 1) | 0
    cells[this.#own + THREAD.waiting] = 1
  }

  /** True: another thread has notified this one. False: it has waited for so long, which is in the order, too. */
  awaitNotice(boundMs: number): boolean {
    const { cells } = this
    for (let over = false; ;) {
      lock(cells, CELL.lock)
      // Straight on from where it has got the lock: V8 ends a thread where it calls a function or loops.
      if (cells[this.#own + THREAD.stopped] !== 0) {
        if (exchange(cells, CELL.lock, 0) === 2) notify(cells, CELL.lock, 1)
        for (;;) wait(cells, this.#own + THREAD.stopped, 1)
      }
      if (cells[this.#own + THREAD.waiting] === 0) {
        unlock(cells, CELL.lock)
        return true
      }
      const live = cells[CELL.mode] === MODE.live
      if (live ? over && this.#hasRoom() : this.#isNext()) {
        cells[this.#own + THREAD.waiting] = 0
        this.#leave()
        return false
      }
      const full = live && over
      const head = cells[CELL.head] as number
      cells[this.#own + THREAD.park] = 0
      unlock(cells, CELL.lock)
      if (full) this.#pauses.room(cells, head)
      else over = this.#pauses.park(cells, this.#own + THREAD.park, live ? boundMs : Infinity)
    }
  }

  /** Within `perform`: wakes who has waited longest, at most so many. */
  notify(buffer: BufferNumber, byte: number, count: number): number {
    let woken = 0
    for (; woken < count; woken++) {
      const thread = this.#firstWaiting(buffer, byte)
      if (thread === undefined) break
      this.cells[threadAt(thread) + THREAD.waiting] = 0
      this.#unpark(thread)
    }
    return woken
  }

  #firstWaiting({ origin, count }: BufferNumber, byte: number): number | undefined {
    const { cells } = this
    let first: number | undefined
    let least = 0
    for (let thread = 0; thread < (cells[CELL.threads] as number); thread++) {
      const at = threadAt(thread)
      if (cells[at + THREAD.waiting] === 0 || cells[at + THREAD.origin] !== origin) continue
      if (cells[at + THREAD.buffer] !== count || cells[at + THREAD.byte] !== byte) continue
      const ticket = cells[at + THREAD.ticket] as number
      if (first !== undefined && ((ticket - least) | 0) > 0) continue
      first = thread
      least = ticket
    }
    return first
  }

  /** Returns with the lock, when it is this thread's turn. */
  #enter(): void {
    const { cells } = this
    for (;;) {
      lock(cells, CELL.lock)
      // Straight on from where it has got the lock: V8 ends a thread where it calls a function or loops.
      if (cells[this.#own + THREAD.stopped] !== 0) {
        if (exchange(cells, CELL.lock, 0) === 2) notify(cells, CELL.lock, 1)
        for (;;) wait(cells, this.#own + THREAD.stopped, 1)
      }
      const live = cells[CELL.mode] === MODE.live
      if (live ? this.#hasRoom() : this.#isNext()) return
      const head = cells[CELL.head] as number
      cells[this.#own + THREAD.park] = 0
      unlock(cells, CELL.lock)
      if (live) this.#pauses.room(cells, head)
      else this.#pauses.park(cells, this.#own + THREAD.park, Infinity)
    }
  }

  #used(): number {
    return ((this.cells[CELL.tail] as number) - (this.cells[CELL.head] as number)) | 0
  }

  #isNext(): boolean {
    return this.#used() > 0 && this.cells[runAt(this.cells[CELL.head] as number)] === this.thread
  }

  #hasRoom(): boolean {
    return this.#used() < RUNS_MAX
  }

  /** What has been done is in the order; gives the lock back. */
  #leave(): void {
    const { cells } = this
    const told = cells[CELL.told]
    if (cells[CELL.mode] === MODE.live) this.#record()
    else this.#follow()
    const tell = told !== cells[CELL.told]
    unlock(cells, CELL.lock)
    if (tell) this.#pauses.tell()
  }

  #record(): void {
    const { cells } = this
    const tail = cells[CELL.tail] as number
    const used = this.#used()
    const last = runAt(tail - 1)
    if (used > 0 && cells[last] === this.thread && (cells[last + 1] as number) < RUN_LENGTH_MAX) {
      cells[last + 1] = (cells[last + 1] as number) + 1
      return
    }
    cells[runAt(tail)] = this.thread
    cells[runAt(tail) + 1] = 1
    cells[CELL.tail] = (tail + 1) | 0
    if (used >= RUNS_TOLD) cells[CELL.told] = 1
  }

  #follow(): void {
    const { cells } = this
    const head = cells[CELL.head] as number
    const left = (cells[runAt(head) + 1] as number) - 1
    cells[runAt(head) + 1] = left
    if (left > 0) return
    cells[CELL.head] = (head + 1) | 0
    if (cells[CELL.pending] !== 0 && this.#used() < RUNS_TOLD) cells[CELL.told] = 1
    if (this.#used() > 0) this.#unpark(cells[runAt(head + 1)] as number)
    else if (cells[CELL.mode] === MODE.last) this.#goLive()
  }

  #unpark(thread: number): void {
    store(this.cells, threadAt(thread) + THREAD.park, 1)
    notify(this.cells, threadAt(thread) + THREAD.park)
  }

  #goLive(): void {
    this.cells[CELL.mode] = MODE.live
    for (let thread = 0; thread < (this.cells[CELL.threads] as number); thread++) this.#unpark(thread)
  }

  // Of the main thread, which has the history

  /** Takes what the threads have done out of the ring, as threads and numbers of operations. */
  takeRuns(): number[] {
    const { cells } = this
    const runs: number[] = []
    lock(cells, CELL.lock)
    cells[CELL.told] = 0
    if (cells[CELL.mode] === MODE.live) {
      for (; this.#used() > 0; cells[CELL.head] = ((cells[CELL.head] as number) + 1) | 0) {
        const at = runAt(cells[CELL.head] as number)
        runs.push(cells[at] as number, cells[at + 1] as number)
      }
    }
    unlock(cells, CELL.lock)
    notify(cells, CELL.head)
    return runs
  }

  /** Puts recorded runs into the ring as far as there is room; returns how many numbers of `runs` are in. */
  putRuns(runs: readonly number[], from: number): number {
    const { cells } = this
    lock(cells, CELL.lock)
    cells[CELL.told] = 0
    let at = from
    for (; at < runs.length && this.#hasRoom(); at += 2) {
      const tail = cells[CELL.tail] as number
      cells[runAt(tail)] = runs[at] as number
      cells[runAt(tail) + 1] = runs[at + 1] as number
      cells[CELL.tail] = (tail + 1) | 0
      if (this.#used() === 1) this.#unpark(runs[at] as number)
    }
    cells[CELL.pending] = at < runs.length ? 1 : 0
    unlock(cells, CELL.lock)
    return at
  }

  /** No more of the recorded order comes. */
  endRecord(): void {
    const { cells } = this
    lock(cells, CELL.lock)
    cells[CELL.mode] = MODE.last
    if (this.#used() === 0) this.#goLive()
    unlock(cells, CELL.lock)
  }

  /** Whether the ring holds recorded turns of this thread. */
  awaits(thread: number): boolean {
    const { cells } = this
    lock(cells, CELL.lock)
    let found = false
    const head = cells[CELL.head] as number
    for (let at = 0; at < this.#used() && cells[CELL.mode] !== MODE.live; at++) {
      if (cells[runAt(head + at)] === thread) found = true
    }
    unlock(cells, CELL.lock)
    return found
  }

  /** A thread begins, with a number that no other has now. */
  add(thread: number): void {
    const { cells } = this
    lock(cells, CELL.lock)
    cells.fill(0, threadAt(thread), threadAt(thread + 1))
    cells[CELL.threads] = Math.max(cells[CELL.threads] as number, thread + 1)
    unlock(cells, CELL.lock)
  }

  /** A thread is about to be terminated: what it does after this place of the order has not happened. */
  stop(thread: number): void {
    this.perform(() => {
      this.cells[threadAt(thread) + THREAD.stopped] = 1
      this.cells[threadAt(thread) + THREAD.waiting] = 0
    })
  }
}
