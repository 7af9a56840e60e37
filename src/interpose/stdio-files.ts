import type { EdgeInternals, NativeFunction } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import type { OutputFd } from './output.js'
import { isOutputFd, print } from './output.js'
import { refusal } from './refusal.js'
import { gather, textBytes } from './write-chunks.js'

/** `FSReqCallback`: carries the callback of an asynchronous call of `fs`. */
interface FsRequest {
  getAsyncId(): number
  oncomplete(error: null, written: number): void
}

/** What a function of the `fs` binding is asked to write, and how it is to answer. */
interface Write {
  readonly bytes: () => Uint8Array
  /** Absent: synchronous; `kUsePromises`: with a promise; otherwise an `FsRequest`. */
  readonly request: unknown
}

type Read = (parameters: readonly unknown[]) => Write

/** The arguments after the descriptor. */
const WRITERS: Readonly<Record<string, Read>> = {
  writeBuffer: ([buffer, offset, length, , request]) => ({
    bytes: () => view(buffer as ArrayBufferView, offset as number, length as number),
    request,
  }),
  writeString: ([text, , encoding, request]) => ({
    bytes: () => textBytes(text as string, (encoding ?? 'utf8') as BufferEncoding),
    request,
  }),
  writeBuffers: ([chunks, , request]) => ({
    bytes: () =>
      gather(
        (chunks as readonly ArrayBufferView[]).map((chunk) => view(chunk, 0, chunk.byteLength)),
        true,
      ),
    request,
  }),
  writeFileUtf8: ([text]) => ({ bytes: () => textBytes(text as string, 'utf8'), request: undefined }),
}

/**
 * Loggers write to descriptors 1 and 2 past the streams: the same output, captured at the binding (determinizer.md
 * A11).
 */
export function installStdioFiles({ internals, operations }: EdgeTerms): void {
  const binding = internals.binding('fs')
  for (const [name, read] of Object.entries(WRITERS)) {
    const real = binding[name] as NativeFunction
    binding[name] = (fd: unknown, ...rest: unknown[]): unknown => {
      if (!operations.inside || !isOutputFd(fd)) return real(fd, ...rest)
      const { bytes, request } = read(rest)
      const written = bytes()
      print(operations, fd satisfies OutputFd, written)
      return answer(internals, request, written.length)
    }
  }
  for (const name of ['read', 'readBuffers', 'readFileUtf8'] as const) {
    const real = binding[name] as NativeFunction
    binding[name] = (fd: unknown, ...rest: unknown[]): unknown => {
      if (operations.inside && fd === 0) throw refusal('LLFT_E_REFUSED_STDIN', `fs.${name}(0)`)
      return real(fd, ...rest)
    }
  }
}

/** As a file's write answers: never before the caller has returned to the event loop. */
function answer(internals: EdgeInternals, request: unknown, written: number): unknown {
  const { later, asyncScope } = internals
  if (request === undefined) return written
  if (request === internals.binding('fs')['kUsePromises']) {
    return new Promise((resolve) => later.setImmediate(() => resolve(written)))
  }
  const callback = request as FsRequest
  later.setImmediate(() => {
    const asyncId = callback.getAsyncId()
    asyncScope.emitBefore(asyncId, 0, callback)
    try {
      callback.oncomplete(null, written)
    } finally {
      asyncScope.emitAfter(asyncId)
    }
  })
  return undefined
}

function view(buffer: ArrayBufferView, offset: number, length: number): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length)
}
