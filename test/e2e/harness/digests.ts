import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface DigestComparison {
  /** Replicas that wrote anything. */
  readonly replicas: number
  /** Per replica, how many indexes it shares with at least one other. */
  readonly shared: readonly number[]
  /** The first index at which two replicas differ. */
  readonly difference: string | undefined
}

/** What one replica wrote down. */
interface Chain {
  readonly name: string
  /** By index: the line. */
  readonly digests: ReadonlyMap<number, string>
  /** When it became the primary: in which view, and how long the history was. */
  readonly lead: { readonly index: number; readonly view: number } | undefined
}

/**
 * Compares the digest chains of all replicas that ever ran, at every index that they share. What a primary decided
 * beyond the length with which its successor was established never left it, and is not part of the history.
 */
export function compareDigests(folder: string): DigestComparison {
  const chains = readdirSync(folder).map((name) => readChain(folder, name))
  const histories = chains.map((chain) => historyOf(chain, chains))
  let difference: string | undefined
  const shared = histories.map(({ name, digests }) => {
    const others = histories.filter((chain) => chain.name !== name)
    let count = 0
    for (const [index, digest] of digests) {
      const same = others.filter((other) => other.digests.has(index))
      if (same.length > 0) count++
      const wrong = same.find((other) => other.digests.get(index) !== digest)
      if (wrong !== undefined) difference ??= `at ${index}: ${name} and ${wrong.name}`
    }
    return count
  })
  return { replicas: chains.length, shared, difference }
}

/** The part of a chain that happened. */
function historyOf(chain: Chain, chains: readonly Chain[]): Pick<Chain, 'name' | 'digests'> {
  const { name, lead, digests } = chain
  if (lead === undefined) return chain
  const later = chains.flatMap((other) => (other.lead !== undefined && other.lead.view > lead.view ? other.lead : []))
  const length = Math.min(Infinity, ...later.map(({ index }) => index))
  return { name, digests: new Map([...digests].filter(([index]) => index <= length)) }
}

/** Lines `index digest` and `lead index view`; the last may be cut off by a kill. */
function readChain(folder: string, name: string): Chain {
  const lines = readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)
  const digests = lines.filter((line) => !line.startsWith('lead '))
  const [index, view] =
    lines
      .find((line) => line.startsWith('lead '))
      ?.split(' ')
      .slice(1)
      .map(Number) ?? []
  return {
    name,
    digests: new Map(digests.map((line) => [Number(line.split(' ')[0]), line])),
    lead: index === undefined || view === undefined ? undefined : { index, view },
  }
}
