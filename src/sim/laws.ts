import type { MemberId, View } from '../message/index.js'

/** What is kept of a run that goes wrong over and over. */
const VIOLATIONS_MAX = 20

/** A replica as the laws see it. */
export interface Subject {
  readonly memberId: MemberId
  /** Live: it is the primary, or takes itself for it. Draining: it will be, once it has executed its history. */
  readonly member: { readonly live: boolean; readonly draining: boolean }
  /** The entry on which the reply that says so depends, if its history has such a reply. */
  readonly program: { replied(digest: number): number | undefined }
}

/** An entry was executed, with this digest of everything until then, by a replica that follows this view. */
export interface Execution {
  readonly index: number
  readonly digest: number
  readonly view: number
}

/** The laws of protocol.md section 8, checked at every step of a simulation by somebody who sees all processes. */
export class Laws {
  /** What was broken, in words that begin with the law; empty when all is well. */
  readonly violations: string[] = []
  /** By history index: the digest that the first replica had there. */
  readonly #digests = new Map<number, number>()
  /** Members whose execution differed from the agreed one. */
  readonly #deviant = new Set<MemberId>()
  /** By member that is to lead: the digests in which its history differs from one that nobody has seen. */
  readonly #otherwise = new Map<MemberId, Map<number, number>>()
  /** By member: the last entry that it executed as all others did; bounded by the members of one simulation. */
  readonly #agreed = new Map<MemberId, number>()
  readonly #primaries = new Map<number, MemberId>()
  /** By observer: the newest view it has adopted. */
  readonly #adopted = new Map<number, View>()
  /** What replies that were let out said of the state; bounded by the requests of one simulation. */
  readonly #released = new Set<number>()
  /** Whether the newest established view names a member. */
  readonly #belongs: (memberId: MemberId) => boolean
  #primary: MemberId | undefined
  #view = 0
  /** The newest view that a connected group knows to be established. */
  #judged = 0
  compared = 0

  constructor(belongs: (memberId: MemberId) => boolean) {
    this.#belongs = belongs
  }

  broken(what: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(what)
  }

  /** L2: every replica that executed entry i has the digest that all others had there. */
  executed(subject: Subject, { index, digest, view }: Execution): void {
    const known = this.#digests.get(index)
    const superseded = subject.member.live && this.#primary !== undefined && subject.memberId !== this.#primary
    // A newcomer that nobody waited for may follow the primary before, and stops when it hears of this one.
    const isBehind = !subject.member.draining && view < this.#view
    if (superseded || isBehind || !this.#belongs(subject.memberId)) {
      // Seen by nobody, as long as it never comes back with it.
      if (known !== digest) this.#deviant.add(subject.memberId)
      return
    }
    if (this.#differsUnseen(subject, index, digest)) return
    this.#agreed.set(subject.memberId, index)
    if (known === undefined) this.#digests.set(index, digest)
    else if (known !== digest) {
      this.broken(`L2: member ${subject.memberId} has digest ${digest} at index ${index}, where others had ${known}`)
    } else this.compared++
  }

  /**
   * A primary whose view no connected group has heard of may be replaced by one whose history never was its own: what
   * it decided nobody has seen, and nobody who executed that may be a member any more.
   */
  #differsUnseen({ memberId, member }: Subject, index: number, digest: number): boolean {
    if (!member.draining || this.#judged >= this.#view) return false
    const otherwise = this.#otherwise.get(memberId)
    if (otherwise === undefined && (this.#digests.get(index) ?? digest) === digest) return false
    this.#otherwise.set(memberId, (otherwise ?? new Map<number, number>()).set(index, digest))
    this.#deviant.add(memberId)
    return true
  }

  /** The history of a new primary counts from where it differs from what nobody has seen. */
  #replaced({ memberId }: Subject): void {
    const otherwise = this.#otherwise.get(memberId)
    this.#otherwise.clear()
    if (otherwise === undefined) return
    const from = Math.min(...otherwise.keys())
    for (const index of this.#digests.keys()) if (index >= from) this.#digests.delete(index)
    for (const [index, digest] of otherwise) this.#digests.set(index, digest)
    for (const [other, upTo] of this.#agreed) if (upTo >= from) this.#deviant.add(other)
    this.#deviant.delete(memberId)
    this.#agreed.set(memberId, Math.max(...otherwise.keys()))
  }

  /**
   * A takeover is over: what the old primary executed beyond the history was never seen by anybody. False when a newer
   * one was over before, so that nobody follows this one.
   */
  established(subject: Subject, view: View, length: number): boolean {
    const other = this.#primaries.get(view.number)
    if (other !== undefined && other !== subject.memberId) {
      this.broken(`L4: members ${other} and ${subject.memberId} are both the primary of view ${view.number}`)
    }
    this.#primaries.set(view.number, subject.memberId)
    if (view.number < this.#view) return false
    this.#view = view.number
    this.#primary = subject.memberId
    this.#replaced(subject)
    for (const index of this.#digests.keys()) if (index > length) this.#digests.delete(index)
    return true
  }

  /** A connected group was told of a view; whoever established it may have died before anything else was heard. */
  announced(view: View, members: readonly { readonly memberId: MemberId; readonly precedence: number }[]): void {
    if (view.number <= this.#view) return
    this.#view = view.number
    this.#primary = members.find(({ precedence }) => precedence === view.precedence)?.memberId
  }

  /** Members of an established view; none of them may have executed what others have not. */
  followed(members: readonly { readonly memberId: MemberId }[]): void {
    for (const { memberId } of members) {
      if (this.#deviant.has(memberId)) this.broken(`L2: member ${memberId} executed otherwise and is a member again`)
    }
  }

  /** L3: everything that was let out is explained by the history of whoever goes on. */
  survives(subject: Subject): void {
    for (const digest of this.#released) {
      if (subject.program.replied(digest) !== undefined) continue
      return this.broken(`L3: a reply was let out that the history of member ${subject.memberId} does not contain`)
    }
  }

  /** `source`: whose datagram made it leave. */
  released(source: number | undefined, digest: number | undefined): void {
    if (this.#primary !== undefined && source !== undefined && source !== Number(this.#primary)) {
      this.broken(`L7: member ${source} caused a release, though member ${this.#primary} is the primary`)
    }
    if (digest !== undefined) this.#released.add(digest)
  }

  /** L3, at once: what depends on an entry is let out where that entry is held. */
  explained(subject: Subject, digest: number, held: number): void {
    const index = subject.program.replied(digest)
    if (index !== undefined && index > held) {
      this.broken(`L3: a reply that depends on entry ${index} was let out where entries up to ${held} are held`)
    }
  }

  /** A connected group knows that this view is established: what its primary decides may be seen from now on. */
  judged(view: View): void {
    this.#judged = Math.max(this.#judged, view.number)
  }

  /** L4: adopted views only rise. `observer`: any process, by its locator. */
  adopted(observer: number, view: View): void {
    const known = this.#adopted.get(observer)
    const falls =
      known !== undefined &&
      (view.number < known.number ||
        (view.number === known.number && view.precedence === known.precedence && view.backupView < known.backupView))
    if (falls) this.broken(`L4: process ${observer} went back from view ${known.number} to ${view.number}`)
    this.#adopted.set(observer, view)
  }

  get digests(): ReadonlyMap<number, number> {
    return this.#digests
  }
}
