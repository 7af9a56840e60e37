import type { GroupId, Locator, MemberId, Message, PeerInfo } from '../../message/index.js'

/** What can happen to a replica. */
export type ReplicaInput =
  | { readonly input: 'received'; readonly message: Message }
  /** Primary: an entry was decided; it counts as executed. */
  | { readonly input: 'decided'; readonly entry: Uint8Array }
  /** Backup: the next entry was taken for execution. */
  | { readonly input: 'consumed' }
  /** The program has taken the messages of a connection up to the one that ends with this payload. */
  | { readonly input: 'taken'; readonly from: GroupId; readonly upTo: number }
  /** The execution produced a message to a connected group. */
  | { readonly input: 'submitted'; readonly to: GroupId; readonly payload: Uint8Array }
  /** What was decided and submitted may leave. */
  | { readonly input: 'flush' }
  | { readonly input: 'deadline' }
  /**
   * The supervisor of this replica knows that a member of any group has failed: where no connected group is left that
   * could say so (ADR 59).
   */
  | { readonly input: 'fault'; readonly member: MemberId }
  /** In an ordered operation, before its entry is decided or consumed: a connection begins, or is over. */
  | { readonly input: 'connect'; readonly peer: PeerInfo }
  | { readonly input: 'disconnect'; readonly group: GroupId }

/** What a replica wants done; the order is the contract. */
export type ReplicaOutput =
  | { readonly output: 'send'; readonly to: readonly Locator[]; readonly message: Message }
  /** There may be something to execute. */
  | { readonly output: 'work' }
  | { readonly output: 'proposed' }
  /** The merged history is complete and is now executed to its end. */
  | { readonly output: 'recovered' }
  | { readonly output: 'promoted' }
  | { readonly output: 'peerLost'; readonly group: GroupId }
  | { readonly output: 'peerUp'; readonly peer: PeerInfo }
  | { readonly output: 'stopped'; readonly reason: string }
