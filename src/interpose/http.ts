import type { NativeClass } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'

interface Parser {
  readonly socket?: object | null
}

/**
 * `http.Server` keeps its connections in a native list. Its time-outs compare the real clock in C++, so they are
 * switched off (the gateway must enforce them); its order depends on addresses of memory, so what it answers is
 * sorted.
 */
export function installHttp({ internals }: EdgeTerms): void {
  const list = (internals.binding('http_parser')['ConnectionsList'] as NativeClass).prototype as Record<
    string,
    (this: unknown) => Parser[]
  >
  const rank = (parser: Parser): number => {
    const asyncId: unknown = Reflect.get(parser.socket ?? {}, internals.asyncIdSymbol)
    return typeof asyncId === 'number' ? asyncId : 0
  }
  for (const name of ['all', 'idle', 'active'] as const) {
    const real = list[name]
    if (real === undefined) continue
    list[name] = function (this: unknown): Parser[] {
      return real.call(this).toSorted((left, right) => rank(left) - rank(right))
    }
  }
  list['expired'] = () => []
}
