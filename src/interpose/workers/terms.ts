import type { NumberedBuffer } from '../shared-memory/shared-buffers.js'

/** What `os` says of the host at the primary, when the first thread is started. */
export interface HostFacts {
  readonly cpus: unknown
  readonly parallelism: number
  readonly memory: number
}

/** What a thread is told of its place among the threads. */
export type Seat = Pick<ThreadTerms, 'order' | 'thread' | 'origin' | 'tell'>

/** What a thread is told by the one that starts it. */
export interface ThreadTerms {
  /** 64 hexadecimal digits, drawn from the program's own randomness: what all of the thread's is derived from. */
  readonly seed: string
  /** When the operation began that starts the thread. */
  readonly startedMs: number
  /** What `process` and `os` show, here as on the main thread. */
  readonly pid: number
  readonly ppid: number
  readonly hostname: string
  readonly host: HostFacts
  readonly folder: string
  /**
   * The order of the threads, the number of this one in it, that of no other that there ever was, and how it tells the
   * main thread that the order goes on.
   */
  readonly order: SharedArrayBuffer
  readonly thread: number
  readonly origin: number
  readonly tell: Port
  /** If the program wants another environment than its own. */
  readonly env: Readonly<Record<string, string>> | undefined
}

/** Comes in the place of `workerData`. */
export interface ThreadData {
  readonly llftThread: ThreadTerms
  readonly workerData: unknown
  readonly buffers: readonly NumberedBuffer[]
  readonly lines: readonly LineToThread[]
}

/** False for a thread of a process that is no replica. */
export function isThreadData(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'llftThread' in data
}

/** A port of a channel whose other end stays with the main thread, and its number among those of the worker. */
export type LineToThread = readonly [line: number, port: Port]

/** A message to a thread: when the operation began that posts it, what is posted, and what comes with it. */
export type ToThread = readonly [
  operationMs: number,
  message: unknown,
  buffers: readonly NumberedBuffer[],
  stamp: readonly number[] | undefined,
  lines: readonly LineToThread[],
]

/** A message from a thread: the check over all that it has posted, this included, what is posted, and shared. */
export type FromThread = readonly [check: number, message: unknown, buffers: readonly NumberedBuffer[]]

/** Node's own messages, beside those of the program, have the check as one property more. */
export interface NodeMessage {
  readonly type: string
  readonly llftCheck?: number
}

/** Where a port's messages enter JavaScript, in all tested versions. */
const DISPATCH: symbol = Symbol.for('nodejs.internal.kHybridDispatch')

type Dispatch = (this: unknown, data: unknown, type: string, event: unknown) => unknown

/** A `MessagePort` as far as it is used here. */
export interface Port {
  postMessage(message: unknown, transfer?: unknown): void
  on(event: 'message', handle: (message: unknown) => void): void
  listenerCount(event: string): number
  start(): void
  unref(): void
  close(): void
}

/** Who takes the messages of a port. */
export function dispatchOf(port: Port): Dispatch {
  return Reflect.get(port, DISPATCH) as Dispatch
}

export function setDispatch(port: Port, dispatch: Dispatch): void {
  Object.defineProperty(port, DISPATCH, { value: dispatch, configurable: true })
}

/** Has `change` see, and replace, what each message of a port brings. */
export function onArrival(port: Port, change: (data: unknown) => unknown): void {
  const dispatch = dispatchOf(port)
  setDispatch(port, function (data, type, event) {
    return Reflect.apply(dispatch, this, [type === 'message' ? change(data) : data, type, event])
  })
}

/** The ports in what is handed over beside a message: a list, or options with one. */
export function portsIn(transfer: unknown, isPort: (value: unknown) => boolean): readonly unknown[] {
  const list = Array.isArray(transfer) ? transfer : (Object(transfer) as { readonly transfer?: unknown }).transfer
  return Array.isArray(list) ? list.filter(isPort) : []
}

export function define(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, writable: true, configurable: true })
}
