import type { NativeClass } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import type { Parser, ParserList } from './http-messages.js'

type Prototype = Record<string | number, (this: object, ...given: unknown[]) => unknown>

/** `HTTPParser.kOnMessageBegin`: what C++ calls when the first byte of a message comes. */
const ON_MESSAGE_BEGIN = 0

/**
 * `http.Server` keeps its connections in a native list. Its order depends on addresses of memory, so what it answers is
 * sorted. How long a request has taken it tells by the real clock, in C++; `headersTimeout` and `requestTimeout` go by
 * the time of operations instead, which is equal at every replica.
 */
export function installHttp({ internals, operationMs, messages }: EdgeTerms): void {
  const binding = internals.binding('http_parser')
  const List = binding['ConnectionsList'] as NativeClass
  const list = List.prototype as Prototype
  const parser = (binding['HTTPParser'] as NativeClass).prototype as Prototype

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
      const tookMs = messages.tookMs(one, nowMs)
      return (isPast(tookMs, headersMs) && !messages.hasHead(one)) || isPast(tookMs, requestMs)
    }
    const active = (list['active']?.call(this) ?? []) as Parser[]
    const expired = active.filter(isOver)
    for (const one of expired) messages.expire(one)
    return expired
  }

  const { initialize } = parser
  const begin = function (this: object): void {
    messages.begin(this, operationMs())
  }
  parser['initialize'] = function (this: object, ...given: unknown[]): unknown {
    const servers = given.find((each) => each instanceof List)
    if (servers === undefined) messages.forget(this)
    else messages.connect(this, servers as ParserList, operationMs())
    // Of its own, because Node's library puts null there when it has cleaned a parser.
    if (servers !== undefined) Reflect.set(this, ON_MESSAGE_BEGIN, begin)
    return initialize?.apply(this, given)
  }
}

/** A bound of 0 is none. */
function isPast(tookMs: number, boundMs: unknown): boolean {
  return typeof boundMs === 'number' && boundMs > 0 && tookMs > boundMs
}
