import type { Epoch, GroupId, Locator, MemberInfo, PeerInfo, View } from '../message/index.js'

/** The first identity that is given; what is below names no process. */
export const IDENTITY_MIN = 100

/** Of the application group, and where all its members are reached at once. */
export const EPOCH = 7 as Epoch
export const GROUP_LOCATOR = (IDENTITY_MIN - 1) as Locator
export const FIRST_VIEW = { number: 1, precedence: 1, backupView: 0 } as View

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
