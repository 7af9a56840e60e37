import type { Arrivals, Operations, ThreadCalls, ValueSource } from '../operations.js'
import { VALUE_SOURCE } from '../operations.js'
import { refusal } from '../refusal.js'

/** Read from the thread's own clock, which is the same at every replica. */
const CLOCKS: ReadonlySet<ValueSource> = new Set([VALUE_SOURCE.date, VALUE_SOURCE.hrtime, VALUE_SOURCE.performance])

function refuse(): never {
  throw refusal('LLFT_E_REFUSED_IN_WORKER', 'this call')
}

/**
 * What a thread has of operations: its messages are in order by themselves, and nothing else is. What the main thread
 * records, and what completes there later, is refused here.
 */
export class ThreadOperations implements Operations {
  readonly live = true
  readonly arrivals: Arrivals = { screen: refuse, forget: refuse, withdraw: refuse }
  readonly threads: ThreadCalls = { note: refuse, await: refuse, serve: refuse }
  inside = true

  recordNumber(source: ValueSource, produce: () => number): number {
    return CLOCKS.has(source) || !this.inside ? produce() : refuse()
  }

  recordText(_source: ValueSource, produce: () => string): string {
    return this.inside ? refuse() : produce()
  }

  recordBytes(_source: ValueSource, produce: () => Uint8Array): Uint8Array {
    return this.inside ? refuse() : produce()
  }

  outside<Result>(work: () => Result): Result {
    const before = this.inside
    this.inside = false
    try {
      return work()
    } finally {
      this.inside = before
    }
  }

  submit(): never {
    return refuse()
  }

  flushNow(): never {
    return refuse()
  }

  ask(): never {
    return refuse()
  }

  witness(): never {
    return refuse()
  }

  newAsyncId(): never {
    return refuse()
  }

  complete(): never {
    return refuse()
  }

  onFrame(): never {
    return refuse()
  }

  onPeerChange(): never {
    return refuse()
  }

  expectTails(): never {
    return refuse()
  }

  onLive(): never {
    return refuse()
  }

  holdOpen(): never {
    return refuse()
  }

  freeze(): never {
    return refuse()
  }

  thaw(): never {
    return refuse()
  }

  drain(): never {
    return refuse()
  }

  end(): never {
    return refuse()
  }

  diverged(): never {
    return refuse()
  }
}
