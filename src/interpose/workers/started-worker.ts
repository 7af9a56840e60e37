import type { EventEmitter } from 'node:events'
import { mixNumber } from '../../base/index.js'
import type { NativeFunction } from '../edge-internals.js'
import type { EdgeTerms } from '../edge-terms.js'
import { recordBuffer } from '../facts/recorded.js'
import { refusal } from '../refusal.js'
import { type FromThread, type NodeMessage, type Port, onArrival } from './terms.js'

interface Handle extends Record<string, unknown> {
  readonly threadId: number
  onexit: ((code: number, error: unknown, reason: unknown) => void) | null
}

/** Those of C++ that act at once and tell nothing of the thread. */
const ACTIONS: ReadonlySet<string> = new Set(['constructor', 'startThread', 'hasRef', 'ref', 'unref'])
/** Node's, for a worker that was terminated. */
const EXIT_TERMINATED = 1

/** Has what a worker posts, and its end, become operations of the main thread. */
export function superviseWorker(terms: EdgeTerms, worker: EventEmitter, thread: number): void {
  const started = new StartedWorker(terms, worker, thread)
  started.listen()
}

class StartedWorker {
  readonly #terms: EdgeTerms
  readonly #handle: Handle
  readonly #ports: readonly Port[]
  readonly #threadId: number
  /** Its number in the order of the threads. */
  readonly #thread: number
  readonly #worker: EventEmitter
  #messages = 0
  #paused = false
  #ended = false
  #terminated = false

  constructor(terms: EdgeTerms, worker: EventEmitter, thread: number) {
    this.#terms = terms
    this.#thread = thread
    this.#worker = worker
    const ownOf = (name: string): unknown => {
      const symbol = Object.getOwnPropertySymbols(worker).find(({ description }) => description === name)
      return Reflect.get(worker, symbol ?? name)
    }
    this.#handle = ownOf('kHandle') as Handle
    this.#threadId = this.#handle.threadId
    const [ownPort, publicPort] = [ownOf('kPort') as Port, ownOf('kPublicPort') as Port]
    this.#ports = [publicPort, ownPort]
  }

  listen(): void {
    const [publicPort, ownPort] = this.#ports as readonly [Port, Port]
    onArrival(ownPort, (data) => {
      const { type, llftCheck } = data as NodeMessage
      this.#witness(llftCheck, type)
      return data
    })
    onArrival(publicPort, (data) => {
      const [check, message, buffers] = data as FromThread
      this.#terms.threads.buffers.take(buffers)
      this.#witness(check, 'message')
      return message
    })
    const { arrivals } = this.#terms.operations
    const arrives = (): boolean => !this.#terminated
    arrivals.screen(ownPort, { arrives })
    arrivals.screen(publicPort, { arrives, ready: () => !this.#paused || this.#ended })
    arrivals.screen(this.#handle, { arrives: () => this.#drain() })
    this.#followListeners()
    this.#replaceEnd()
    this.#replaceMembers()
  }

  #witness(check: number | undefined, what: string): void {
    const number = ++this.#messages
    this.#terms.operations.witness(check ?? 0, () => `\`${what}\`, message ${number} of worker ${this.#threadId},`)
  }

  /**
   * The thread has ended. What it has posted comes before its end, as operations of its own: Node would deliver it in
   * the operation of the end, which is too late where some of it has come already.
   */
  #drain(): boolean {
    const { drainMessagePort } = this.#terms.internals.binding('messaging') as {
      drainMessagePort: (port: Port) => void
    }
    this.#ended = true
    for (const port of this.#ports) drainMessagePort(port)
    return true
  }

  /** Node leaves the messages of a worker that has lost its last listener in the port, until there is one again. */
  #followListeners(): void {
    const worker = this.#worker
    worker.on('newListener', (event) => {
      if (event === 'message') this.#paused = false
    })
    worker.on('removeListener', (event) => {
      if (event === 'message' && worker.listenerCount('message') === 0) this.#paused = true
    })
  }

  /**
   * When a thread is stopped, it may have come further at one replica than at another. What it has posted and is not in
   * order yet is dropped, and it ends as one that was stopped.
   */
  #replaceEnd(): void {
    const { operations, threads } = this.#terms
    const handle = this.#handle
    const stopThread = handle['stopThread'] as NativeFunction
    handle['stopThread'] = (): unknown => {
      if (operations.inside && !this.#terminated) threads.order.turns.stop(this.#thread)
      this.#terminated = true
      for (const port of this.#ports) operations.arrivals.forget(port)
      return Reflect.apply(stopThread, handle, [])
    }
    const { onexit } = handle
    handle.onexit = (code, error, reason): void => {
      if (!threads.order.removeThread(this.#thread)) {
        operations.diverged(`worker ${this.#threadId} has ended where the primary's goes on with shared memory`)
      }
      if (this.#terminated) return onexit?.call(handle, EXIT_TERMINATED, undefined, undefined)
      this.#witness(mixNumber(code, error === undefined || error === null ? 0 : 1), 'exit')
      onexit?.call(handle, code, error, reason)
    }
  }

  /** What a thread does for itself, and when, is its own affair at each replica. */
  #replaceMembers(): void {
    const { operations } = this.#terms
    const handle = this.#handle
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(handle))) {
      if (ACTIONS.has(name) || name === 'stopThread') continue
      const real = handle[name]
      if (typeof real !== 'function') continue
      handle[name] = (...given: unknown[]): unknown => {
        if (!operations.inside) return Reflect.apply(real as NativeFunction, handle, given)
        if (name !== 'getResourceLimits') throw refusal('LLFT_E_REFUSED_WORKER', `worker.${name}()`)
        const limits = new Float64Array(Reflect.apply(real as NativeFunction, handle, []) as Float64Array)
        recordBuffer(operations, limits, () => undefined)
        return limits
      }
    }
  }
}
