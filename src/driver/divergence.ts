/** Why a replica stopped: its execution contradicts the history. */
export interface Divergence {
  /** Of the entry in the history. */
  readonly index: number
  /** What the replica did and where, and what the primary did. */
  readonly difference: string
}

/** The last words of such a replica, on its real standard error; kept readable for whoever sees only that. */
const WORDS = /^llft: replica diverged at entry (\d+): (.*)$/m

export function divergenceLine({ index, difference }: Divergence): string {
  return `replica diverged at entry ${index}: ${difference.replaceAll('\n', ' ')}`
}

/** From what a replica has left behind; undefined: it ended otherwise. */
export function divergenceIn(evidence: string): Divergence | undefined {
  const [, index, difference] = WORDS.exec(evidence) ?? []
  return index === undefined || difference === undefined ? undefined : { index: Number(index), difference }
}
