import type { NativeClass } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'

interface Parser {
  readonly socket?: object | null
  /** Of the last message whose head was read to its end. */
  readonly incoming?: object | null
}

/** A message that a parser is at, or its connection before the first one. */
interface Begun {
  /** By the time of operations; infinite once it has been found too late. */
  readonly atMs: number
  /** What the parser had then. */
  readonly before: Parser['incoming']
}

type Prototype = Record<string | number, (this: object, ...given: unknown[]) => unknown>

/** `HTTPParser.kOnMessageBegin`: what C++ calls when the first byte of a message comes. */
const ON_MESSAGE_BEGIN = 0

/**
 * `http.Server` keeps its connections in a native list. Its order depends on addresses of memory, so what it answers is
 * sorted. How long a request has taken it tells by the real clock, in C++; `headersTimeout` and `requestTimeout` go by
 * the time of operations instead, which is equal at every replica.
 */
export function installHttp({ internals, operationMs }: EdgeTerms): void {
  const binding = internals.binding('http_parser')
  const List = binding['ConnectionsList'] as NativeClass
  const list = List.prototype as Prototype
  const parser = (binding['HTTPParser'] as NativeClass).prototype as Prototype
  const begun = new WeakMap<object, Begun>()
  const begin = (parsing: Parser): unknown => begun.set(parsing, { atMs: operationMs(), before: parsing.incoming })

  const rank = ({ socket }: Parser): number => {
    const asyncId: unknown = Reflect.get(socket ?? {}, internals.asyncIdSymbol)
    return typeof asyncId === 'number' ? asyncId : 0
  }
  for (const name of ['all', 'idle', 'active']) {
    const real = list[name]
    if (real === undefined) continue
    list[name] = function (this: object): Parser[] {
      return (real.call(this) as Parser[]).toSorted((left, right) => rank(left) - rank(right))
    }
  }
  list['expired'] = function (this: object, headersMs: unknown, requestMs: unknown): Parser[] {
    const nowMs = operationMs()
    const isOver = (one: Parser): boolean => {
      const { atMs = nowMs, before } = begun.get(one) ?? {}
      const hasHead = one.incoming !== before && (one.incoming ?? null) !== null
      return (isPast(nowMs - atMs, headersMs) && !hasHead) || isPast(nowMs - atMs, requestMs)
    }
    const active = (list['active']?.call(this) ?? []) as Parser[]
    const expired = active.filter(isOver)
    for (const one of expired) begun.set(one, { atMs: Infinity, before: undefined })
    return expired
  }

  const { initialize } = parser
  parser['initialize'] = function (this: object, ...given: unknown[]): unknown {
    if (given.some((each) => each instanceof List)) begin(this)
    else begun.delete(this)
    return initialize?.apply(this, given)
  }
  parser[ON_MESSAGE_BEGIN] = function (this: object): void {
    if (begun.has(this)) begin(this)
  }
}

/** A bound of 0 is none. */
function isPast(tookMs: number, boundMs: unknown): boolean {
  return typeof boundMs === 'number' && boundMs > 0 && tookMs > boundMs
}
