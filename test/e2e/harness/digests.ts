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

/** Compares the digest chains of all replicas that ever ran, at every index that they share. */
export function compareDigests(folder: string): DigestComparison {
  const chains = readdirSync(folder).map((name) => ({ name, digests: readChain(join(folder, name)) }))
  let difference: string | undefined
  const shared = chains.map(({ name, digests }) => {
    const others = chains.filter((chain) => chain.name !== name)
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

/** Lines `index digest`; the last may be cut off by a kill. */
function readChain(path: string): ReadonlyMap<number, string> {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return new Map(lines.map((line) => [Number(line.split(' ')[0]), line]))
}
