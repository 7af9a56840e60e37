import type { ChunkStore } from '../../base/index.js'
import { assert } from '../../base/index.js'
import type {
  Contents,
  EntryBlock,
  Epoch,
  GroupId,
  Instant,
  Locator,
  MemberId,
  MemberInfo,
  Message,
  OrderIndex,
  PeerInfo,
  ReceivedUpTo,
  SequenceNumber,
  View,
} from '../../message/index.js'
import { ENTRY, kindOf, NO_ENTRIES, NO_VIEW, PROGRAM_ENTRY_MIN } from '../../message/index.js'
import { History } from '../determinizer/history.js'
import { Stability } from '../determinizer/stability.js'
import type { CommitMode, Limits } from '../limits.js'
import { decodeMemberEntry } from '../membership/join-entry.js'
import type { Membership } from '../membership/view.js'
import { memberOf, primaryOf } from '../membership/view.js'
import { Connection } from './connection.js'
import { Inbox } from './inbox.js'
import type { ReplicaOutput } from './io.js'
import type { Role } from './roles.js'
import { legalMove } from './roles.js'

/** Who this replica is and in which group. */
export interface ReplicaIdentity {
  readonly memberId: MemberId
  readonly locator: Locator
  readonly group: GroupId
  readonly epoch: Epoch
}

export interface ReplicaTerms {
  readonly identity: ReplicaIdentity
  readonly limits: Limits
  /** `reflected` unless said otherwise; the same at every member and connected group. */
  readonly commit?: CommitMode
  /** The founding membership, or `NO_MEMBERSHIP` for a replica that asks to be added. */
  readonly membership: Membership
  /** The groups connected at the founding; the same for whoever joins later, since the history starts there. */
  readonly peers: readonly PeerInfo[]
  /** Whom a joining replica asks. */
  readonly contacts: readonly Locator[]
  /** False only where a test shows what holds without rule 5.8. */
  readonly heartbeatsCarryOrder: boolean
  /** For history and inputs that only newcomers will read; in memory without one. */
  readonly store?: ChunkStore | undefined
}

/**
 * Incarnations of connected groups whose inputs are kept; more than this means that a gateway cannot stay up. A report
 * of all of them fits a datagram beside inputs and entries.
 */
const INBOXES_MAX = 1024
/**
 * Of them, incarnations that this replica has not connected yet: the primary has, and this one follows. More come from
 * outside.
 */
const STRANGERS_MAX = 16
/** Members known to have failed; ids are never used again, so old ones may be forgotten. */
const FAULTY_MAX = 1024

/** What the parts of a replica share. Each part changes what is its own matter; nobody else reaches in. */
export class ReplicaState {
  readonly identity: ReplicaIdentity
  readonly limits: Limits
  readonly history: History
  readonly #store: ChunkStore | undefined
  readonly stability: Stability = new Stability()
  /** By group: the current incarnation. */
  readonly connections: Map<GroupId, Connection> = new Map()
  /** By group and epoch: everything received; bounded by `INBOXES_MAX` and `historyBytesMax`. */
  readonly inboxes: Map<string, Inbox> = new Map()
  readonly faulty: Set<MemberId> = new Set()
  /** The groups of the service group; from any other nothing is taken. */
  readonly groups: ReadonlySet<GroupId>
  #role: Role = 'joining'
  #established: Membership
  adopted: View
  /** Highest number of a view that somebody else was said to have adopted. */
  heardOf = 0
  now = 0 as Instant
  /** Entries taken for execution (backup) or decided (primary). */
  executed = 0
  /** The last of them that was the program's: what replicas compare their digests at. */
  programExecuted = 0
  /** Highest precedence ever given; the next member gets a higher one. */
  /** Connected in the operation that is under way; bounded by the connected groups. */
  readonly #beginning = new Set<Connection>()
  precedenceMax = 0
  /**
   * Since this entry nothing was let out before this member had executed it, under `acknowledged`; `Infinity` while
   * some connected group may not know that it counts.
   */
  confirmedAt: number
  historyTruncated = false
  readonly heartbeatsCarryOrder: boolean
  readonly commit: CommitMode
  /** As primary: who lacks inputs of an incarnation that is gone, or has not said yet; bounded by the membership. */
  readonly lacking: Set<MemberId> = new Set()
  outputs: ReplicaOutput[] = []

  constructor(terms: ReplicaTerms) {
    const { membership } = terms
    this.identity = terms.identity
    this.limits = terms.limits
    this.#store = terms.store
    this.history = new History(terms.store)
    this.commit = terms.commit ?? 'reflected'
    this.heartbeatsCarryOrder = terms.heartbeatsCarryOrder
    this.#established = membership
    this.confirmedAt = memberOf(membership.members, this.identity.memberId)?.caughtUp === true ? 0 : Infinity
    this.adopted = membership.view
    this.groups = new Set(terms.peers.map((peer) => peer.group))
    this.established = membership
    for (const peer of terms.peers) this.connect(peer, 0)
  }

  get role(): Role {
    return this.#role
  }

  /** Changes by a move of the table, or not at all. */
  set role(to: Role) {
    assert(to === this.#role || legalMove(this.#role, to), `no replica moves from ${this.#role} to ${to}`)
    this.#role = to
  }

  /** The view last established and its members, as far as this member knows. */
  get established(): Membership {
    return this.#established
  }

  /** The entry that gave a member its precedence may be lost with the primary that decided it: the member is not. */
  set established(membership: Membership) {
    this.#established = membership
    for (const member of membership.members) this.precedenceMax = Math.max(this.precedenceMax, member.precedence)
  }

  get isPrimary(): boolean {
    return this.#role === 'primary'
  }

  /** It decides: what it has executed since its view was established, nobody else may contradict. */
  get leads(): boolean {
    return this.#role === 'primary' || this.#role === 'outbidding'
  }

  get primary(): MemberInfo | undefined {
    return primaryOf(this.established)
  }

  /** Members of the established view other than this one. */
  get others(): readonly MemberInfo[] {
    return this.established.members.filter((member) => member.memberId !== this.identity.memberId)
  }

  /** The established view is also the newest this member has heard of. */
  get settledView(): boolean {
    return (
      this.adopted.number === this.established.view.number &&
      this.adopted.precedence === this.established.view.precedence
    )
  }

  inbox(group: GroupId, epoch: Epoch): Inbox | undefined {
    const key = `${group}:${epoch}`
    let inbox = this.inboxes.get(key)
    if (inbox === undefined && this.inboxes.size < INBOXES_MAX) {
      inbox = new Inbox(group, epoch, { limits: this.limits, store: this.#store })
      this.inboxes.set(key, inbox)
    }
    return inbox
  }

  /** Of an incarnation that datagrams came from; undefined when it is one stranger too many. */
  inboxOfSource(group: GroupId, epoch: Epoch): Inbox | undefined {
    const known = this.inboxes.get(`${group}:${epoch}`)
    if (known !== undefined) return known
    let strangers = 0
    for (const inbox of this.inboxes.values()) if (!inbox.connected) strangers++
    return strangers < STRANGERS_MAX ? this.inbox(group, epoch) : undefined
  }

  /** The entry that says so is decided, or taken, when the operation is over: `took` tells which it is. */
  connect(peer: PeerInfo, begunAt: number = Infinity): void {
    const inbox = this.inbox(peer.group, peer.epoch)
    if (inbox === undefined) return this.stop('more incarnations of a connected group than can be kept')
    inbox.connected = true
    const connection = new Connection({ peer, inbox, begunAt }, this.limits)
    if (begunAt === Infinity) this.#beginning.add(connection)
    connection.givenUp = this.faulty.has(peer.memberId)
    this.connections.set(peer.group, connection)
  }

  /** The program has executed this entry, as the primary or after it. */
  took(index: number): void {
    this.executed = index
    this.programExecuted = index
    if (this.#beginning.size === 0 || !this.#connects(index)) return
    for (const connection of this.#beginning) connection.begunAt = index
    this.#beginning.clear()
  }

  #connects(index: number): boolean {
    return this.history.has(index) && kindOf(this.history.get(index)) === ENTRY.peerUp
  }

  received(): readonly ReceivedUpTo[] {
    return [...this.inboxes.values()].map((inbox) => inbox.summary())
  }

  /** Bytes kept for newcomers; at least the bound once the oldest are gone. */
  get keptBytes(): number {
    let bytes = this.history.bytes
    for (const inbox of this.inboxes.values()) bytes += inbox.bytes
    return this.historyTruncated ? Math.max(bytes, this.limits.historyBytesMax) : bytes
  }

  noteFaulty(member: MemberId): void {
    this.faulty.add(member)
    if (this.faulty.size > FAULTY_MAX) this.faulty.delete(this.faulty.values().next().value as MemberId)
  }

  /** Every entry that enters the history passes here, so that precedences are never used again. */
  noteEntries(from: number): void {
    for (let index = from; index <= this.history.held; index++) {
      const entry = decodeMemberEntry(this.history.get(index))
      if (entry !== undefined) this.precedenceMax = Math.max(this.precedenceMax, entry.precedence)
      if (entry?.kind === ENTRY.caughtUp && entry.memberId === this.identity.memberId) this.confirmedAt = index
    }
  }

  /** Takes entries into the history as a backup does; returns whether there was news. */
  merge(block: EntryBlock): boolean {
    const before = this.history.held
    if (!this.history.merge(block)) return false
    this.noteEntries(before + 1)
    this.skipMembershipEntries()
    this.work()
    return true
  }

  /** Membership entries concern no program: they count as executed as soon as all before them are. */
  skipMembershipEntries(): void {
    while (this.executed < this.history.held) {
      if (kindOf(this.history.get(this.executed + 1)) >= PROGRAM_ENTRY_MIN) return
      this.executed++
    }
  }

  work(): void {
    if (this.outputs.at(-1)?.output !== 'work') this.outputs.push({ output: 'work' })
  }

  stop(reason: string): void {
    if (this.role === 'stopped') return
    this.role = 'stopped'
    this.outputs.push({ output: 'stopped', reason })
  }

  /** What counts instead of what somebody else has proposed or established. */
  refusal(): Contents {
    const { view: known, members, length } = this.established
    return { kind: 'Refuse', known, members, length, adopted: this.adopted }
  }

  /** To members of this group. */
  sendInside(to: readonly Locator[], contents: Contents, order: EntryBlock = NO_ENTRIES): void {
    if (to.length === 0) return
    const { group, epoch } = this.identity
    const ack = 0 as SequenceNumber
    this.#send(to, { group, epoch, ack, window: 0, peerView: this.adopted, order, orderIndex: undefined }, contents)
  }

  /** To the single member of a connected group; what is said depends on the whole history unless it says less. */
  sendPeer(connection: Connection, contents: Contents, { order = NO_ENTRIES, orderIndex }: Said = {}): void {
    const { group, epoch, locator } = connection.peer
    const ack = connection.inbox.receivedUpTo
    const window = connection.advertise()
    this.#send([locator], { group, epoch, ack, window, peerView: NO_VIEW, order, orderIndex }, contents)
  }

  /** In one literal: put together from a header and contents a message would cost more than all the rest of a step. */
  #send(to: readonly Locator[], standing: Standing, contents: Contents): void {
    const { isPrimary } = this
    const message: Message = {
      sourceGroup: this.identity.group,
      sourceEpoch: this.identity.epoch,
      sourceMember: this.identity.memberId,
      destinationGroup: standing.group,
      destinationEpoch: standing.epoch,
      view: this.established.view,
      peerView: standing.peerView,
      ack: standing.ack,
      window: standing.window,
      orderIndex: standing.orderIndex ?? (isPrimary ? this.history.held : (0 as OrderIndex)),
      stableIndex: isPrimary ? this.stableIndex : (0 as OrderIndex),
      heldIndex: 0 as OrderIndex,
      order: standing.order,
      reflected: NO_ENTRIES,
      ...contents,
    }
    this.outputs.push({ output: 'send', to, message })
  }

  /** Members whose reports decide what is stable; the primary's duties keep it up to date. */
  stabilityMembers: readonly MemberId[] = []

  get stableIndex(): OrderIndex {
    return this.stability.stable(this.stabilityMembers, this.history.held)
  }

  /**
   * A connected group is told of views, and lets something out, once whoever may lead next comes to know it: holds the
   * entry that connects it, and the inputs of the incarnation before without which that entry is never executed.
   */
  isTold(connection: Connection): boolean {
    const { begunAt, peerView } = connection
    const ready = ({ memberId, caughtUp }: MemberInfo): boolean => !caughtUp || !this.lacking.has(memberId)
    connection.told ||= begunAt === 0 || peerView.number > 0
    connection.told ||= begunAt <= this.stableIndex && this.others.every(ready)
    return connection.told
  }
}

/** What rides on a datagram, and what it depends on. */
interface Said {
  readonly order?: EntryBlock
  readonly orderIndex?: OrderIndex
}

/** What changes from one datagram of a replica to the next. */
interface Standing {
  readonly group: GroupId
  readonly epoch: Epoch
  readonly ack: SequenceNumber
  readonly window: number
  readonly peerView: View
  readonly order: EntryBlock
  /** Undefined: it depends on the whole history. */
  readonly orderIndex: OrderIndex | undefined
}
