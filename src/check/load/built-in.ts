import { exchangeLines } from './lines.js'
import { requestHttp } from './http.js'
import type { Load, Loaded } from './load.js'
import { probe } from './probe.js'

/** A few clients at each port of the program: what they ask changes nothing at a server that keeps to the rules. */
export const builtInLoad: Load = async (terms) => {
  const parts: Loaded[] = []
  for (const address of terms.addresses) {
    if (terms.signal.aborted) break
    const scheme = await probe(address, terms.signal)
    parts.push(
      scheme === undefined ? await exchangeLines(address, terms.signal) : await requestHttp(scheme, address, terms),
    )
  }
  return {
    what: parts.map(({ what }) => what).join('; ') || 'none: the program has ended before',
    did: parts.map(({ did }) => did).join(', '),
  }
}
