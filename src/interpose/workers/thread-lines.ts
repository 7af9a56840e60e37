import type { Binding, NativeFunction } from '../edge-internals.js'
import type { Internals } from '../internals.js'
import { refusal } from '../refusal.js'
import type { SharedBuffers } from '../shared-memory/shared-buffers.js'
import type { Turns } from '../shared-memory/turns.js'
import { Inbox, type Inlet } from './inbox.js'
import type { MessageDigest } from './message-digest.js'
import { refusePorts } from './shared.js'
import {
  define,
  dispatchOf,
  type FromThread,
  type LineToThread,
  type Port,
  setDispatch,
  type ToThread,
} from './terms.js'
import type { ThreadClock } from './thread-clock.js'
import type { ThreadOperations } from './thread-operations.js'

export interface ThreadLinesTerms {
  readonly internals: Internals
  readonly operations: ThreadOperations
  readonly clock: ThreadClock
  readonly digest: MessageDigest
  readonly buffers: SharedBuffers
  readonly turns: Turns
  readonly isPort: (value: unknown) => boolean
  /** Node itself calls. */
  readonly calledByNode: () => boolean
}

/** The ports of a worker whose other ends the main thread has: its own, and those that were handed to it. */
export class ThreadLines {
  readonly #terms: ThreadLinesTerms
  readonly #inbox: Inbox
  readonly #inlets = new WeakMap<object, Inlet>()

  constructor(terms: ThreadLinesTerms) {
    this.#terms = terms
    this.#inbox = new Inbox(laterBy(terms.internals))
  }

  install(parentPort: Port, isClosed: () => boolean): void {
    this.#listen(this.#inbox.add(0, parentPort), isClosed)
    const threads = this.#terms.internals.module<Binding>('worker_threads')
    const real = threads['receiveMessageOnPort'] as (port: unknown) => { message: unknown } | undefined
    const { operations } = this.#terms
    const receive = (port: unknown): { message: unknown } | undefined => {
      if (!operations.inside) return real(port)
      const inlet = this.#inlets.get(port as object)
      if (inlet === undefined) throw refusal('LLFT_E_REFUSED_IN_WORKER', 'receiveMessageOnPort()')
      return this.#receive(inlet, real)
    }
    threads['receiveMessageOnPort'] = Object.defineProperty(receive, 'name', { value: 'receiveMessageOnPort' })
  }

  /** What has come with a message, or with the thread's data. */
  take(lines: readonly LineToThread[] | undefined): void {
    for (const [line, port] of lines ?? []) this.#join(line, port)
  }

  #join(line: number, port: Port): void {
    const { internals, operations, digest, buffers, turns, isPort, calledByNode } = this.#terms
    const inlet = this.#inbox.add(line, port)
    this.#inlets.set(port, inlet)
    this.#listen(inlet, () => false)
    const { postMessage, start, unref } = port
    define(port, 'postMessage', (...given: unknown[]): void => {
      const [message, transfer] = given
      if (given.length === 0) return Reflect.apply(postMessage, port, given) as void
      refusePorts(transfer, isPort, 'port.postMessage()')
      const check = digest.add(message)
      const envelope: FromThread = [check, message, digest.shared.map((buffer) => buffers.share(buffer))]
      turns.perform(() => postMessage.call(port, envelope, transfer))
    })
    define(port, 'start', () => {
      inlet.started = true
      start.call(port)
      this.#inbox.goOn()
    })
    define(port, 'unref', () => {
      if (operations.inside && !calledByNode()) throw refusal('LLFT_E_REFUSED_IN_WORKER', 'port.unref()')
      return unref.call(port)
    })
    // When the other end is closed, this one hears of it at a moment of its own.
    const { handle_onclose: onClose } = internals.binding<{ handle_onclose: symbol }>('symbols')
    Object.defineProperty(port, onClose, { value: () => undefined })
  }

  #listen(inlet: Inlet, isClosed: () => boolean): void {
    const { port } = inlet
    const dispatch = dispatchOf(port)
    const inbox = this.#inbox
    const open = (data: unknown): unknown => this.#open(data)
    setDispatch(port, function (this: unknown, data, type, event) {
      const pass = (what: unknown): unknown => Reflect.apply(dispatch, this, [what, type, event])
      if (type !== 'message') return pass(data)
      const deliver = (): unknown => (isClosed() ? undefined : pass(open(data)))
      return inbox.arrive(inlet, { data, stamp: (data as ToThread)[3], deliver })
    })
    onListener(port, () => inbox.goOn())
  }

  #receive(inlet: Inlet, real: (port: unknown) => { message: unknown } | undefined): { message: unknown } | undefined {
    const taken = this.#terms.turns.perform(() => {
      const come = inlet.waiting.shift()
      return come === undefined ? real(inlet.port) : { message: come.data }
    })
    if (taken === undefined) return undefined
    inlet.taken++
    const message = this.#open(taken.message)
    this.#inbox.goOn()
    return { message }
  }

  #open(data: unknown): unknown {
    const [operationMs, message, shared, , lines] = data as ToThread
    this.#terms.clock.reach(operationMs)
    this.#terms.buffers.take(shared)
    this.take(lines)
    return message
  }
}

/** By a channel of our own: each call comes from the event loop, as a message does. */
function laterBy(internals: Internals): (call: () => void) => void {
  const { MessageChannel } = internals.binding<{ MessageChannel: new () => { port1: Port; port2: Port } }>('messaging')
  const { port1, port2 } = new MessageChannel()
  const calls: (() => void)[] = []
  port2.on('message', () => calls.shift()?.())
  port2.unref()
  return (call) => {
    calls.push(call)
    port1.postMessage(undefined)
  }
}

/** Has `listened` called when the program begins to listen, as Node has itself told. */
function onListener(port: Port, listened: () => void): void {
  const symbol = Object.getOwnPropertySymbols(port).find(({ description }) => description === 'kNewListener') as symbol
  const newListener = Reflect.get(port, symbol) as NativeFunction
  Object.defineProperty(port, symbol, {
    value(this: unknown, ...given: unknown[]): unknown {
      const result = Reflect.apply(newListener, this, given)
      listened()
      return result
    },
  })
}
