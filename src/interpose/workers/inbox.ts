import type { Port } from './terms.js'

/** One of the ports by which the main thread's messages come to a worker. */
export interface Inlet {
  readonly port: Port
  /** Its messages are listened for. */
  started: boolean
  /** Messages that the program has got, or will never get. */
  taken: number
  /** Those that the event loop has brought, and that are not in order yet. */
  readonly waiting: { readonly data: unknown; readonly stamp: Stamp; readonly deliver: () => unknown }[]
}

/** How many messages there were on each port when one was posted, itself included. */
export type Stamp = readonly number[] | undefined

/**
 * The messages of all ports of a worker, in the order in which the main thread posted them: how Node's event loop
 * takes turns between ports differs between replicas. A port that nobody listens to holds up no other.
 */
export class Inbox {
  /** By their numbers; the worker's own port is the first. */
  readonly #inlets: Inlet[] = []
  readonly #later: (call: () => void) => void
  #scheduled = false

  /** `later`: calls from the event loop, with nothing else of the program on the stack. */
  constructor(later: (call: () => void) => void) {
    this.#later = later
  }

  add(line: number, port: Port): Inlet {
    const inlet: Inlet = { port, started: false, taken: 0, waiting: [] }
    this.#inlets[line] = inlet
    return inlet
  }

  /** Node's event loop brings a message; it is delivered at once, or later. */
  arrive(inlet: Inlet, message: Inlet['waiting'][number]): unknown {
    if (inlet.waiting.length > 0 || !this.#isNext(inlet, message.stamp)) {
      inlet.waiting.push(message)
      return undefined
    }
    inlet.taken++
    const result = message.deliver()
    this.goOn()
    return result
  }

  /** A message was taken: others may be next. */
  goOn(): void {
    if (this.#scheduled || this.#next() === undefined) return
    this.#scheduled = true
    this.#later(() => {
      this.#scheduled = false
      const inlet = this.#next()
      if (inlet === undefined) return
      inlet.taken++
      inlet.waiting.shift()?.deliver()
      this.goOn()
    })
  }

  #next(): Inlet | undefined {
    return this.#inlets.find((inlet) => {
      const [first] = inlet.waiting
      return first !== undefined && isListened(inlet) && this.#isNext(inlet, first.stamp)
    })
  }

  /** All that was posted before, on ports that are listened to, has been taken. */
  #isNext(inlet: Inlet, stamp: Stamp): boolean {
    if (stamp === undefined) return true
    return stamp.every((count, line) => {
      const other = this.#inlets[line]
      return other === undefined || other === inlet || !isListened(other) || other.taken >= count
    })
  }
}

function isListened({ port, started }: Inlet): boolean {
  return started || port.listenerCount('message') > 0
}
