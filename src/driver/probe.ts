/**
 * A supervisor asks the replicas on its own host whether their main thread still does anything (protocol.md section
 * 6, timing fault): a small JSON datagram to the replica's group socket, answered as `alive` to the attach socket. The
 * first byte tells it from a datagram of the protocol.
 */
export interface Probe {
  readonly type: 'probe'
  /** The group's: nobody else gets an answer. */
  readonly token: string
}

/** `{`, with which no datagram of the protocol begins. */
export const PROBE_FIRST_BYTE = 0x7b
