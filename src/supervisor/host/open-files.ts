import type { StreamId } from '../../message/index.js'

/** The files that the program has open for writing, by the stream on which it opened them; bounded by what it opens. */
export class OpenFiles {
  readonly #descriptors = new Map<StreamId, number>()
  /** The end of the last call on each file: one after the other, as an append log needs it. */
  readonly #turns = new Map<StreamId, Promise<unknown>>()

  opened(file: StreamId, descriptor: number): void {
    this.#descriptors.set(file, descriptor)
  }

  /** -1, which the system answers with EBADF, when it is not open any more. */
  descriptor(file: StreamId): number {
    return this.#descriptors.get(file) ?? -1
  }

  closed(file: StreamId): void {
    this.#descriptors.delete(file)
    this.#turns.delete(file)
  }

  /** Runs `work` when what was asked of the same file before is done. */
  async inTurn<Result>(file: StreamId, work: (descriptor: number) => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(file)
    const turn = (async (): Promise<Result> => {
      // What becomes of the call before is told to whoever made it.
      await before?.catch(() => undefined)
      return work(this.descriptor(file))
    })()
    this.#turns.set(file, turn)
    return turn
  }
}
