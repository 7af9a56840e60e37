import type { NativeFunction } from '../edge-internals.js'
import { print } from '../output.js'
import { gather as gatherChunks, textBytes } from '../write-chunks.js'
import type { LocalFile, OpenFile } from './descriptors.js'
import { failure, type FileFunction, type FileTerms, recordTimes } from './file-terms.js'
import type { HostFiles } from './host-files.js'
import type { LocalFiles, Reading } from './local-files.js'
import { forHost, NULL_DEVICE } from './paths.js'
import type { Request } from './requests.js'
import { scatter, viewOf } from './views.js'

const EBADF = -9

/** Where the request of each function stands; what fails with a descriptor that is not open is named by `syscall`. */
const FUNCTIONS = {
  close: { request: 1, syscall: 'close' },
  fchmod: { request: 2, syscall: 'fchmod' },
  fchown: { request: 3, syscall: 'fchown' },
  fdatasync: { request: 1, syscall: 'fdatasync' },
  fstat: { request: 2, syscall: 'fstat' },
  fsync: { request: 1, syscall: 'fsync' },
  ftruncate: { request: 2, syscall: 'ftruncate' },
  futimes: { request: 3, syscall: 'futime' },
  read: { request: 5, syscall: 'read' },
  readBuffers: { request: 3, syscall: 'read' },
  writeBuffer: { request: 5, syscall: 'write' },
  writeBuffers: { request: 3, syscall: 'write' },
  writeString: { request: 4, syscall: 'write' },
} as const

type Name = keyof typeof FUNCTIONS
type Args = readonly unknown[]

export const DESCRIPTOR_FUNCTIONS: readonly string[] = Object.keys(FUNCTIONS)

/** What changes a file by its path changes one that is open for reading, too. */
const BY_PATH: Readonly<Record<string, string>> = { fchmod: 'chmod', fchown: 'chown', futimes: 'utimes' }

/** Functions on open files: asked of whoever has the file open. */
export class DescriptorFunctions {
  readonly #terms: FileTerms
  readonly #local: LocalFiles
  readonly #host: HostFiles

  constructor(terms: FileTerms, local: LocalFiles, host: HostFiles) {
    this.#terms = terms
    this.#local = local
    this.#host = host
  }

  of(name: string): FileFunction {
    const { request: at } = FUNCTIONS[name as Name]
    return (args) => this.#call(name as Name, args, this.#terms.requests.kindOf(args[at]))
  }

  #call(name: Name, args: Args, request: Request): unknown {
    const descriptor = args[0] as number
    const file = this.#terms.descriptors.get(descriptor)
    if (file === undefined) return this.#notOpen(name, args, request)
    if (name === 'close') return this.#close(descriptor, file, request)
    if (name === 'read' || name === 'readBuffers') return this.#read(file, readingOf(this.#terms, name, args), request)
    if (name === 'fstat') return this.#stat(file, args, request)
    if (name.startsWith('write')) return this.#write(file, args, { name, request })
    return this.#other(file, args, { name, request })
  }

  #notOpen(name: Name, args: Args, request: Request): unknown {
    // `fs.readFile` asks so, and looks at the result.
    if (name === 'fstat' && args[3] === true) return undefined
    return this.#fail(name, request)
  }

  #fail(name: Name, request: Request): unknown {
    const { syscall } = FUNCTIONS[name]
    return this.#terms.requests.fail(request, failure(this.#terms, EBADF, { syscall }))
  }

  #close(descriptor: number, file: OpenFile, request: Request): unknown {
    if (file.kind === 'local') return this.#local.close(descriptor, file, request)
    if (file.kind === 'host') return this.#host.close(descriptor, file, request)
    this.#terms.descriptors.delete(descriptor)
    return this.#terms.requests.succeed(request)
  }

  #read(file: OpenFile, reading: Reading, request: Request): unknown {
    if (file.kind === 'local') return this.#local.read(file, reading, request)
    if (file.kind === 'null') return this.#terms.requests.succeed(request, 0)
    if (file.kind === 'output') return this.#fail('read', request)
    const { views, position } = reading
    const take = (bytes: Uint8Array): number => {
      scatter(bytes, views)
      return bytes.length
    }
    const length = views.reduce((sum, view) => sum + view.length, 0)
    if (file.kind === 'input') return this.#host.readInput(length, take, request)
    const from = position === undefined ? undefined : Number(position)
    return this.#host.read(file, { length, position: from, take }, request)
  }

  #stat(file: OpenFile, [, isBig]: Args, request: Request): unknown {
    if (file.kind === 'host') return this.#host.stat(file, isBig === true, request)
    const { fstat, stat } = this.#terms.real
    if (file.kind === 'local') {
      return this.#local.ask(file, (real, ...given) => fstat?.(real, isBig, ...tail(given)), request)
    }
    const device = deviceOf(file)
    if (file.kind !== 'null') {
      return this.#local.ask(device, (real, ...given) => fstat?.(real, isBig, ...tail(given)), request)
    }
    const ask = (_real: number, ...given: unknown[]): unknown =>
      stat?.(NULL_DEVICE, isBig, ...(given.length === 0 ? [undefined, true] : given))
    return this.#local.ask(device, ask, request)
  }

  #write(file: OpenFile, args: Args, { name, request }: { name: Name; request: Request }): unknown {
    const { bytes, position } = writingOf(name, args)
    const at = typeof position === 'number' && position >= 0 ? position : null
    if (file.kind === 'host') return this.#host.write(file, bytes, { position: at, request })
    if (file.kind === 'output') print(this.#terms.operations, file.fd, bytes)
    else if (file.kind !== 'null') return this.#fail('writeBuffer', request)
    return this.#terms.requests.succeed(request, bytes.length)
  }

  #other(file: OpenFile, args: Args, { name, request }: { name: Name; request: Request }): unknown {
    const { requests, real } = this.#terms
    if (file.kind === 'null') return requests.succeed(request)
    const rest = recordTimes(this.#terms, name, args.slice(1, FUNCTIONS[name].request))
    if (file.kind === 'host')
      return this.#host.make({ call: name, args: [file.file, ...rest], file: file.file }, request)
    const byPath = BY_PATH[name]
    if (byPath !== undefined && file.kind === 'local') {
      return this.#host.make({ call: byPath, args: [forHost(file.path), ...rest] }, request)
    }
    const asked = file.kind === 'local' ? file : deviceOf(file)
    return this.#local.ask(asked, (fd, ...given) => real[name]?.(fd, ...rest, ...given), request)
  }
}

const NO_FILE = {
  kind: 'local',
  path: '',
  flags: 0,
  isCode: false,
  real: undefined,
  position: 0,
  reading: false,
} as const

/** A standard stream as it is at the primary. */
function deviceOf(file: OpenFile): LocalFile {
  return { ...NO_FILE, real: file.kind === 'output' ? file.fd : 0, waiting: [] }
}

/** What a synchronous `fstat` has behind the descriptor: no request, and errors are thrown. */
function tail(given: readonly unknown[]): readonly unknown[] {
  return given.length === 0 ? [undefined, false] : given
}

function readingOf({ real }: FileTerms, name: Name, args: Args): Reading {
  const native = real[name] as NativeFunction
  const from = (position: unknown): number | bigint | undefined =>
    (typeof position === 'number' || typeof position === 'bigint') && position >= 0 ? position : undefined
  if (name === 'readBuffers') {
    const [, buffers, position] = args as [number, readonly ArrayBufferView[], unknown]
    return {
      views: buffers.map((buffer) => viewOf(buffer)),
      position: from(position),
      native: (fd, at, ...request) => native(fd, buffers, Number(at), ...request),
    }
  }
  const [, buffer, offset, length, position] = args as [number, ArrayBufferView, number, number, unknown]
  return {
    views: [viewOf(buffer, offset, length)],
    position: from(position),
    native: (fd, at, ...request) => native(fd, buffer, offset, length, at, ...request),
  }
}

/** The bytes, and the place where they are to stand. */
function writingOf(name: Name, args: Args): { readonly bytes: Uint8Array; readonly position: unknown } {
  if (name === 'writeString') {
    const [, text, position, encoding] = args as [number, string, unknown, BufferEncoding | undefined]
    return { bytes: textBytes(text, encoding ?? 'utf8'), position }
  }
  if (name === 'writeBuffers') {
    const [, buffers, position] = args as [number, readonly ArrayBufferView[], unknown]
    return {
      bytes: gatherChunks(
        buffers.map((buffer) => viewOf(buffer)),
        true,
      ),
      position,
    }
  }
  const [, buffer, offset, length, position] = args as [number, ArrayBufferView, number, number, unknown]
  return { bytes: viewOf(buffer, offset, length), position }
}
