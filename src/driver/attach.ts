import type { Epoch, Locator, MemberId, MemberInfo, PeerInfo } from '../message/index.js'
import type { Standing } from './probe.js'
import type { GroupSettings } from './settings.js'

/**
 * How a guest process gets its place in a group: small JSON datagrams between a replica's preload and its supervisor
 * on the same host, before the group's own protocol starts. Each side repeats until it is answered.
 */
export type AttachRequest =
  | {
      readonly type: 'claim'
      readonly slot: string
      readonly token: string
      readonly memberId: MemberId
      /** Where this replica's group socket listens. */
      readonly locator: Locator
      readonly pid: number
      /** The whole command line of the guest, as the program will see it. */
      readonly argv: readonly string[]
      readonly cwd: string
      /** A flag of Node that no replica can have. */
      readonly refusedFlag?: string | undefined
      /** What must be equal at all replicas (determinizer.md A8), as one hash, with the parts for the message. */
      readonly fingerprint: { readonly hash: string; readonly parts: Readonly<Record<string, string>> }
    }
  /** Answers a probe (`Probe`); `looped`: from the event loop, not from within an operation that waits. */
  | {
      readonly type: 'alive'
      readonly slot: string
      readonly token: string
      readonly memberId: MemberId
      readonly looped: boolean
      readonly standing: Standing
    }
  /** Answers `start`; the supervisor repeats `start` until then. */
  | { readonly type: 'attached'; readonly slot: string; readonly token: string; readonly memberId: MemberId }

export type AttachReply =
  /** The slot is this process's; `start` follows when the group is complete. */
  | { readonly type: 'granted' }
  | { readonly type: 'refused'; readonly code: string; readonly reason: string }
  | { readonly type: 'start'; readonly founding: Founding; readonly join: JoinTerms | undefined }

/** Fixed when a group is founded; every replica that ever joins gets the same. */
export interface Founding {
  readonly name: string
  readonly epoch: Epoch
  /** 64 hexadecimal digits: what all the program's randomness is derived from. Never logged. */
  readonly seed: string
  /** The first membership; precedence 1 founds the group. */
  readonly members: readonly MemberInfo[]
  /** The groups connected at the founding, gateway and console. */
  readonly peers: readonly PeerInfo[]
  readonly settings: GroupSettings
  /** What the program sees as its process id, parent's id and host name. */
  readonly pid: number
  readonly ppid: number
  readonly hostname: string
}

/** For a replica that joins a running group: whom to ask. */
export interface JoinTerms {
  readonly contacts: readonly Locator[]
}

/** Environment variables of a replica; the preload removes them before the program runs. */
export const ATTACH_ENV = {
  /** `host:port` of the supervisor's attach socket. */
  address: 'LLFT_ATTACH',
  /** Own IPv4 address that the group's datagrams come to. */
  host: 'LLFT_HOST',
  slot: 'LLFT_SLOT',
  token: 'LLFT_TOKEN',
  /** The launcher's folder, which is first in `PATH`; the preload takes it out again. */
  bin: 'LLFT_BIN',
  /** JSON of `TestFaults`; set by tests only. */
  faults: 'LLFT_TEST_FAULTS',
  /** JSON of `CheckSettings`; set by `llft check` only. */
  check: 'LLFT_CHECK',
  /** Flags of Node for this replica alone, which the launcher puts before ours; set by `llft check` only. */
  nodeFlags: 'LLFT_NODE_FLAGS',
} as const
