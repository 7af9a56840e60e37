import type { Instant } from '../message/index.js'

type Deadline = Instant | undefined

/** The first of the deadlines that are set: the one timer to arm outside. Asked after every step: it makes no list. */
export function earliest(one: Deadline, other: Deadline, third?: Deadline): Deadline {
  const first = earlier(one, other)
  return third === undefined ? first : earlier(first, third)
}

function earlier(one: Deadline, other: Deadline): Deadline {
  if (one === undefined || other === undefined) return one ?? other
  return one < other ? one : other
}
