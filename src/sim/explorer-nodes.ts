import type { Limits, Peer, PeerOutput, Replica, ReplicaInput, ReplicaOutput, Role } from '../core/index.js'
import { foundingMembership } from '../core/index.js'
import type { Instant, Locator, MemberId, MemberInfo, Message, PeerInfo, View } from '../message/index.js'
import { ENTRY, GROUP } from '../message/index.js'
import { copyOf, textOf } from './explorer-open.js'

/** The core that is explored: its own compiled code, with private fields opened and perhaps a rule taken out. */
export interface Core {
  readonly Replica: typeof Replica
  readonly Peer: typeof Peer
  readonly DEFAULT_LIMITS: Limits
}

/** A datagram that somebody has sent to one node. */
export interface Sent {
  readonly to: Locator
  readonly message: Message
}

/** Windows are never shut in the scopes explored: datagrams that differ in them alone are one. */
function datagramTo(to: Locator, message: Message): Sent {
  const kept = message.kind === 'SecondAck' ? { keptBytes: 0 } : {}
  return { to, message: { ...message, ...kept, window: PLENTY } }
}

/** What can happen to one node. */
export type Act =
  | { readonly act: 'deliver'; readonly message: Message }
  /** Every timer that is armed fires, but those that wait for a member that does not answer. */
  | { readonly act: 'timers' }
  /** Those fire too. */
  | { readonly act: 'patience' }
  /** So long that whoever is forgotten by the group stops (its supervisor starts another). */
  | { readonly act: 'age' }
  /** Primary: a decision that no message asked for. Gateway: the client's next message. */
  | { readonly act: 'next' }

/** What the laws look at. */
export interface Seen {
  /** The entries executed, or for the gateway those that its last release depended on. */
  readonly executed: string
  readonly adopted: View
  readonly view: View
  readonly members: readonly MemberId[]
  readonly role: Role | 'gateway'
  readonly stopped: string
  readonly released: number
  /** Messages that the client has sent. */
  readonly submitted: number
  readonly internal: number
}

export interface Node {
  act(act: Act): readonly Sent[]
  copy(): Node
  text(): string
  readonly seen: Seen
  /** A law that was broken inside this node. */
  readonly broken: string | undefined
}

const EPOCH = 7 as never
const AGE = 1e12
const NEVER = 1e15
const PLENTY = 1e9

export const GATEWAY_INFO: PeerInfo = { group: GROUP.gateway, epoch: 9, memberId: 9, locator: 9 } as never

/**
 * A timer is armed or it is not; when it fires is for the explorer to choose. So every delay is zero, only patience
 * with silent members takes one unit of a node's own time, and nothing is given up for good. A datagram carries one
 * order entry, and none a second time, so that messages arrive without their order.
 */
export function explorerLimits({ DEFAULT_LIMITS }: Core): Limits {
  return {
    ...DEFAULT_LIMITS,
    orderBytesMax: 1,
    orderRepeatBytesMax: 0,
    ackDelay: 0,
    fanOutDelay: 0,
    secondAckDelay: 0,
    idleReportDelay: 0,
    idleOrderDelay: 0,
    nackDelay: 0,
    repeatDelay: 0,
    retransmitDelayMin: 0,
    probeDelay: NEVER,
    retransmitDelayMax: 0,
    recoveryTimeout: 1,
    drainTimeout: NEVER,
    orphanTimeout: AGE,
    secondAckCount: PLENTY,
    nackCount: PLENTY,
    flightBytesMax: DEFAULT_LIMITS.payloadBytesMax,
    backupSilenceMax: NEVER,
    newcomerSilenceMax: NEVER,
    backupLagMax: NEVER,
    ackBytesMax: PLENTY,
    fanOutBytesMax: PLENTY,
  }
}

export function foundersOf(replicas: number): readonly MemberInfo[] {
  return Array.from({ length: replicas }, (_, at) => {
    const id = at + 1
    return { memberId: id, precedence: id, locator: id, caughtUp: true } as unknown as MemberInfo
  })
}

const FIRST_VIEW = { number: 1, precedence: 1, backupView: 0 } as unknown as View

type OpenedReplica = { readonly $state: { readonly adopted: View; readonly established: Established } }
type Established = { readonly view: View; readonly members: readonly MemberInfo[] }
type OpenedPeer = { readonly $state: { readonly judge: { readonly adopted: View } } }

/** A replica with the smallest program: it answers each message with everything that it has ever executed. */
export class ReplicaNode implements Node {
  readonly #replica: Replica
  readonly #memberId: MemberId
  #now = 0
  #executed: string[] = []
  #taken = 0
  #internal = 0
  #stopped = ''
  #sent: Sent[] = []
  #work = false

  constructor(replica: Replica, memberId: MemberId) {
    this.#replica = replica
    this.#memberId = memberId
  }

  static founder(core: Core, me: MemberInfo, founders: readonly MemberInfo[]): ReplicaNode {
    const { memberId, locator } = me
    const replica = new core.Replica({
      identity: { memberId, locator, group: GROUP.application, epoch: EPOCH },
      limits: explorerLimits(core),
      membership: foundingMembership(FIRST_VIEW, founders),
      peers: [GATEWAY_INFO],
      contacts: [],
      heartbeatsCarryOrder: true,
    })
    return new ReplicaNode(replica, memberId)
  }

  start(): readonly Sent[] {
    this.#take(this.#replica.start(this.#now as Instant))
    return this.#settle()
  }

  act(act: Act): readonly Sent[] {
    if (act.act === 'patience') this.#now++
    if (act.act === 'age') this.#now += AGE
    if (act.act === 'next') {
      this.#internal++
      this.#decide(ENTRY.timers)
      this.#step({ input: 'flush' })
    } else if (act.act === 'deliver') this.#step({ input: 'received', message: act.message })
    else if (this.#due) this.#step({ input: 'deadline' })
    return this.#settle()
  }

  copy(): ReplicaNode {
    const copy = new ReplicaNode(copyOf(this.#replica), this.#memberId)
    copy.#now = this.#now
    copy.#executed = [...this.#executed]
    copy.#taken = this.#taken
    copy.#internal = this.#internal
    copy.#stopped = this.#stopped
    return copy
  }

  /** What has stopped stays so, whatever it still remembers. */
  text(): string {
    if (this.#stopped !== '') return `${this.#memberId} stopped: ${this.#stopped}`
    return `${this.#executed.join('')} ${this.#taken} ${textOf(this.#replica, this.#now)}`
  }

  get seen(): Seen {
    const { adopted, established } = (this.#replica as unknown as OpenedReplica).$state
    return {
      executed: this.#executed.join(''),
      adopted,
      view: established.view,
      members: established.members.map((member) => member.memberId),
      role: this.#replica.role,
      stopped: this.#stopped,
      released: 0,
      submitted: 0,
      internal: this.#internal,
    }
  }

  get broken(): string | undefined {
    return undefined
  }

  get #due(): boolean {
    const { deadline } = this.#replica
    return deadline !== undefined && deadline <= this.#now
  }

  #settle(): readonly Sent[] {
    while (this.#work && this.#stopped === '') {
      this.#work = false
      while (this.#replica.role === 'primary' ? this.#lead() : this.#follow());
      this.#step({ input: 'flush' })
    }
    const sent = this.#sent
    this.#sent = []
    return sent
  }

  #lead(): boolean {
    if (this.#replica.message(GROUP.gateway, this.#taken + 1) === undefined) return false
    this.#decide(ENTRY.deliver)
    return true
  }

  #follow(): boolean {
    const entry = this.#replica.entry(0)
    if (entry === undefined) return false
    if (entry[0] === ENTRY.deliver && this.#replica.message(GROUP.gateway, this.#taken + 1) === undefined) return false
    const copy = entry.slice()
    this.#step({ input: 'consumed' })
    this.#execute(copy)
    return true
  }

  /** An entry says who decided it: two primaries never decide the same. */
  #decide(kind: number): void {
    const entry = Uint8Array.of(kind, this.#memberId)
    this.#step({ input: 'decided', entry })
    this.#execute(entry)
  }

  #execute(entry: Uint8Array): void {
    this.#executed.push(`${entry[0] === ENTRY.deliver ? 'D' : 'T'}${entry[1]}`)
    if (entry[0] !== ENTRY.deliver) return
    this.#taken++
    const payload = Uint8Array.from(this.#executed.join(''), (letter) => letter.codePointAt(0) as number)
    this.#step({ input: 'submitted', to: GROUP.gateway, payload })
  }

  #step(input: ReplicaInput): void {
    this.#take(this.#replica.step(this.#now as Instant, input))
  }

  #take(outputs: readonly ReplicaOutput[] | void): void {
    for (const output of outputs ?? []) {
      if (output.output === 'send') for (const to of output.to) this.#sent.push(datagramTo(to, output.message))
      else if (output.output === 'work' || output.output === 'promoted') this.#work = true
      else if (output.output === 'stopped') this.#stopped = output.reason
    }
  }
}

/** The gateway with one client, who judges what he gets (laws L1, L3, L4 and L7). */
export class GatewayNode implements Node {
  readonly #peer: Peer
  #now = 0
  #submitted = 0
  #released = 0
  #last = ''
  #broken: string | undefined
  /** By view number: whose datagrams have released something. */
  #sources: readonly (MemberId | undefined)[] = []

  constructor(peer: Peer) {
    this.#peer = peer
  }

  static open(core: Core, contacts: readonly Locator[]): GatewayNode {
    const application = { group: GROUP.application, epoch: EPOCH }
    const limits = explorerLimits(core)
    return new GatewayNode(new core.Peer({ identity: GATEWAY_INFO, application, contacts, limits, reflects: true }))
  }

  start(): readonly Sent[] {
    return this.#take(this.#peer.start(this.#now as Instant))
  }

  act(act: Act): readonly Sent[] {
    const now = this.#now as Instant
    if (act.act === 'deliver') {
      const { released: before, members, adopted } = this.seen
      const sent = this.#take(this.#peer.step(now, { input: 'received', message: act.message }))
      if (this.#released > before) this.#releasedBy(act.message)
      if (this.seen.adopted !== adopted && !members.includes(act.message.sourceMember)) {
        this.#broken ??= `L7: the gateway follows ${act.message.sourceMember}, who was not a member any more`
      }
      return sent
    }
    if (act.act === 'next') {
      const payload = Uint8Array.of(++this.#submitted)
      const sent = this.#take(this.#peer.step(now, { input: 'submitted', payload }))
      return [...sent, ...this.#take(this.#peer.step(now, { input: 'flush' }))]
    }
    const { deadline } = this.#peer
    return deadline === undefined ? [] : this.#take(this.#peer.step(now, { input: 'deadline' }))
  }

  copy(): GatewayNode {
    const copy = new GatewayNode(copyOf(this.#peer))
    copy.#now = this.#now
    copy.#submitted = this.#submitted
    copy.#released = this.#released
    copy.#last = this.#last
    copy.#sources = this.#sources
    return copy
  }

  text(): string {
    return `${this.#last} ${this.#sources.join()} ${textOf(this.#peer, this.#now)}`
  }

  get seen(): Seen {
    const { view, members } = this.#peer.membership
    return {
      executed: this.#last,
      adopted: (this.#peer as unknown as OpenedPeer).$state.judge.adopted,
      view,
      members: members.map((member) => member.memberId),
      role: 'gateway',
      stopped: '',
      released: this.#released,
      submitted: this.#submitted,
      internal: 0,
    }
  }

  get broken(): string | undefined {
    return this.#broken
  }

  #take(outputs: readonly PeerOutput[]): readonly Sent[] {
    const sent: Sent[] = []
    for (const output of outputs) {
      if (output.output === 'send') for (const to of output.to) sent.push(datagramTo(to, output.message))
      else if (output.output === 'release') this.#release(String.fromCodePoint(...output.payload))
    }
    return sent
  }

  #releasedBy({ view, sourceMember }: Message): void {
    const first = this.#sources[view.number] ?? sourceMember
    if (first !== sourceMember) this.#broken ??= `L4: ${first} and ${sourceMember} both released in view ${view.number}`
    const sources = [...this.#sources]
    sources[view.number] = sourceMember
    this.#sources = sources
  }

  #release(history: string): void {
    this.#released++
    const answers = history.split('D').length - 1
    if (answers !== this.#released) this.#broken = `L1: answer ${answers} was released as number ${this.#released}`
    else if (!history.startsWith(this.#last)) this.#broken = `L3: released ${history} contradicts ${this.#last}`
    this.#last = history
  }
}
