import type { ChildLimits, ChildStart, FromChild, ToChild } from '../../driver/index.js'
import type { StreamId } from '../../message/index.js'
import { Child, startProcess } from './child.js'
import type { ChildTerms } from './child.js'
import { FinishedChild } from './finished-child.js'
import type { CallResult } from './results.js'

const NO_LIMITS: ChildLimits = { timeoutMs: undefined, outputBytesMax: undefined, killSignal: undefined }
const ESRCH = -3

export interface ChildrenTerms extends Pick<ChildTerms, 'files' | 'print'> {
  /** A record on the stream of the call that started a child. */
  readonly tell: (stream: StreamId, message: FromChild, bytes?: Uint8Array) => void
}

/** The program's child processes; bounded by what it starts. */
export class Children {
  readonly #terms: ChildrenTerms
  readonly #running = new Map<StreamId, Child>()
  readonly #finished = new Map<StreamId, FinishedChild>()

  constructor(terms: ChildrenTerms) {
    this.#terms = terms
  }

  /** The value is the process id. Records about the child follow the answer. */
  async spawn(stream: StreamId, start: ChildStart): Promise<CallResult> {
    const process = await startProcess(start, this.#terms)
    const tell: ChildTerms['tell'] = (message, bytes) => {
      if (message.from === 'exit') this.#running.delete(stream)
      this.#terms.tell(stream, message, bytes)
    }
    this.#running.set(stream, new Child(process, start, { ...this.#terms, tell }))
    return { value: process.pid }
  }

  /** Answers when the child has ended. */
  async spawnSync(stream: StreamId, start: ChildStart, input: Uint8Array): Promise<CallResult> {
    const finished = await this.#finish(start, input)
    this.#finished.set(stream, finished)
    return { value: finished.result }
  }

  output([stream, fd, from, length]: readonly number[]): CallResult {
    return { body: this.#finished.get(stream as StreamId)?.output(fd as number, from as number, length as number) }
  }

  forget(stream: StreamId): void {
    this.#finished.delete(stream)
  }

  kill(stream: StreamId, signal: number): void {
    if (this.#running.get(stream)?.kill(signal) !== true) {
      throw Object.assign(new Error('no such process'), { errno: ESRCH, syscall: 'kill' })
    }
  }

  /** Lost on one that has ended, as what is written to a pipe that nobody reads. */
  take(stream: StreamId, message: ToChild, bytes: Uint8Array): void {
    this.#running.get(stream)?.take(message, bytes)
  }

  congest(congested: boolean): void {
    for (const child of this.#running.values()) child.congest(congested)
  }

  async #finish(start: ChildStart, input: Uint8Array): Promise<FinishedChild> {
    try {
      const process = await startProcess(start, this.#terms)
      return await FinishedChild.of(process, start.limits ?? NO_LIMITS, input)
    } catch (error) {
      const { errno } = error as NodeJS.ErrnoException
      if (errno === undefined) throw error
      return FinishedChild.failed(errno, start.wiring)
    }
  }
}
