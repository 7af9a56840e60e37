import type { Founding, JoinTerms, Standing } from '../../driver/index.js'
import type { LeaseVote } from '../../core/index.js'
import type { Epoch, MemberId } from '../../message/index.js'
import type { Claim } from '../claims.js'
import type { ProcessEnd } from '../process-end.js'

/**
 * What a gateway and the hosts of its replicas tell each other, as JSON datagrams. Each says all that counts, again and
 * again: nothing is lost by a lost datagram, and a host that was cut off is up to date with the next one that arrives.
 */
export type Word = HostReport | HostOrder | StandbyWord | Hello | VoteWord | ReturnWord | VotedWord

interface Stamp {
  /** The group's name; whoever has another one is not meant. */
  readonly group: string
  /** A random number per start of the process that speaks. */
  readonly speaker: number
  /** Rising; an older one that comes later counts for nothing. */
  readonly sequence: number
}

/** Any part, to a multicast group: it is there, where this comes from. */
export interface Hello extends Stamp {
  readonly word: 'hello'
}

/** A gateway that orders nothing would like to hear how a host is. */
export interface StandbyWord extends Stamp {
  readonly word: 'standby'
  /** How many replicas it hears that could be adopted. */
  readonly orphans: number
}

/** The gateway to which a host listens, or did last. */
export interface FollowedGateway {
  readonly speaker: number
  /** Which reign of a gateway over the group it is: 1 for the one that founded it; 0: it does not rule yet. */
  readonly term: number
  /** Address and port. */
  readonly address: string
  /** It has not been heard for so long that another one may rule. */
  readonly silent: boolean
}

/** Two of one term were started at once: the larger number goes on. */
export function isLater(left: Reign, right: Reign): boolean {
  return left.term === right.term ? left.speaker > right.speaker : left.term > right.term
}

type Reign = Pick<FollowedGateway, 'speaker' | 'term'>

/** A generation of a program (ADR 55), as gateway and hosts name it to each other. */
export interface GenerationId {
  /** The epoch of the first one: whoever has another is of another run. */
  readonly origin: Epoch
  /** From 1 on. Of two that were tried in turn the first was given up. */
  readonly number: number
  readonly epoch: Epoch
}

/** A replica host to its gateway, of one of its places: while a snapshot is taken it has two. */
export interface HostReport extends Stamp {
  readonly word: 'report'
  /** Null if it never heard one. */
  readonly gateway: FollowedGateway | null
  /** What the place is for; null while its replica waits to be told. */
  readonly generation: GenerationId | null
  /** That generation is the group, as this host was told. */
  readonly decided: boolean
  /** Its replica; null while there is none, or none that has claimed its place. */
  readonly guest: HostGuest | null
}

export interface HostGuest {
  readonly claim: Omit<Claim, 'token'>
  /** It has been told to start. */
  readonly started: boolean
  /** With what it was started; only while no gateway speaks. */
  readonly founding: Founding | null
  /** Whom it counts on; null before its first answer. */
  readonly standing: Standing | null
  /** How many probes its main thread has answered, and whether its event loop turns. */
  readonly answers: number
  readonly looped: boolean
  /** How it ended; null while it runs. */
  readonly end: ProcessEnd | null
  /** The last of what it wrote to its real stdout and stderr; empty while it runs. */
  readonly evidence: string
}

/** A gateway to a replica host. */
export interface HostOrder extends Stamp {
  readonly word: 'order'
  /** As `FollowedGateway` has it. */
  readonly term: number
  /** Of whose replica it tells; a host that has no place for one that is not decided makes it. */
  readonly generation: GenerationId
  /** That generation is the group; of others of the same origin nothing is to be left. */
  readonly decided: boolean
  /** Which replica `start` and `kill` are about. */
  readonly member: MemberId | null
  /** It is to go on with this; null once it has said that it did. */
  readonly start: { readonly founding: Founding; readonly join: JoinTerms | null } | null
  /** It is to end; another one may follow. */
  readonly kill: boolean
  /** Members of any group that have failed, as nobody in the group may be left to tell the replica. */
  readonly lost: readonly MemberId[]
  /**
   * The host is to end, and its replicas with it: the program is over, or the host was removed or refused. Of a
   * generation that is not decided its replica alone: it is given up.
   */
  readonly over: { readonly reason: string; readonly end: ProcessEnd } | null
  /** How often the replica's main thread is to be asked for a sign of life. */
  readonly probeMs: number
  /** How often the host is to report. */
  readonly beatMs: number
}

/** Who wants the lease of the group to every part of it (ADR 60); `sequence` is the nonce. */
export interface VoteWord extends Stamp {
  readonly word: 'vote'
  readonly wish: 'take' | 'keep'
  readonly seen: number | null
  /** Addresses and ports. */
  readonly voters: readonly string[]
  /** In microseconds. */
  readonly ttl: number
  readonly driftBound: number
  /** What the speaker is called, for a person. */
  readonly name: string
}

/** It wants the lease no more, or not now. */
export interface ReturnWord extends Stamp {
  readonly word: 'return'
  readonly had: boolean
}

/** A part, to who wants the lease. */
export interface VotedWord extends Stamp {
  readonly word: 'voted'
  /** Whose question is answered, and which one. */
  readonly candidate: number
  readonly nonce: number
  readonly answer: LeaseVote
  /** Whom it granted the lease last; empty if it does not know. */
  readonly holder: string
}
