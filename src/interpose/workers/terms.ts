import type { NumberedBuffer } from '../shared-memory/shared-buffers.js'

/** What `os` says of the host at the primary, when the first thread is started. */
export interface HostFacts {
  readonly cpus: unknown
  readonly parallelism: number
  readonly memory: number
}

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
  /** The order of the threads, the number of this one, and how it tells the main thread that the order goes on. */
  readonly order: SharedArrayBuffer
  readonly thread: number
  readonly tell: Port
  /** If the program wants another environment than its own. */
  readonly env: Readonly<Record<string, string>> | undefined
}

/** Comes in the place of `workerData`. */
export interface ThreadData {
  readonly llftThread: ThreadTerms
  readonly workerData: unknown
  readonly buffers: readonly NumberedBuffer[]
}

/** False for a thread of a process that is no replica. */
export function isThreadData(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'llftThread' in data
}

/** A message to a thread: when the operation began that posts it, what is posted, and what is shared by it. */
export type ToThread = readonly [operationMs: number, message: unknown, buffers: readonly NumberedBuffer[]]

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
  unref(): void
  close(): void
}

/** Has `change` see, and replace, what each message of a port brings, as long as messages are `wanted`. */
export function onArrival(port: Port, change: (data: unknown) => unknown, wanted = (): boolean => true): void {
  const dispatch = Reflect.get(port, DISPATCH) as Dispatch
  const changed: Dispatch = function (data, type, event) {
    if (type === 'message' && !wanted()) return undefined
    return Reflect.apply(dispatch, this, [type === 'message' ? change(data) : data, type, event])
  }
  Object.defineProperty(port, DISPATCH, { value: changed, configurable: true })
}
