import type { MemberId, MemberInfo, OrderIndex, View } from '../../message/index.js'
import { NO_VIEW } from '../../message/index.js'

/** Far more members than any group sees come and go, and far below where numbers end. */
const DISTANCE_MAX = 2 ** 32

/** The same primary view: number and precedence; backups may have changed inside it. */
export function sameView(left: View, right: View): boolean {
  return left.number === right.number && left.precedence === right.precedence
}

/** Orders views by their number, then by their count of changes of backups. */
export function newestFirst(left: View, right: View): number {
  return right.number - left.number || right.backupView - left.backupView
}

/** Whether a view was left behind. */
export function olderThan(left: View, right: View): boolean {
  return newestFirst(left, right) > 0
}

/** Whoever knows `known` knows the membership of `current`. */
export function knows(known: View, current: View): boolean {
  return sameView(known, current) && known.backupView >= current.backupView
}

/** Whoever knows `known` has not heard of `established`, or of one before that. */
export function missed(known: View, established: View): boolean {
  return known.number < established.number
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

export function byPrecedence<Member extends MemberInfo>(members: readonly Member[]): readonly Member[] {
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

/**
 * The members by rank: the primary, then by precedence those after it, then those before it. A primary that was chosen
 * (ADR 50) may have such before it; whoever comes after them all has the higher precedence, and so its turn first.
 */
export function byRank<Member extends MemberInfo>(membership: {
  readonly view: View
  readonly members: readonly Member[]
}): readonly Member[] {
  const { view, members } = membership
  const ordered = byPrecedence(members)
  const first = ordered.findIndex((member) => member.precedence >= view.precedence)
  return first <= 0 ? ordered : [...ordered.slice(first), ...ordered.slice(0, first)]
}

/** Who takes over when `faulty` are gone: the caught-up backup of lowest rank. */
export function successorOf(membership: Membership, faulty: ReadonlySet<MemberId>): MemberInfo | undefined {
  const primary = primaryOf(membership)
  return byRank(membership).find(
    (member) => member.caughtUp && member.memberId !== primary?.memberId && !faulty.has(member.memberId),
  )
}

/**
 * By how much a member's proposal raises the number of the view: no two propose one number, or what a dead member of
 * lower rank proposed, and still arrives, could replace a later one.
 */
export function proposalDistance({ precedence }: MemberInfo, { view, members }: Membership): number {
  if (precedence > view.precedence) return precedence - view.precedence
  const last = Math.max(...members.map((member) => member.precedence))
  return Math.min(Math.max(1, last - view.precedence + precedence), DISTANCE_MAX)
}
