import { ClientStream } from './client-stream.js'
import type { ClientStreamOwner } from './client-stream.js'
import { STOP_GRACE_MS } from './limits.js'
import type { Counters } from './statistics.js'

/**
 * Connections that no program knows any more: their clients get what was released to them, within bounds. Apart from
 * the gateway's side that had them, so that it ends at once, and the history that it holds with it.
 */
export class Leaving implements ClientStreamOwner {
  readonly #counters: Counters
  /** Bounded by `STREAMS_MAX`, like all. */
  readonly #streams = new Set<ClientStream>()
  /** One for each side of the gateway. */
  readonly #waiting: (() => void)[] = []

  constructor(counters: Counters) {
    this.#counters = counters
  }

  take(stream: ClientStream): void {
    const leaving = new ClientStream(stream.id, stream.release(), this)
    this.#streams.add(leaving)
    leaving.close()
  }

  /** At the end of the process; who is still there then is reset. */
  async emptied(): Promise<void> {
    if (this.#streams.size === 0) return
    await new Promise<void>((resolve) => {
      const bound = setTimeout(resolve, STOP_GRACE_MS)
      this.#waiting.push(() => {
        clearTimeout(bound)
        resolve()
      })
    })
    for (const stream of this.#streams) stream.reset()
  }

  gone(stream: ClientStream): void {
    this.#streams.delete(stream)
    this.#counters.streams--
    if (this.#streams.size === 0) for (const emptied of this.#waiting.splice(0)) emptied()
  }

  data(): void {}

  end(): void {}

  taken(): void {}

  touched(): void {}
}
