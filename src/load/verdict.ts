/** What was wrong with the answers of one system; all but `answered` are 0 where everything was right. */
export interface Verdict {
  readonly answered: number
  /** Requests without an answer. */
  readonly lost: number
  readonly repeated: number
  readonly reordered: number
  /** Answers whose bytes are not those of the request, or that answer nothing. */
  readonly corrupted: number
  /** Answers with a count that was known before they were asked for: the program's state has forgotten. */
  readonly forgotten: number
  /** Connections that ended although nobody wanted it. */
  readonly dropped: number
}

export type Wrong = Exclude<keyof Verdict, 'answered'>

export const WRONGS: readonly Wrong[] = ['lost', 'repeated', 'reordered', 'corrupted', 'forgotten', 'dropped']

export function isRight(verdict: Verdict): boolean {
  return WRONGS.every((wrong) => verdict[wrong] === 0)
}

export function sumOf(verdicts: readonly Verdict[]): Verdict {
  const total = (name: keyof Verdict): number => verdicts.reduce((sum, verdict) => sum + verdict[name], 0)
  return {
    answered: total('answered'),
    lost: total('lost'),
    repeated: total('repeated'),
    reordered: total('reordered'),
    corrupted: total('corrupted'),
    forgotten: total('forgotten'),
    dropped: total('dropped'),
  }
}

/** `3 lost, 1 repeated`; `nothing` where everything was right. */
export function wrongsIn(verdict: Verdict): string {
  const wrong = WRONGS.filter((name) => verdict[name] > 0).map((name) => `${verdict[name]} ${name}`)
  return wrong.join(', ') || 'nothing'
}
