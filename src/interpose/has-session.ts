import type { EdgeInternals } from './edge-internals.js'

/** An HTTP/2 session is being put on this handle's socket, or is on it. */
export function hasSession({ ownerSymbol, sessionSymbol }: EdgeInternals, handle: object): boolean {
  const socket = Reflect.get(handle, ownerSymbol) as object | null | undefined
  return typeof socket === 'object' && socket !== null && Reflect.get(socket, sessionSymbol) !== undefined
}
