import type { MemberId, MemberInfo, View } from '../message/index.js'

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

/**
 * The same supervisor knows that members of any group have failed, where no connected group is left to say so (ADR
 * 59). It says so again and again, and is not answered.
 */
export interface Lost {
  readonly type: 'lost'
  readonly token: string
  readonly members: readonly MemberId[]
}

/** Whom a replica counts on: said with every answer to a probe. */
export interface Standing {
  /** Last established, as far as it knows. */
  readonly view: View
  readonly members: readonly MemberInfo[]
  /** The members of the connected groups that it does not know to have failed. */
  readonly peers: readonly MemberId[]
  /** Removed members that it still counts, as it does not know that they have ended. */
  readonly leaving: readonly MemberId[]
}

/** `{`, with which no datagram of the protocol begins. */
export const PROBE_FIRST_BYTE = 0x7b
