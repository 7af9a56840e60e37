/** The outputs of one turn's operations share datagrams, of so many operations at most, ... */
const OPERATIONS_PER_FLUSH_MAX = 128
/** ... and none waits for another operation once it has waited for so long. */
const OUTPUT_WAIT_MAX_MS = 1

/** When the outputs of a turn that goes on leave (ADR 43). Told the time, in milliseconds of any steady clock. */
export class FlushPace {
  #operations = 0
  #sinceMs = 0

  begin(nowMs: number): void {
    this.#operations = 0
    this.#sinceMs = nowMs
  }

  /** After an operation: whether what is there leaves before the next one. */
  due(nowMs: number): boolean {
    if (++this.#operations < OPERATIONS_PER_FLUSH_MAX && nowMs - this.#sinceMs < OUTPUT_WAIT_MAX_MS) return false
    this.begin(nowMs)
    return true
  }
}
