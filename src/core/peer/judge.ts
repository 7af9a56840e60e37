import type { MemberId, MemberInfo, MessageOf, View } from '../../message/index.js'
import { NO_VIEW } from '../../message/index.js'
import type { Membership } from '../membership/view.js'
import { announcedBy, memberOf, NO_MEMBERSHIP, primaryOf, replaces, sameView } from '../membership/view.js'

/**
 * Which view a connected group follows: it is the judge between an old primary and a new one (protocol.md sections 6
 * and 7).
 */
export class Judge {
  #established: Membership = NO_MEMBERSHIP
  #adopted: View = NO_VIEW
  /** Whose proposals were adopted since; bounded by the members of the view. */
  readonly #proposers = new Set<MemberId>()

  /** The view last established, with its members. */
  get membership(): Membership {
    return this.#established
  }

  get adopted(): View {
    return this.#adopted
  }

  get primary(): MemberInfo | undefined {
    return primaryOf(this.#established)
  }

  /** Nobody has told anything yet. */
  get fresh(): boolean {
    return this.#established.members.length === 0
  }

  /** Whether this member has a say here: whoever is fresh cannot know who has none. */
  knows(member: MemberId): boolean {
    return this.fresh || memberOf(this.#established.members, member) !== undefined
  }

  /** Exactness: under a proposal nothing counts, and after it only its view does (protocol.md 5.5). */
  accepts(view: View): boolean {
    return sameView(view, this.#established.view) && this.settled
  }

  /** Whoever proposed the view that is adopted and not established yet; nobody else is served meanwhile. */
  get proposer(): MemberInfo | undefined {
    if (this.settled) return undefined
    return this.#established.members.find(({ precedence }) => precedence === this.#adopted.precedence)
  }

  /** It has proposed itself, and does not know yet that somebody has outbid it. */
  outbid(member: MemberId): boolean {
    return this.#proposers.has(member) && this.proposer?.memberId !== member
  }

  /** Only a member of the membership last established may propose, and only something newer. */
  proposed(message: MessageOf<'ProposePrimary'>): 'adopt' | 'again' | 'refuse' {
    const electorate = this.fresh ? message.members : this.#established.members
    if (memberOf(electorate, message.sourceMember) === undefined) return 'refuse'
    if (replaces(message.proposed, this.#adopted, this.settled)) {
      this.#adopted = message.proposed
      this.#proposers.add(message.sourceMember)
      return 'adopt'
    }
    return !this.settled && sameView(message.proposed, this.#adopted) ? 'again' : 'refuse'
  }

  /**
   * Who knows a membership follows only the view that it has adopted. Who is fresh takes what it is told, unless it has
   * adopted something later: that may be established without the one who still announces an older view.
   */
  established(message: MessageOf<'Establish'>): 'new' | 'known' | 'ignore' {
    if (!sameView(message.established, this.#adopted)) {
      if (!this.fresh || message.established.number < this.#adopted.number) return 'ignore'
    }
    if (!announcedBy(message.sourceMember, { view: message.established, members: message.members })) return 'ignore'
    if (!this.knows(message.sourceMember)) return 'ignore'
    if (sameView(message.established, this.#established.view)) return 'known'
    this.#established = { view: message.established, members: message.members, length: message.length }
    this.#adopted = message.established
    this.#proposers.clear()
    return 'new'
  }

  /** Backups changed inside the established view; returns whether that is news. */
  changed(view: View, members: readonly MemberInfo[]): boolean {
    if (view.backupView <= this.#established.view.backupView) return false
    this.#established = { ...this.#established, view, members }
    return true
  }

  /** No proposal is adopted that waits to be established. */
  get settled(): boolean {
    return sameView(this.#adopted, this.#established.view)
  }
}
