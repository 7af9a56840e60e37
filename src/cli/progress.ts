/** A log that nobody watches gets a line now and then, not thousands. */
const LINE_EVERY_MS = 2000

/** What a long command is doing: one line that changes on a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #stream: NodeJS.WriteStream
  #shownMs = -Infinity
  #shown = false

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  show(text: string): void {
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\u001b[K${text.slice(0, (this.#stream.columns || 80) - 1)}`)
      this.#shown = true
      return
    }
    const nowMs = performance.now()
    // What was skipped is said in any case.
    if (nowMs - this.#shownMs < LINE_EVERY_MS && !text.startsWith('skipped')) return
    this.#shownMs = nowMs
    this.#stream.write(`${text}\n`)
  }

  /** Leaves a clean line. */
  close(): void {
    if (this.#shown) this.#stream.write('\r\u001b[K')
    this.#shown = false
  }
}
