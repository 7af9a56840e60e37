import { VirtualHandle } from './virtual-handle.js'
import { gather, textBytes } from './write-chunks.js'

/** The requests of Node's library: `WriteWrap` and `ShutdownWrap`. */
export interface ShutdownRequest {
  oncomplete(status: number): void
}

export interface WriteRequest {
  oncomplete(status: number, handle: unknown, error: undefined): void
  /** From Node 26 on: how it has ended, if that was before `oncomplete` was there. */
  writeStatus?: number | null
}

/** Up to Node 24 a write brings its request; from 26 on it brings null, and is answered with one if it waits. */
export type GivenRequest = WriteRequest | null
/** An errno or 0, or the request of a write that waits and has brought none. */
export type Written = number | WriteRequest

/** A write of which a part has not left yet. Node's library makes the next one only when this is complete. */
interface Waiting {
  readonly request: WriteRequest
  readonly rest: Uint8Array
}

/**
 * The writing half of a stream's handle. A write that may leave as a whole completes at once (determinizer.md B1); of
 * another the rest leaves when `resume` is called, in an operation that is the same at every replica, so that the
 * program's `write` returns false and its `drain` comes as on plain Node.
 */
export abstract class VirtualStream extends VirtualHandle {
  /** Written by Node's library alone; `_tls_wrap` replaces it by an accessor that fails once the socket is gone. */
  reading = false
  bytesRead = 0
  bytesWritten = 0
  #waiting: Waiting | undefined

  /** Sends as much as may leave now; returns how many bytes that are, or an errno. */
  protected abstract transmit(bytes: Uint8Array): number

  /** Bytes that have not left yet. */
  get writeQueueSize(): number {
    return this.#waiting?.rest.length ?? 0
  }

  writeBuffer(request: GivenRequest, bytes: Uint8Array): Written {
    return this.#write(request, bytes)
  }

  writeUtf8String(request: GivenRequest, text: string): Written {
    return this.#write(request, textBytes(text, 'utf8'))
  }

  writeLatin1String(request: GivenRequest, text: string): Written {
    return this.#write(request, textBytes(text, 'latin1'))
  }

  writeAsciiString(request: GivenRequest, text: string): Written {
    return this.#write(request, textBytes(text, 'latin1'))
  }

  writeUcs2String(request: GivenRequest, text: string): Written {
    return this.#write(request, textBytes(text, 'utf16le'))
  }

  /** `chunks` are buffers only when `allBuffers`, otherwise they alternate with their encodings. */
  writev(request: GivenRequest, chunks: readonly unknown[], allBuffers: boolean): Written {
    return this.#write(request, gather(chunks, allBuffers))
  }

  shutdown(request: ShutdownRequest): number {
    this.terms.internals.later.nextTick(() => this.enter(() => request.oncomplete(0)))
    return 0
  }

  setBlocking(): number {
    return 0
  }

  /** More may leave. */
  protected resume(): void {
    if (this.#waiting === undefined) return
    const { request, rest } = this.#waiting
    const sent = this.transmit(rest)
    if (sent < 0) this.#complete(sent)
    else if (sent < rest.length) this.#waiting = { request, rest: rest.subarray(sent) }
    else this.#complete(0)
  }

  /** Before the program is called back for its `close`, as libuv does it. */
  protected override closing(): void {
    if (this.#waiting !== undefined) this.#complete(this.terms.internals.errno.UV_ECANCELED)
  }

  #complete(status: number): void {
    const request = this.#waiting?.request
    this.#waiting = undefined
    this.enter(() => request?.oncomplete(status, this, undefined))
  }

  #write(given: GivenRequest, bytes: Uint8Array): Written {
    const sent = this.transmit(bytes)
    const waits = sent >= 0 && sent < bytes.length
    // Node's library puts its own function there before anything can complete.
    const request = waits ? (given ?? { oncomplete() {}, writeStatus: null }) : null
    if (request !== null) this.#waiting = { request, rest: bytes.subarray(sent) }
    const written = sent < 0 ? 0 : bytes.length
    this.bytesWritten += written
    // Last, because anything in between may write the registers too (determinizer.md B1).
    const { registers, bytesWritten, lastWriteWasAsync, lastWriteError } = this.terms.internals.streamState
    registers[bytesWritten] = written
    registers[lastWriteWasAsync] = waits ? 1 : 0
    if (given !== null || request === null) return Math.min(sent, 0)
    registers[lastWriteError] = 0
    return request
  }
}
