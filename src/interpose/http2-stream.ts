import type { EdgeTerms } from './edge-terms.js'
import type { NativeClass } from './edge-internals.js'
import { TcpStream } from './tcp-stream.js'
import { TlsFacade } from './tls-facade.js'

/** `JSStream`: a stream of C++ whose other side is JavaScript. */
interface NativeStream {
  onread: (bytes: ArrayBuffer | undefined) => void
  isClosing: () => boolean
  onreadstart: () => number
  onreadstop: () => number
  onwrite: (request: object, chunks: readonly Uint8Array[]) => number
  onshutdown: (request: object) => number
  readBuffer(bytes: Uint8Array): void
  finishWrite(request: object, status: number): void
  finishShutdown(request: object, status: number): void
}

/** A handle of ours that a session can be put on. */
export type SessionHandle = TcpStream | TlsFacade

export function isSessionHandle(handle: unknown): handle is SessionHandle {
  return handle instanceof TcpStream || handle instanceof TlsFacade
}

/**
 * What a session is given for a handle that exists in JavaScript only: a native stream, so that Node's library sees the
 * program's own socket on top, as it does on plain Node, and not a wrapper around it. `received` sees what comes first.
 */
export function nativeStream(
  { internals }: EdgeTerms,
  handle: SessionHandle,
  received: (bytes: Uint8Array) => void,
): object {
  const JSStream = internals.binding('js_stream')['JSStream'] as NativeClass
  const { registers, readBytesOrError, arrayBufferOffset } = internals.streamState
  const native = new JSStream() as NativeStream
  const before = handle.onread
  // The end and errors are the socket's, and everything once the session is gone.
  native.onread = (bytes) => before?.call(handle, bytes)
  handle.onread = (bytes) => {
    const length = registers[readBytesOrError] as number
    if (bytes === undefined || length < 0) return before?.call(handle, bytes)
    const part = new Uint8Array(bytes, registers[arrayBufferOffset], length)
    received(part)
    native.readBuffer(part)
  }
  native.isClosing = () => false
  native.onreadstart = () => handle.readStart()
  native.onreadstop = () => handle.readStop()
  native.onwrite = (request, chunks) => {
    const finish = (status: number): void => native.finishWrite(request, status)
    // A number, because a request was given.
    const failed = handle.writev({ oncomplete: finish }, chunks, true) as number
    const waits = registers[internals.streamState.lastWriteWasAsync] !== 0
    // C++ takes no answer before it has asked.
    if (failed === 0 && !waits) internals.later.nextTick(() => finish(0))
    return failed
  }
  native.onshutdown = (request) =>
    handle.shutdown({ oncomplete: (status: number) => native.finishShutdown(request, status) })
  return native
}
