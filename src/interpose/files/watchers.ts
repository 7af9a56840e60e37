import type { HostRequest } from '../../driver/index.js'
import type { StreamId } from '../../message/index.js'
import { AsyncPlace } from '../async-place.js'
import type { Binding, NativeClass, NativeFunction } from '../edge-internals.js'
import type { EdgeTerms } from '../edge-terms.js'
import { Hold } from '../hold.js'
import type { Answered } from '../host/host.js'
import { absolute, forHost, type Path } from './paths.js'

/** `FSEvent` or `StatWatcher`: a native handle, which stays closed. */
interface Watcher {
  getAsyncId(): number
  onchange?(...change: unknown[]): void
}

type Change = readonly unknown[]

const FIELDS = 18

/**
 * Files are watched by the console. Node has copied the native classes while it started, so that their methods are
 * replaced.
 */
export function installWatchers(terms: EdgeTerms): void {
  const { internals } = terms
  const event = (internals.binding('fs_event_wrap')['FSEvent'] as NativeClass).prototype as Binding
  const stat = (internals.binding('fs')['StatWatcher'] as NativeClass).prototype as Binding
  replaceStart(terms, event, (handle: Watcher, args) => {
    const [path, persistent, , encoding] = args as [Path, boolean, boolean, BufferEncoding | 'buffer']
    const watching = new Watching(terms, handle, (answer) => eventOf(answer, encoding))
    return watching.start({ call: 'watch', args: [forHost(absolute(path))] }, persistent)
  })
  replaceStart(terms, stat, (handle: Watcher, args) => {
    const [path, interval] = args as [Path, number]
    const isBig = usesBigInt(internals.ownerSymbol, handle)
    const watching = new Watching(terms, handle, (answer) => statsOf(answer, isBig))
    return watching.start({ call: 'watchFile', args: [forHost(absolute(path)), interval] }, true)
  })
}

function replaceStart(
  { operations }: EdgeTerms,
  prototype: Binding,
  start: (handle: Watcher, args: readonly unknown[]) => number,
): void {
  const real = prototype['start'] as NativeFunction
  prototype['start'] = function (this: Watcher, ...args: unknown[]): unknown {
    return operations.inside ? start(this, args) : Reflect.apply(real, this, args)
  }
}

/** One handle, whose methods lead here from its start on. */
class Watching {
  readonly #terms: EdgeTerms
  readonly #handle: Watcher
  readonly #changeOf: (answer: Answered) => Change
  readonly #hold: Hold
  readonly #place: AsyncPlace
  #stream: StreamId | undefined
  #request: HostRequest | undefined

  constructor(terms: EdgeTerms, handle: Watcher, changeOf: (answer: Answered) => Change) {
    this.#terms = terms
    this.#handle = handle
    this.#changeOf = changeOf
    this.#hold = new Hold(terms.operations)
    this.#place = new AsyncPlace(terms.internals.asyncScope, { asyncId: handle.getAsyncId(), resource: handle })
  }

  /** 0, or a negative errno. */
  start(request: HostRequest, persistent: boolean): number {
    this.#request = request
    const errno = this.#watch()
    if (errno !== 0) return errno
    this.#hold.reference(persistent && this.#hold.referenced)
    this.#hold.activate(true)
    const methods = {
      close: () => this.#close(),
      ref: () => this.#hold.reference(true),
      unref: () => this.#hold.reference(false),
      hasRef: () => this.#hold.referenced,
    }
    for (const [name, value] of Object.entries(methods)) Object.defineProperty(this.#handle, name, { value })
    Object.defineProperty(this.#handle, 'initialized', { get: () => this.#stream !== undefined })
    return 0
  }

  /** 0, or a negative errno. */
  #watch(): number {
    const request = this.#request as HostRequest
    const loss = { again: (): void => this.#watchAgain() }
    const { answer, stream } = this.#terms.host.open(request, (change) => this.#tell(change), loss)
    if (answer.errno !== undefined) return answer.errno
    this.#stream = stream
    return 0
  }

  /** The files of the next console are watched, where the last one is lost. */
  #watchAgain(): void {
    const errno = this.#watch()
    if (errno !== 0) this.#place.enter(() => this.#handle.onchange?.(errno, undefined, undefined))
  }

  #tell(answer: Answered): void {
    if (this.#stream === undefined) return
    this.#place.enter(() => this.#handle.onchange?.(...this.#changeOf(answer)))
  }

  #close(): void {
    const stream = this.#stream
    if (stream === undefined) return
    this.#stream = undefined
    this.#hold.activate(false)
    this.#terms.host.shut(stream)
    this.#terms.host.tell({ call: 'unwatch', args: [stream] })
  }
}

/** Status, kind of change, and name, as the native handle reports them. */
function eventOf({ value }: Answered, encoding: BufferEncoding | 'buffer' | undefined): Change {
  const { errno, event, latin1 = '' } = value as { errno?: number; event?: string; latin1?: string }
  if (errno !== undefined) return [errno, undefined, undefined]
  const name = Buffer.from(latin1, 'latin1')
  return [0, event, encoding === 'buffer' ? name : name.toString(encoding)]
}

/** Status, and how the file is and was, in one array. */
function statsOf({ value }: Answered, isBig: boolean): Change {
  const fields = (value as readonly (readonly string[])[]).flat()
  const stats = isBig ? BigInt64Array.from(fields, BigInt) : Float64Array.from(fields, Number)
  const exists = fields.slice(0, FIELDS).some((field) => field !== '0')
  return [exists ? 0 : -2, stats]
}

/** Whoever made a `StatWatcher` remembers which numbers were asked for. */
function usesBigInt(ownerSymbol: symbol, handle: Watcher): boolean {
  const owner = Reflect.get(handle, ownerSymbol) as object
  const symbol = Object.getOwnPropertySymbols(owner).find(({ description }) => description === 'kUseBigint')
  return symbol !== undefined && Reflect.get(owner, symbol) === true
}
