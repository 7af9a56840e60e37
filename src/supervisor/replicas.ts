import type { Founding, JoinTerms, Standing } from '../driver/index.js'
import type { Epoch, Instant, MemberId } from '../message/index.js'
import type { Claim, Refusal } from './claims.js'
import type { Endpoint } from './endpoint.js'
import type { ProcessEnd } from './process-end.js'
import type { Reaper } from './reaper.js'

/** A replica's process, on this host or on another one. */
export interface ReplicaHandle {
  /** Of the guest once it has claimed its slot, of the command before. */
  readonly pid: number | undefined
  /** The same, where it is a process of this host. */
  readonly localPid: number | undefined
  /** Where its host is spoken to; undefined: it is a process of this one. */
  readonly host: Endpoint | undefined
  /** The command is the guest itself, without a wrapper such as npm. */
  readonly direct: boolean
  /** How it ended; undefined while it runs. */
  readonly end: ProcessEnd | undefined
  /** The same in words. */
  readonly outcome: string
  /** Its host speaks; if not, nothing is known of its main thread. */
  readonly reachable: boolean
  /** How long before its end was noticed it gave its last sign of life, as far as it is known. */
  readonly quietMs: number
  /** The end of what the replica wrote to its real stdout and stderr. */
  readonly evidence: string
  /** Kills the guest as `kill` in a shell would. */
  kill(signal: NodeJS.Signals): void
  /** Ends all of it. */
  destroy(): void
}

/** One replica from its start to the end of its process. */
export interface Replica {
  /** `r1`, `r2`, ...: never used twice in a run. */
  readonly slot: string
  /** Why it was started. */
  readonly origin: string
  readonly process: ReplicaHandle
  readonly memberId: MemberId | undefined
  readonly claim: Claim | undefined
  /** When it was told to start. */
  readonly started: Instant | undefined
  /** Whom it counts on, as it last said; undefined before. */
  readonly standing: Standing | undefined
  /** It could take over: a founder, or caught up. */
  readonly ready: boolean
  readonly gone: boolean
  /** It goes because somebody wants it: it hands over and is replaced, or it is removed and is not. */
  readonly retired: 'switched' | 'removed' | undefined
}

export interface ReplicasListener {
  claimed(replica: Replica): void
  refused(claim: Claim, refusal: Refusal): void
  /** It answered a probe; `looped`: from its event loop. */
  alive(slot: string, looped: boolean): void
  /** Its guest runs no more; at once. */
  gone(replica: Replica): void
  /** Its command has ended too; `gone` came before. */
  ended(replica: Replica, end: ProcessEnd): void
  /** Of other gateways of the group; never where all replicas are on this host. */
  others?: OtherGateways
}

/** A gateway is known by its address. */
export interface OtherGateways {
  /** Hosts listen to that one. */
  standsBy(gateway: string): void
  /** Replicas of a gateway that is lost wait to be adopted; told again and again. */
  adoptable(found: Adoptable): void
  /** There are replicas that wait, and too few of them. */
  few(heard: number): void
  /** No host is heard any more. */
  cutOff(): void
  /** That one has adopted the group of this one. */
  superseded(gateway: string): void
}

/** Replicas of a gateway that is lost (ADR 59). */
export interface Adoptable {
  readonly founding: Founding
  readonly generation: number
  readonly gateway: string
  readonly count: number
  /** They are this supervisor's from now on. */
  readonly adopt: (terms: AdoptTerms) => void
}

export interface AdoptTerms {
  readonly at: Instant
  /** The members of the connected groups that are this supervisor's, as far as they run. */
  own(): readonly (MemberId | undefined)[]
  /** The group knows them: what fails is said in the group itself. */
  connected(): boolean
}

/** Whose replicas they are; none of any other is told from it. */
export interface OwnGeneration {
  readonly number: number
  readonly epoch: Epoch
}

export interface StartTerms {
  readonly founding: Founding
  readonly join: JoinTerms | undefined
}

/** The replicas of a group, wherever their processes are. */
export interface Replicas {
  open(generation: OwnGeneration): Promise<void>
  /** How many slots were given so far. */
  readonly numbered: number
  readonly all: readonly Replica[]
  /** Those whose guest runs. */
  readonly living: readonly Replica[]
  ofMember(memberId: MemberId): Replica | undefined
  /** Undefined where other hosts decide when one of theirs starts. */
  spawn(origin: string): Replica | undefined
  /** The guest goes on; a founder (without join terms) is ready at once. */
  start(slot: string, at: Instant, terms: StartTerms): void
  /** Its supervisor tells a replica who has failed. */
  fault(slot: string, members: readonly MemberId[]): void
  /** Asks for a sign of life. */
  probe(slot: string): void
  retire(slot: string, why: Replica['retired']): void
  caughtUp(slot: string): void
  /** Resolves when no replica is left, or after the bound. */
  emptied(boundMs: number): Promise<void>
  destroy(): void
  /** Their generation is the group from now on. Resolves once every host knows it that has one of them. */
  decide(): Promise<void>
  close(): void
  /** Closes, because another gateway, or another generation, has the group: hosts are told by that one. */
  leave(): void
}

/** How a supervisor comes by its replicas. */
export interface ReplicasMaker {
  /** Folders to remove when everything has ended. */
  readonly leftovers: readonly string[]
  make(reaper: Reaper, listener: ReplicasListener): Replicas
}
