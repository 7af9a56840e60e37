/** How long each phase of a takeover took, one after the other. */
export interface TakeoverPhases {
  /** From the last sign of life of the primary until it was suspected. */
  readonly silenceMs: number
  /** From there until its failure was certain and announced. */
  readonly suspicionMs: number
  /** From there until the supervisor had adopted the successor's proposal. */
  readonly proposalMs: number
  /** From there until the successor had executed the whole history and its view was established. */
  readonly recoveryMs: number
  /** From there until the gateway followed it, and clients were served again; null while it has not. */
  readonly resumedMs: number | null
}

export type EventKind =
  /** The first view is established. */
  | 'founded'
  /** A replica has failed, or does not answer, and that was announced. */
  | 'suspected'
  /** A replica is to go because an operator wants it: removed, or a primary that hands over. */
  | 'leaving'
  /** A primary that was to hand over leads on: its successor did not catch up in time. */
  | 'kept'
  /** A backup has proposed itself as the primary. */
  | 'proposed'
  /** The takeover is over: a new view is established. */
  | 'established'
  /** The gateway follows the new primary. */
  | 'resumed'
  /** A backup was added; it is given the history. */
  | 'joined'
  /** A backup holds the history and could take over. */
  | 'caught-up'
  /** A backup was removed. */
  | 'removed'
  /** This gateway has the replicas of another one that is lost. */
  | 'adopted'
  | 'gateway-lost'
  /** The lease has ended, and nothing is let out; it is renewed. */
  | 'fenced'
  | 'unfenced'
  | 'gateway-started'
  /** A new generation goes on from a snapshot. */
  | 'snapshot'
  /** None could be taken; the generation goes on as it was. */
  | 'snapshot-kept'

/** A replica in the membership that an event is about. */
export interface EventMember {
  readonly id: string
  readonly role: 'primary' | 'backup'
  readonly caughtUp: boolean
}

/** Something that happened to the membership. */
export interface GroupEvent {
  /** 1, 2, 3, ... in the order of happening. */
  readonly sequence: number
  /** Wall-clock time, ISO 8601. */
  readonly at: string
  readonly kind: EventKind
  /** The replica that it happened to; null where it is about the group or its gateway. */
  readonly replica: string | null
  readonly cause: string
  readonly view: { readonly primary: number; readonly backup: number }
  /** In the order of succession; of a proposal, those who are to go on. */
  readonly members: readonly EventMember[]
  /** Who proposed what is proposed or established: itself for a takeover, the primary for a change of backups. */
  readonly proposer: string | null
  /** Of a takeover that is over; null otherwise. */
  readonly phases: TakeoverPhases | null
}

/** What happened, and what happens from now on. */
export interface EventSource {
  /** The last ones, oldest first. */
  readonly recent: readonly GroupEvent[]
  /** Returns how to stop it. */
  subscribe(take: (event: GroupEvent) => void): () => void
}
