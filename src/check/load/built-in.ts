import { exchangeLines } from './lines.js'
import { requestHttp } from './http.js'
import type { Load, Loaded, LoadTerms } from './load.js'
import { probe } from './probe.js'

/** A few clients at each port of the program: what they ask changes nothing at a server that keeps to the rules. */
export const builtInLoad: Load = async (terms) => {
  const parts: Loaded[] = []
  for (const address of terms.addresses) {
    if (terms.signal.aborted) break
    const one: LoadTerms = { ...terms, addresses: [address] }
    const scheme = await probe(address, terms.signal)
    parts.push(scheme === undefined ? await exchangeLines(one) : await requestHttp(scheme, one))
  }
  return {
    what: parts.map(({ what }) => what).join('; ') || 'none: the program has ended before',
    requests: sum(parts, 'requests'),
    answered: sum(parts, 'answered'),
  }
}

function sum(parts: readonly Loaded[], name: 'requests' | 'answered'): number {
  return parts.reduce((total, part) => total + part[name], 0)
}
