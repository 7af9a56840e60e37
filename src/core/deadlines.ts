import type { Instant } from '../message/index.js'

/** The first of the deadlines that are set: the one timer to arm outside. */
export function earliest(...deadlines: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined
  for (const deadline of deadlines)
    if (deadline !== undefined && (first === undefined || deadline < first)) first = deadline
  return first
}
