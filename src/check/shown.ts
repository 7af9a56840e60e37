/** Two contents as a person can compare them: what is around their first difference. */
export interface Shown {
  readonly primary: string
  readonly backup: string
}

export interface Content {
  /** The first bytes, as Latin-1. */
  readonly head: string
  readonly length: number
}

const BEFORE = 24
const AFTER = 40

export function shownFrom(primary: Content, backup: Content): Shown {
  const bound = Math.min(primary.head.length, backup.head.length)
  let at = 0
  while (at < bound && primary.head[at] === backup.head[at]) at++
  const isBeyond = at === bound && primary.length === backup.length
  return { primary: around(primary, at, isBeyond), backup: around(backup, at, isBeyond) }
}

function around({ head, length }: Content, at: number, isBeyond: boolean): string {
  if (isBeyond) return `differs somewhere after the first ${head.length} of ${length} bytes`
  const from = Math.max(0, at - BEFORE)
  const to = at + AFTER
  const text = JSON.stringify(Buffer.from(head.slice(from, to), 'latin1').toString())
  return `${from > 0 ? '…' : ''}${text}${to < length ? '…' : ''}${from > 0 ? ` (from byte ${from})` : ''}`
}
