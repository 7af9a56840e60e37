import type { Binding, NativeClass } from '../edge-internals.js'
import type { Internals } from '../internals.js'
import { stackFrames } from '../call-site.js'
import { fileOf, isOwn } from '../own-code.js'
import { refusal } from '../refusal.js'
import type { SharedBuffers } from '../shared-memory/shared-buffers.js'
import type { Turns } from '../shared-memory/turns.js'
import type { MessageDigest } from './message-digest.js'
import { refusePorts } from './shared.js'
import { define, type FromThread, type LineToThread, type Port } from './terms.js'
import type { ThreadClock } from './thread-clock.js'
import { ThreadLines } from './thread-lines.js'
import type { ThreadOperations } from './thread-operations.js'

export interface ThreadPortTerms {
  readonly internals: Internals
  readonly operations: ThreadOperations
  readonly clock: ThreadClock
  readonly digest: MessageDigest
  readonly buffers: SharedBuffers
  readonly turns: Turns
  /** Ports that came with the thread's data. */
  readonly given: readonly LineToThread[]
}

/** A stream of the thread, which the main thread prints. */
interface WorkerStdio {
  _writev(chunks: readonly { chunk: unknown; encoding: string }[], called: () => void): void
}

/** The thread's two ports to the main thread: Node's own, and the program's `parentPort`. */
export function installThreadPorts(terms: ThreadPortTerms): void {
  const { internals, operations, clock, digest, buffers, turns, given } = terms
  const threads = internals.module<Binding>('worker_threads')
  const { getEnvMessagePort } = internals.binding<{ getEnvMessagePort: () => Port }>('worker')
  const { MessagePort } = internals.binding<{ MessagePort: NativeClass }>('messaging')
  const isPort = (value: unknown): boolean => value instanceof MessagePort
  const ownPort = getEnvMessagePort()
  const parentPort = threads['parentPort'] as Port
  const postOwn = ownPort.postMessage
  define(ownPort, 'postMessage', (message: object) =>
    postOwn.call(ownPort, { ...message, llftCheck: digest.add(message) }),
  )
  installStreams(internals, ownPort)

  const post = parentPort.postMessage
  define(parentPort, 'postMessage', (...posted: unknown[]) => {
    const [message, transfer] = posted
    if (posted.length === 0) return Reflect.apply(post, parentPort, posted) as void
    refusePorts(transfer, isPort, 'parentPort.postMessage()')
    const check = digest.add(message)
    const envelope: FromThread = [check, message, digest.shared.map((buffer) => buffers.share(buffer))]
    Reflect.apply(post, parentPort, [envelope, ...posted.slice(1)])
  })
  const lines = new ThreadLines({ internals, operations, clock, digest, buffers, turns, isPort, calledByNode })
  lines.install(parentPort, installEnd(parentPort, operations))
  lines.take(given)
}

/** Each piece leaves at once: Node's would wait for the main thread to want more, and then gather. */
function installStreams(internals: Internals, ownPort: Port): void {
  const { messageTypes } = internals.module<{ messageTypes: { STDIO_PAYLOAD: string } }>('internal/worker/io')
  for (const stream of ['stdout', 'stderr'] as const) {
    const writable = process[stream] as unknown as WorkerStdio
    define(writable, '_writev', (...[pieces, called]: Parameters<WorkerStdio['_writev']>) => {
      const chunks = pieces.map(({ chunk, encoding }) => ({ chunk, encoding }))
      ownPort.postMessage({ type: messageTypes.STDIO_PAYLOAD, stream, chunks })
      called()
    })
  }
}

/** Which messages still come, and whether the thread waits for one, must not depend on when they come. */
function installEnd(parentPort: Port, operations: ThreadOperations): () => boolean {
  let closed = false
  const { close, unref } = parentPort
  define(parentPort, 'close', (...given: unknown[]) => {
    closed = true
    return Reflect.apply(close, parentPort, given)
  })
  define(parentPort, 'unref', () => {
    if (operations.inside && !calledByNode()) throw refusal('LLFT_E_REFUSED_IN_WORKER', 'parentPort.unref()')
    return unref.call(parentPort)
  })
  return () => closed
}

/** Node itself unreferences the port when its last listener is gone. */
function calledByNode(): boolean {
  const caller = stackFrames(4).find((frame) => !isOwn(frame))
  return caller !== undefined && fileOf(caller).startsWith('node:')
}
