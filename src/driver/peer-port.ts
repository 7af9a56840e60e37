import type { Frame, GroupId, Instant, Locator, MemberId, MemberInfo, OrderIndex, View } from '../message/index.js'

/**
 * A connected group of one member (a gateway, the console) as its application sees it: frames to and from the
 * application group, under the release rule.
 */
export interface PeerPort {
  /**
   * Hands a frame to the application group; it is kept until every member has it. The bytes in the frame are
   * copied.
   */
  send(frame: Frame): void
  /** What was sent since the last flush leaves now. Called by the owner at the end of its turn. */
  flush(): void
  /** The sent list is at its bound: read no more from clients until `relieved`. */
  readonly congested: boolean
  /**
   * The application of this peer keeps so many bytes of what was released and has not passed them on: the application
   * group sends no more than the window leaves.
   */
  keep(bytes: number): void
  /** A member of the application group has started there: it is greeted, too, as long as none has answered. */
  meet(locator: Locator): void
  /** Sends a FaultNotice, and repeats it until an established membership leaves the member out. */
  announceFault(group: GroupId, member: MemberId): void
  /** Asks the primary to hand over to this member, for a bounded time. */
  handOver(to: MemberId): void
  /** The lease was renewed in answer to `askLease` with this nonce. */
  granted(nonce: number): void
  readonly status: PeerStatus
  close(): void
}

export interface MemberStatus extends MemberInfo {
  readonly held: OrderIndex
  readonly executed: OrderIndex
}

/** The application group as this peer knows it. */
export interface PeerStatus {
  readonly view: View
  readonly members: readonly MemberStatus[]
  /** Entries of the application group's history that this peer knows of. */
  readonly historyIndex: OrderIndex
  /** Bytes of history and of inputs that members keep for newcomers; at least the bound once the oldest are gone. */
  readonly historyBytes: number
  /** Malformed datagrams that were dropped. */
  readonly rejectedDatagrams: number
  /** It holds its lease, or needs none. */
  readonly mayRelease: boolean
}

export interface PeerEvent {
  /**
   * `adopted`: a takeover was proposed and this peer has adopted the view; the members are those who are to go on.
   * `established`: the first founding, or the end of a takeover. `members`: backups changed inside a view.
   */
  readonly event: 'adopted' | 'established' | 'members'
  readonly at: Instant
  readonly view: View
  readonly members: readonly MemberInfo[]
}

export interface PeerListener {
  /** A frame of the application group may be acted upon: nothing it depends on can be lost any more. */
  released(frame: Frame): void
  /** `congested` has turned false. */
  relieved(): void
  /** The lease is to be renewed, from now on; only where there is one. */
  askLease(nonce: number): void
  event(event: PeerEvent): void
}
