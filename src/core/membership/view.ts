import type { MemberId, MemberInfo, OrderIndex, View } from '../../message/index.js'
import { NO_VIEW } from '../../message/index.js'

/** The same primary view: number and precedence; backups may have changed inside it. */
export function sameView(left: View, right: View): boolean {
  return left.number === right.number && left.precedence === right.precedence
}

/** Whether a view was left behind, by its number or by its count of changes of backups. */
export function olderThan(left: View, right: View): boolean {
  return left.number === right.number ? left.backupView < right.backupView : left.number < right.number
}

/** Whoever knows `known` knows the membership of `current`. */
export function knows(known: View, current: View): boolean {
  return sameView(known, current) && known.backupView >= current.backupView
}

/**
 * Whether `candidate` replaces `current`: a higher number does; of two with one number the lower precedence wins,
 * unless
 * `current` is established, which is never replaced by one of its own number (protocol.md section 6).
 */
export function replaces(candidate: View, current: View, currentEstablished: boolean): boolean {
  if (candidate.number !== current.number) return candidate.number > current.number
  return !currentEstablished && candidate.precedence < current.precedence
}

/**
 * An established view with the members it names, in order of precedence, and how long the history was when it was
 * established: what anybody holds of an older view beyond that never happened.
 */
export interface Membership {
  readonly view: View
  readonly members: readonly MemberInfo[]
  readonly length: OrderIndex
}

export const NO_MEMBERSHIP: Membership = { view: NO_VIEW, members: [], length: 0 as OrderIndex }

/** The members that a group is founded with, before there is any history. */
export function foundingMembership(view: View, members: readonly MemberInfo[]): Membership {
  return { view, members, length: 0 as OrderIndex }
}

export function byPrecedence(members: readonly MemberInfo[]): readonly MemberInfo[] {
  return members.toSorted((left, right) => left.precedence - right.precedence)
}

export function memberOf(members: readonly MemberInfo[], memberId: MemberId): MemberInfo | undefined {
  return members.find((member) => member.memberId === memberId)
}

/** The primary of a view is the member with the view's precedence. */
export function primaryOf(membership: Pick<Membership, 'view' | 'members'>): MemberInfo | undefined {
  return membership.members.find((member) => member.precedence === membership.view.precedence)
}

/** Only the primary of a view says who its members are. */
export function announcedBy(sender: MemberId, membership: Pick<Membership, 'view' | 'members'>): boolean {
  return primaryOf(membership)?.memberId === sender
}

/** Who takes over when `faulty` are gone: the caught-up backup of lowest rank. */
export function successorOf(membership: Membership, faulty: ReadonlySet<MemberId>): MemberInfo | undefined {
  const primary = primaryOf(membership)
  return byPrecedence(membership.members).find(
    (member) => member.caughtUp && member.memberId !== primary?.memberId && !faulty.has(member.memberId),
  )
}
