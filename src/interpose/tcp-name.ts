import type { SocketName } from '../message/index.js'

/** Fills the object that `getsockname` and `getpeername` are given, in the order that Node fills it. */
export function writeName(name: SocketName, into: Record<string, unknown>): number {
  into['address'] = name.address
  into['family'] = name.family === 6 ? 'IPv6' : 'IPv4'
  into['port'] = name.port
  return 0
}
