import type { ChunkStore } from '../base/index.js'
import type { CommitMode, LeaseTerms, Limits, PeerTerms } from '../core/index.js'
import { DEFAULT_LIMITS, ETHERNET_LIMITS } from '../core/index.js'
import type { Epoch, GroupId, Locator, MemberId } from '../message/index.js'
import type { TestFaults } from './test-faults.js'
import type { PeerDriverTerms } from './peer.js'
import type { Clock, MulticastGroup, Transport } from './ports.js'
import type { PeerListener } from './peer-port.js'

/** What all members of a group and all groups connected to it must agree on. */
export interface GroupSettings {
  readonly commit: CommitMode
  /** Bytes of history and inputs that are kept whole. */
  readonly historyBytesMax: number
  /** The folder where each process lays history away; undefined: all of it stays in memory. */
  readonly journal: string | undefined
  /** Of the connected groups, which let nothing out without one; undefined where nothing is fenced. */
  readonly lease?: LeaseTerms | undefined
  /** What datagrams fit: an Ethernet frame, or, if not said, what loopback carries. */
  readonly datagrams?: 'ethernet' | undefined
  /** Undefined where each member is sent its own copy. */
  readonly multicast: MulticastGroup | undefined
}

/** What the single member of a connected group is told when its process starts. */
export interface PeerStart {
  readonly identity: { readonly group: GroupId; readonly epoch: Epoch; readonly memberId: MemberId }
  readonly application: { readonly group: GroupId; readonly epoch: Epoch }
  /** Members of the application group to speak to first; empty at the founding, when they speak first. */
  readonly contacts: readonly Locator[]
  readonly settings: GroupSettings
  readonly faults: TestFaults
}

/** What the single member of a connected group runs on. */
export interface PeerPorts {
  readonly transport: Transport
  readonly clock: Clock
  /** For the part of the history that is hardly read. */
  readonly store?: ChunkStore | undefined
}

/** The bounds and delays of a member under these settings. */
export function limitsOf({ historyBytesMax, datagrams }: GroupSettings): Limits {
  return { ...(datagrams === 'ethernet' ? ETHERNET_LIMITS : DEFAULT_LIMITS), historyBytesMax }
}

/** How a connected group's member runs that was started with `start`. */
export function peerTermsOf(
  start: PeerStart,
  { transport, clock, store }: PeerPorts,
  listener: PeerListener,
): PeerDriverTerms {
  const { identity, application, contacts, settings, faults } = start
  const peer: PeerTerms = {
    identity: { ...identity, locator: transport.locator },
    application,
    contacts,
    limits: limitsOf(settings),
    commit: settings.commit,
    reflects: faults.noReflection !== true,
    lease: settings.lease,
    store,
  }
  return { peer, transport, clock, listener, group: settings.multicast?.locator }
}
