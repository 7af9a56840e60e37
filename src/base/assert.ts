/** A programmer's error: the code contradicts itself. Never raised because of what a peer or a user sent. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new AssertionError(what)
}

/** For the `default` of a switch over a closed union: a new member becomes a compile error. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`)
}
