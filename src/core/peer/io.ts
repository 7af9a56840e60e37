import type { ChunkStore } from '../../base/index.js'
import type {
  Epoch,
  GroupId,
  Instant,
  Locator,
  MemberId,
  MemberInfo,
  Message,
  PeerInfo,
  View,
} from '../../message/index.js'
import type { LeaseTerms } from '../lease/terms.js'
import type { CommitMode, Limits } from '../limits.js'

export interface PeerTerms {
  readonly identity: PeerInfo
  readonly application: { readonly group: GroupId; readonly epoch: Epoch }
  /** Whom to greet until a primary answers, and whoever comes meanwhile (`met`). */
  readonly contacts: readonly Locator[]
  readonly limits: Limits
  /** `reflected` unless said otherwise. */
  readonly commit?: CommitMode
  /** False only where a test shows what holds without reflection. */
  readonly reflects: boolean
  /** Nothing is let out but under a lease; undefined: without one. */
  readonly lease?: LeaseTerms | undefined
  /** For history and messages that only newcomers will need; in memory without one. */
  readonly store?: ChunkStore | undefined
}

/** What can happen to the single member of a connected group. */
export type PeerInput =
  | { readonly input: 'received'; readonly message: Message }
  | { readonly input: 'submitted'; readonly payload: Uint8Array }
  | { readonly input: 'flush' }
  /** The application keeps so many bytes of what was let out and has not passed them on. */
  | { readonly input: 'kept'; readonly bytes: number }
  | { readonly input: 'deadline' }
  /** A member has started: who has not been told of a view greets it, too. */
  | { readonly input: 'met'; readonly locator: Locator }
  /** The lease is renewed: the answer to the question with this nonce. */
  | { readonly input: 'granted'; readonly nonce: number }
  /** This member is to be the primary, as planned. */
  | { readonly input: 'handOver'; readonly to: MemberId }
  /** A member of any group is known to have failed: to be said until a membership leaves it out. */
  | { readonly input: 'fault'; readonly group: GroupId; readonly member: MemberId }

export type PeerOutput =
  | { readonly output: 'send'; readonly to: readonly Locator[]; readonly message: Message }
  /** The payload may be acted upon; a view that is valid until the next step. */
  | { readonly output: 'release'; readonly payload: Uint8Array }
  | { readonly output: 'relieved' }
  /** The lease is to be renewed. */
  | { readonly output: 'ask'; readonly nonce: number }
  | {
      readonly output: 'view'
      readonly event: 'adopted' | 'established' | 'members'
      readonly at: Instant
      readonly view: View
      readonly members: readonly MemberInfo[]
    }
