import type { Locator, MemberId, MemberInfo, Message, View } from '../message/index.js'
import { GROUP, KIND, HEADER_LAYOUT } from '../message/index.js'
import { decode } from '../wire/index.js'
import type { Milestone } from './milestones.js'
import type { Passage } from './network.js'

/** Lines kept of a run: the last of them. */
const TRACE_LINES_MAX = 100_000
/** Where a datagram says its kind: after magic and version. */
const KIND_AT = 3
const USUAL: ReadonlySet<number> = new Set([KIND.Data, KIND.FirstAck, KIND.SecondAck, KIND.KeepAlive])

export interface ObserverTerms {
  readonly now: () => number
  readonly reach: (milestone: Milestone) => void
  /** Whether the process at a locator is alive. */
  readonly alive: (locator: Locator) => boolean
  readonly traces: boolean
}

/** A proposal that nothing has followed yet. */
interface Proposal {
  readonly view: View
  readonly proposer: MemberId
  readonly held: number
}

/** Sees every datagram: knows the newest membership before anybody else does, and which paths a run goes through. */
export class Observer {
  readonly #terms: ObserverTerms
  /** The end of what happened, one line each. */
  readonly trace: string[] = []
  /** Told of every event but datagrams as it happens. */
  told: (event: string) => void = () => {}
  view: View = { number: 0, precedence: 0, backupView: 0 } as View
  members: readonly MemberInfo[] = []
  /** The view in which each member was first named as caught up; bounded by the members of one simulation. */
  readonly #confirmed = new Map<MemberId, View>()
  #proposal: Proposal | undefined
  /** Called with each membership that is announced, before anybody hears of it. */
  onMembership: () => void = () => {}

  constructor(terms: ObserverTerms) {
    this.#terms = terms
  }

  /** Somebody has proposed itself and no view is established since. */
  get recovering(): boolean {
    return this.#proposal !== undefined
  }

  established(): void {
    this.#proposal = undefined
  }

  founded(view: View, members: readonly MemberInfo[]): void {
    this.#learn(view, members)
  }

  /** A member that knows `view` knows by it that it may propose itself. */
  knowsItsRank(memberId: MemberId, view: View): boolean {
    const confirmed = this.#confirmed.get(memberId)
    return confirmed !== undefined && !older(view, confirmed)
  }

  note(event: string): void {
    this.told(event)
    this.#keep(event)
  }

  #keep(event: string): void {
    if (!this.#terms.traces) return
    if (this.trace.length === TRACE_LINES_MAX) this.trace.shift()
    this.trace.push(`${String(this.#terms.now()).padStart(9)} ${event}`)
  }

  see({ from, to, datagram, fate }: Passage): void {
    if (!this.#terms.traces && !this.#concerns(datagram[KIND_AT] as number, from, fate)) return
    const decoded = decode(datagram)
    if (!decoded.ok) return
    const { message } = decoded
    if (this.#terms.traces) this.#keep(`${String(from)} > ${String(to)} ${fate} ${describe(message)}`)
    if (fate === 'sent') this.#sent(message, to)
    else if (fate === 'delivered') this.#delivered(message, from)
  }

  /** Most datagrams tell nothing new, and reading them takes time. */
  #concerns(kind: number, from: Locator, fate: Passage['fate']): boolean {
    if (fate === 'sent') return !USUAL.has(kind)
    return fate === 'delivered' && (kind === KIND.ProposeBackup || !this.#terms.alive(from))
  }

  #sent(message: Message, to: Locator): void {
    const { reach } = this.#terms
    switch (message.kind) {
      case 'ProposePrimary':
        return this.#proposed(message)
      case 'AcceptPrimary':
        if (this.#proposal !== undefined && message.held > this.#proposal.held) reach('a proposer lags behind a member')
        return
      case 'RecoveryReport':
        if (this.#proposal !== undefined && message.held > this.#proposal.held)
          reach('a proposer lags behind a connected group')
        return
      case 'Establish':
        return this.#learn(message.established, message.members)
      case 'AcceptBackup':
      case 'RemoveBackup':
        return this.#learn(message.view, message.members)
      case 'Refuse':
        return reach('a proposal is refused')
      case 'State': {
        const recovers = this.members.some(({ memberId, locator }) => {
          return locator === to && memberId === this.#proposal?.proposer
        })
        if (recovers && message.order.entries.length + message.messages.length > 0)
          reach('a member supplies a recovering replica')
        return
      }
      case 'Heartbeat':
        return message.order.entries.length > 0 ? reach('order travels by heartbeat') : undefined
      case 'Nack':
        return this.#asked(message)
      default:
    }
  }

  #asked(message: Message & { readonly kind: 'Nack' }): void {
    const { reach } = this.#terms
    if (this.recovering) return
    if (message.sourceGroup === GROUP.application && message.destinationGroup !== GROUP.application) {
      if (message.entries.length > 0) reach('a backup asks for order')
      if (message.messages.length > 0) reach('a backup asks for messages')
    } else if (message.sourceGroup === GROUP.gateway) {
      if (message.entries.length > 0) reach('a gateway asks for order')
      if (message.messages.length > 0) reach('a gateway asks for messages')
    }
  }

  #proposed(message: Message & { readonly kind: 'ProposePrimary' }): void {
    const { reach, alive } = this.#terms
    const { sourceMember: proposer, proposed: view, held } = message
    if (this.#proposal?.proposer === proposer && this.#proposal.view.number === view.number) return
    if (this.#proposal !== undefined && this.#proposal.proposer !== proposer) reach('a takeover inside a takeover')
    const left = this.members.filter(({ memberId }) => !message.members.some((each) => each.memberId === memberId))
    if (left.some(({ locator }) => alive(locator))) reach('a proposal leaves out a live member')
    if (view.number > this.view.number) this.#proposal = { view, proposer, held }
  }

  #delivered(message: Message, from: Locator): void {
    const { reach, alive } = this.#terms
    if (message.kind === 'ProposeBackup' && this.recovering) reach('a newcomer asks during a takeover')
    if (message.sourceGroup !== GROUP.application || message.kind === 'SecondAck') return
    if (message.orderIndex > 0 && message.view.number < this.view.number && !alive(from))
      reach('a dead primary is heard under a newer view')
  }

  #learn(view: View, members: readonly MemberInfo[]): void {
    if (!older(this.view, view)) return
    if (view.number > this.view.number && this.#proposal !== undefined) {
      const silent = this.members.filter(({ memberId, locator }) => {
        return this.#terms.alive(locator) && !members.some((each) => each.memberId === memberId)
      })
      if (silent.length > 0) this.#terms.reach('a silent member is left out of a view')
    }
    this.view = view
    this.members = members.map((member) => ({ ...member }))
    this.onMembership()
    for (const { memberId, caughtUp } of members)
      if (caughtUp && !this.#confirmed.has(memberId)) this.#confirmed.set(memberId, view)
  }
}

/** The same view with the same backups. */
export function sameMembership(left: View, right: View): boolean {
  return !older(left, right) && !older(right, left)
}

/** Whether `left` was before `right`. */
function older(left: View, right: View): boolean {
  return left.number < right.number || (left.number === right.number && left.backupView < right.backupView)
}

function describe(message: Message): string {
  const { kind, view, peerView, ack, orderIndex, stableIndex, heldIndex, order, reflected } = message
  const parts = [
    `${kind} view ${view.number}.${view.precedence}.${view.backupView}`,
    `peerView ${peerView.number}.${peerView.precedence}.${peerView.backupView}`,
    `ack ${ack} order ${orderIndex} stable ${stableIndex} held ${heldIndex}`,
  ]
  if (order.entries.length > 0) parts.push(`entries ${order.first}+${order.entries.length}`)
  if (reflected.entries.length > 0) parts.push(`reflects ${reflected.first}+${reflected.entries.length}`)
  const { kind: _, ...rest } = message
  const own = Object.entries(rest).filter(([name]) => !HEADER_FIELDS.has(name))
  for (const [name, value] of own) parts.push(`${name} ${brief(value)}`)
  return parts.join(', ')
}

const HEADER_FIELDS: ReadonlySet<string> = new Set(Object.keys(HEADER_LAYOUT))

function brief(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (!Array.isArray(value)) return JSON.stringify(value)
  if (value.some((each) => each instanceof Uint8Array)) return `${value.length}`
  return JSON.stringify(value, (_, inner: unknown) => (inner instanceof Uint8Array ? inner.length : inner))
}
