/** What the program's replicas and the console say to each other about UDP sockets (`host-calls.ts`). */

/** The argument of `openSocket`, whose value is the bound `DatagramName`. */
export interface DatagramOpening extends DatagramName {
  readonly ipv6Only: boolean
  readonly reuseAddress: boolean
  readonly reusePort: boolean
}

export interface DatagramName {
  readonly address: string
  readonly family: 4 | 6
  readonly port: number
}

/** The head of a record to a socket, on the stream of the call that opened it. No port: to whom it is connected. */
export interface ToSocket {
  readonly to: 'datagram'
  readonly address?: string
  readonly port?: number
}

/** The value of a record from a socket, after the one that answers the call: a datagram's sender, or an error. */
export type FromSocket = DatagramName | { readonly errno: number }

/** What else can be done with a socket: calls of their own, `[stream, name, ...arguments]`. */
export const SOCKET_CALLS = [
  'setBroadcast',
  'setTTL',
  'setMulticastTTL',
  'setMulticastLoopback',
  'setMulticastInterface',
  'addMembership',
  'dropMembership',
  'addSourceSpecificMembership',
  'dropSourceSpecificMembership',
  'connect',
  'disconnect',
  'getRecvBufferSize',
  'getSendBufferSize',
  'setRecvBufferSize',
  'setSendBufferSize',
] as const
export type SocketCall = (typeof SOCKET_CALLS)[number]
