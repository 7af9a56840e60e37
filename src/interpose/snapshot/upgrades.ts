import type { Binding, NativeClass, NativeFunction } from '../edge-internals.js'
import type { EdgeTerms } from '../edge-terms.js'
import { replaceFunction } from '../replace.js'
import { TcpStream } from '../tcp-stream.js'
import { TlsFacade } from '../tls-facade.js'
import { Upgrade, type UpgradeRequest } from './upgrade.js'

/** `HTTPParser` of Node's library. */
interface Parser {
  readonly socket?: { readonly _handle?: unknown } | null
  readonly incoming?: (UpgradeRequest & { readonly upgrade?: boolean }) | null
}

/** The connections that have left HTTP, by `upgrade` or `CONNECT`. */
export class Upgrades {
  readonly #ofStream = new WeakMap<TcpStream, Upgrade>()
  /** What comes and leaves is watched only if it may be needed. */
  watching = false

  of(stream: TcpStream): Upgrade | undefined {
    return this.#ofStream.get(stream)
  }

  /** Node's library finishes a parser, also where it gives a connection away. */
  install({ internals }: EdgeTerms): void {
    const prototype = (internals.binding('http_parser')['HTTPParser'] as NativeClass).prototype as Binding
    const finish = prototype['finish'] as NativeFunction
    const left = (parser: Parser): void => this.#left(parser)
    replaceFunction(prototype, 'finish', function (this: Parser, ...given: unknown[]): unknown {
      left(this)
      return Reflect.apply(finish, this, given)
    })
  }

  #left({ socket, incoming }: Parser): void {
    const stream = streamOf(socket?._handle)
    if (stream === undefined || !incoming?.upgrade) return
    const upgrade = new Upgrade(incoming, this.watching)
    this.#ofStream.set(stream, upgrade)
    if (this.watching) stream.watch = upgrade
  }
}

function streamOf(handle: unknown): TcpStream | undefined {
  if (handle instanceof TcpStream) return handle
  return handle instanceof TlsFacade ? handle.stream : undefined
}
