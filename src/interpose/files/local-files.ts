import { concatenate } from '../../base/index.js'
import type { NativeFunction } from '../edge-internals.js'
import type { Outcome, Plain } from '../outcome.js'
import { refusal } from '../refusal.js'
import type { LocalFile } from './descriptors.js'
import { type FileTerms, recordResult } from './file-terms.js'
import { isLoading } from './loader.js'
import { absolute, type Path, textOf } from './paths.js'
import type { RecordedCall, Request } from './requests.js'
import { gather, scatter } from './views.js'

const PIECE_BYTES = 64 * 1024
const TYPE_MASK = 0o170000
const FIFO = 0o010000
const SOCKET = 0o140000
const MODE_FIELD = 1

/** Bytes are read into `views`, one after the other. */
export interface Reading {
  readonly views: readonly Uint8Array[]
  /** Undefined: from where the last one ended. */
  readonly position: number | bigint | undefined
  /** The binding's own function on a real descriptor, from a position, with a request if it may take its time. */
  readonly native: (real: number, position: number | bigint, request?: unknown) => unknown
}

/** Files that are open for reading: read by the primary, or by each replica where they do not change. */
export class LocalFiles {
  readonly #terms: FileTerms

  constructor(terms: FileTerms) {
    this.#terms = terms
  }

  /** What is there may be something that cannot be read twice, which is refused. */
  open(path: Path, flags: number, request: Request): unknown {
    const { requests, real } = this.#terms
    const open = real['open'] as NativeFunction
    const file = { path: absolute(path), flags, isCode: isLoading(path) }
    // A pipe would wait for its other end.
    const call = (native?: unknown): unknown =>
      open(path, flags | this.#terms.internals.openFlags.O_NONBLOCK, 0, ...given(native))
    return requests.perform(request, {
      atOnce: () => call(),
      start: call,
      record: (produce) => this.#opened(file, produce as () => number),
    })
  }

  close(descriptor: number, file: LocalFile, request: Request): unknown {
    const { descriptors, requests, real } = this.#terms
    descriptors.delete(descriptor)
    if (file.real !== undefined) real['close']?.(file.real)
    file.real = undefined
    return requests.succeed(request)
  }

  /** What only somebody who has the file open can tell: `call` is given the real descriptor. */
  ask(file: LocalFile, call: (real: number, ...request: unknown[]) => unknown, request: Request): unknown {
    const terms = this.#terms
    return terms.requests.perform(request, {
      atOnce: () => call(this.#realOf(file)),
      start: (native) => call(this.#realOf(file), native),
      record: (produce) => {
        // What the loader is told about code stays with the loader.
        if (file.isCode) return { value: produce() }
        return recordResult(terms, () => ({ value: produce() as Plain }), { name: textOf(file.path) })
      },
    })
  }

  read(file: LocalFile, reading: Reading, request: Request): unknown {
    const call = this.#reading(file, reading)
    const isInTurn = reading.position === undefined && request !== 'sync'
    return this.#terms.requests.perform(request, isInTurn ? this.#inTurn(file, call) : call)
  }

  /** All that follows, at once. */
  readRest(file: LocalFile): Uint8Array {
    const read = this.#terms.real['read'] as NativeFunction
    const parts: Uint8Array[] = []
    for (;;) {
      const view = new Uint8Array(PIECE_BYTES)
      const native: Reading['native'] = (real, position) => read(real, view, 0, PIECE_BYTES, position)
      const count = this.read(file, { views: [view], position: undefined, native }, 'sync') as number
      if (count === 0) return concatenate(parts)
      parts.push(view.subarray(0, count))
    }
  }

  #opened(file: Pick<LocalFile, 'path' | 'flags' | 'isCode'>, produce: () => number): Outcome<number> {
    const { real, descriptors } = this.#terms
    const name = `fs.open('${textOf(file.path)}')`
    let own: number | undefined
    const open = (): Plain => {
      own = produce()
      return this.#isPipe(own) ? 'pipe' : undefined
    }
    const outcome = recordResult(this.#terms, () => ({ value: open() }), { name })
    if (outcome.error !== undefined) return outcome
    if (outcome.value !== 'pipe') {
      const opened: LocalFile = { kind: 'local', ...file, real: own, position: 0, reading: false, waiting: [] }
      return { value: descriptors.add(opened) }
    }
    if (own !== undefined) real['close']?.(own)
    return { error: refusal('LLFT_E_REFUSED_PIPE', name) }
  }

  #isPipe(real: number): boolean {
    const stats = this.#terms.real['fstat']?.(real, false, undefined, true)
    const type = stats instanceof Float64Array ? (stats[MODE_FIELD] as number) & TYPE_MASK : 0
    return type === FIFO || type === SOCKET
  }

  #reading(file: LocalFile, { views, position, native }: Reading): RecordedCall {
    const { freshness } = this.#terms
    const write = (): ReturnType<typeof freshness.ofDescriptor> =>
      freshness.ofDescriptor(this.#realOf(file), file.isCode)
    return {
      atOnce: () => native(this.#realOf(file), position ?? file.position),
      start: (request) => native(this.#realOf(file), position ?? file.position, request),
      record: (produce) => {
        const content = (): Uint8Array => gather(views, produce() as number)
        const outcome = recordResult(this.#terms, () => ({ content: content() }), { name: textOf(file.path), write })
        if (outcome.error !== undefined) return outcome
        const bytes = outcome.value as Uint8Array
        scatter(bytes, views)
        if (position === undefined) file.position += bytes.length
        return { value: bytes.length }
      },
    }
  }

  /** Begins when the read before it is over: only then it is known from where. */
  #inTurn(file: LocalFile, call: RecordedCall): RecordedCall {
    const { operations } = this.#terms
    return {
      ...call,
      start: (request) => {
        if (!file.reading) {
          file.reading = true
          return call.start(request)
        }
        return new Promise((resolve) => file.waiting.push(() => resolve(call.start(request))))
      },
      record: (produce) => {
        const outcome = call.record(produce)
        const next = file.waiting.shift()
        if (next === undefined) file.reading = false
        else operations.outside(next)
        return outcome
      },
    }
  }

  #realOf(file: LocalFile): number {
    const { real, internals } = this.#terms
    file.real ??= real['open']?.(file.path, file.flags | internals.openFlags.O_NONBLOCK, 0) as number
    return file.real
  }
}

/** The binding counts its arguments. */
function given(request: unknown): readonly unknown[] {
  return request === undefined ? [] : [request]
}
