import type { EdgeInternals } from './edge-internals.js'

/** `Http2Session` of Node's library. */
export interface Session {
  readonly destroyed: boolean
  close(): void
  destroy(code: number): void
}

/** The HTTP/2 session that is being put on this handle's socket, or is on it. */
export function sessionOf({ ownerSymbol, sessionSymbol }: EdgeInternals, handle: object): Session | undefined {
  const socket = Reflect.get(handle, ownerSymbol) as object | null | undefined
  if (typeof socket !== 'object' || socket === null) return undefined
  return Reflect.get(socket, sessionSymbol) as Session | undefined
}
