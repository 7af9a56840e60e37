import type { NativeClass } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'

interface Parser {
  readonly socket?: object | null
  headersCompleted(): boolean
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
  /** When the message began that a parser is at, or else its connection; infinite once it has been found too late. */
  const begun = new WeakMap<object, number>()

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
      const tookMs = nowMs - (begun.get(one) ?? nowMs)
      return (isPast(tookMs, headersMs) && !one.headersCompleted()) || isPast(tookMs, requestMs)
    }
    const active = (list['active']?.call(this) ?? []) as Parser[]
    const expired = active.filter(isOver)
    for (const one of expired) begun.set(one, Infinity)
    return expired
  }

  const { initialize } = parser
  parser['initialize'] = function (this: object, ...given: unknown[]): unknown {
    if (given.some((each) => each instanceof List)) begun.set(this, operationMs())
    else begun.delete(this)
    return initialize?.apply(this, given)
  }
  parser[ON_MESSAGE_BEGIN] = function (this: object): void {
    if (begun.has(this)) begun.set(this, operationMs())
  }
}

/** A bound of 0 is none. */
function isPast(tookMs: number, boundMs: unknown): boolean {
  return typeof boundMs === 'number' && boundMs > 0 && tookMs > boundMs
}
