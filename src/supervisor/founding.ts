import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Founding, GroupSettings } from '../driver/index.js'
import type { Epoch, MemberInfo, PeerInfo, Precedence } from '../message/index.js'
import type { Claim } from './claims.js'

/** 256 bits: what AES-256 is keyed with. */
const SEED_BYTES = 32

export interface FoundingTerms {
  readonly name: string
  readonly epoch: Epoch
  readonly settings: GroupSettings
  /** The guests in the order of their slots, which becomes the order of succession. */
  readonly claims: readonly Claim[]
  readonly peers: readonly PeerInfo[]
}

/** What all replicas, now and later, agree on. The program sees the process ids of its first replica. */
export function foundingOf(terms: FoundingTerms): Founding {
  const { name, epoch, settings, claims, peers } = terms
  return {
    name,
    epoch,
    seed: randomBytes(SEED_BYTES).toString('hex'),
    members: claims.map(memberOf),
    peers,
    settings,
    pid: claims[0]?.pid ?? process.pid,
    ppid: process.pid,
    hostname: hostname(),
  }
}

function memberOf({ memberId, locator }: Claim, place: number): MemberInfo {
  return { memberId, locator, precedence: (place + 1) as Precedence, caughtUp: true }
}
