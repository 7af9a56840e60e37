import { VirtualHandle } from './virtual-handle.js'
import { gather, textBytes } from './write-chunks.js'

/** The requests of Node's library: `WriteWrap` and `ShutdownWrap`. */
export interface ShutdownRequest {
  oncomplete(status: number): void
}

/** The writing half of a stream's handle: every write completes at once (determinizer.md B1). */
export abstract class VirtualStream extends VirtualHandle {
  /** Written by Node's library alone; `_tls_wrap` replaces it by an accessor that fails once the socket is gone. */
  reading = false
  bytesRead = 0
  bytesWritten = 0
  readonly writeQueueSize = 0

  /** Sends; returns 0 or an errno. */
  protected abstract transmit(bytes: Uint8Array): number

  writeBuffer(_request: unknown, bytes: Uint8Array): number {
    return this.#write(bytes)
  }

  writeUtf8String(_request: unknown, text: string): number {
    return this.#write(textBytes(text, 'utf8'))
  }

  writeLatin1String(_request: unknown, text: string): number {
    return this.#write(textBytes(text, 'latin1'))
  }

  writeAsciiString(_request: unknown, text: string): number {
    return this.#write(textBytes(text, 'latin1'))
  }

  writeUcs2String(_request: unknown, text: string): number {
    return this.#write(textBytes(text, 'utf16le'))
  }

  /** `chunks` are buffers only when `allBuffers`, otherwise they alternate with their encodings. */
  writev(_request: unknown, chunks: readonly unknown[], allBuffers: boolean): number {
    return this.#write(gather(chunks, allBuffers))
  }

  shutdown(request: ShutdownRequest): number {
    this.terms.internals.later.nextTick(() => this.enter(() => request.oncomplete(0)))
    return 0
  }

  setBlocking(): number {
    return 0
  }

  #write(bytes: Uint8Array): number {
    const errno = this.transmit(bytes)
    const written = errno === 0 ? bytes.length : 0
    this.bytesWritten += written
    // Last, because anything in between may write the registers too (determinizer.md B1).
    const { registers, bytesWritten, lastWriteWasAsync } = this.terms.internals.streamState
    registers[bytesWritten] = written
    registers[lastWriteWasAsync] = 0
    return errno
  }
}
