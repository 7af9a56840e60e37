import type { GroupId, MemberInfo, PeerInfo } from '../message/index.js'

/** The first identity that is given; what is below names no process. */
export const IDENTITY_MIN = 100

/** Gives each process of a simulation a number that is its member id, its locator and, for a peer, its epoch. */
export class Identities {
  #next = IDENTITY_MIN

  member(precedence: number): MemberInfo {
    const id = this.#next++
    return { memberId: id, precedence, locator: id, caughtUp: true } as unknown as MemberInfo
  }

  peer(group: GroupId): PeerInfo {
    const id = this.#next++
    return { group, epoch: id, memberId: id, locator: id } as unknown as PeerInfo
  }
}
