import type { MemberId, Message } from '../message/index.js'
import { GROUP, NO_ENTRIES, NO_VIEW } from '../message/index.js'
import { heal } from './explorer-heal.js'
import type { Nodes, Past } from './explorer-laws.js'
import { brokenBy, pastAfter, staleRelease } from './explorer-laws.js'
import type { Core, Sent } from './explorer-nodes.js'
import { foundersOf, GATEWAY_INFO, GatewayNode, ReplicaNode } from './explorer-nodes.js'
import { copyOf } from './explorer-open.js'
import type { Datagram, Inbox, Move, NodeState } from './explorer-space.js'
import { NEXT, PATIENCE, Space, TIMERS, within } from './explorer-space.js'

/** How much may happen, and how long to look. */
export interface Scope {
  readonly replicas: number
  /** Messages of the client. */
  readonly messages: number
  /** Decisions of a primary that no message asked for. */
  readonly internal: number
  readonly crashes: number
  /** FaultNotices that name a living primary. */
  readonly suspicions: number
  /** FaultNotices that name a living backup. */
  readonly removals: number
  /** Whether law L5 is checked from every state. */
  readonly heals: boolean
  /**
   * Timers fire after every step too, so that no order is lost in which a node does nothing else for a long time: far
   * fewer states, but not all.
   */
  readonly prompt: boolean
  /** Proposals of a higher view number lie outside: who is refused may propose again without end. */
  readonly viewMax: number
  readonly statesMax: number
  readonly depthMax: number
}

export const SMALLEST: Scope = {
  replicas: 2,
  messages: 1,
  internal: 0,
  crashes: 1,
  suspicions: 0,
  removals: 0,
  heals: true,
  prompt: false,
  viewMax: 5,
  statesMax: 400_000,
  depthMax: 100,
}

export interface Finding {
  readonly broken: string
  readonly trace: readonly string[]
}

export interface Exploration {
  /** Every order in the scope has been walked. */
  readonly exhausted: boolean
  readonly states: number
  readonly depth: number
  readonly nodeStates: number
  readonly datagrams: number
  /** Steps of the core that were executed, and how many times a step was looked at. */
  readonly steps: number
  readonly healed: number
  readonly finding: Finding | undefined
}

interface Budget {
  readonly internal: number
  readonly crashes: number
  readonly suspicions: number
  readonly removals: number
}

interface State {
  readonly nodes: Nodes
  readonly inboxes: readonly Inbox[]
  readonly budget: Budget
  readonly noticed: readonly number[]
  readonly past: Past
  readonly parent: State | undefined
  readonly label: () => string
  /** One with the same nodes and more datagrams was reached before this one's turn. */
  outdone: boolean
}

const STARTING_ROUNDS = 12

/** Walks all orders breadth first: what it finds has the shortest trace there is. */
export class Explorer {
  readonly #scope: Scope
  readonly #space: Space
  readonly #gateway: number
  /** By nodes, budget and past: the largest sets of datagrams that were explored with them. */
  readonly #explored = new Map<string, State[]>()
  readonly #healed = new Set<string>()
  #states = 0
  #depth = 0
  #finding: Finding | undefined

  constructor(core: Core, scope: Scope) {
    this.#scope = scope
    this.#gateway = scope.replicas
    this.#space = new Space(scope.replicas + 1, scope.prompt)
    this.#core = core
  }

  readonly #core: Core

  run(): Exploration {
    let frontier = this.#start()
    while (frontier.length > 0 && this.#finding === undefined && !this.#exceeded) {
      this.#depth++
      const next: State[] = []
      for (const state of frontier) {
        if (state.outdone) continue
        this.#states++
        this.#successors(state, next)
        if (this.#finding !== undefined || this.#states >= this.#scope.statesMax) break
      }
      frontier = next
    }
    const { datagrams, nodeStates, steps } = this.#space
    return {
      exhausted: frontier.length === 0,
      states: this.#states,
      depth: this.#depth,
      nodeStates,
      datagrams,
      steps,
      healed: this.#healed.size,
      finding: this.#finding,
    }
  }

  get #exceeded(): boolean {
    return this.#states >= this.#scope.statesMax || this.#depth >= this.#scope.depthMax
  }

  /** The group is founded and everybody knows; what was sent until then is gone. */
  #start(): State[] {
    const founders = foundersOf(this.#scope.replicas)
    const replicas = founders.map((founder) => ReplicaNode.founder(this.#core, founder, founders))
    const gateway = GatewayNode.open(
      this.#core,
      founders.map((founder) => founder.locator),
    )
    const nodes = [...replicas, gateway]
    const queue: Sent[] = nodes.flatMap((node) => node.start())
    for (let round = 0; round < STARTING_ROUNDS; round++) {
      for (let at = 0; at < queue.length; at++) {
        const sent = queue[at] as Sent
        const message = copyOf(sent.message)
        queue.push(...(nodes[this.#space.slotOf(sent)]?.act({ act: 'deliver', message }) ?? []))
      }
      queue.length = 0
      for (const node of nodes) queue.push(...node.act({ act: 'timers' }))
    }
    const { crashes, internal, suspicions, removals } = this.#scope
    const states = nodes.map((node, slot) => this.#space.intern(slot, node))
    const past = pastAfter({ number: 0, backupView: 0, members: [] }, states[0] as NodeState)
    const start: State = {
      nodes: states,
      inboxes: nodes.map(() => this.#space.none),
      budget: { crashes, internal, suspicions, removals },
      noticed: [],
      past,
      parent: undefined,
      label: () => 'start',
      outdone: false,
    }
    const first: State[] = []
    this.#reach(start, first)
    return first
  }

  #successors(state: State, next: State[]): void {
    for (let slot = 0; slot <= this.#gateway && this.#finding === undefined; slot++) {
      const node = state.nodes[slot]
      if (node === undefined || node.seen.stopped !== '') continue
      for (const [act, move] of this.#space.options(node, state.inboxes[slot] as Inbox).moves) {
        this.#moved(state, { slot, act, move, budget: state.budget }, next)
        if (this.#finding !== undefined) return
      }
      if (slot === this.#gateway) {
        if (node.seen.submitted >= this.#scope.messages) continue
        this.#moved(state, { slot, act: NEXT, move: this.#space.move(node, NEXT), budget: state.budget }, next)
      } else this.#faults(state, slot, next)
    }
  }

  #faults(state: State, slot: number, next: State[]): void {
    const { budget } = state
    const node = state.nodes[slot] as NodeState
    const primary = node.seen.role === 'primary'
    if (primary && budget.internal > 0) {
      const less = { ...budget, internal: budget.internal - 1 }
      this.#moved(state, { slot, act: NEXT, move: this.#space.move(node, NEXT), budget: less }, next)
    }
    if (budget.crashes > 0) {
      const nodes = state.nodes.with(slot, undefined)
      const inboxes = state.inboxes.with(slot, this.#space.none)
      const crashed = { ...state, nodes, inboxes, budget: { ...budget, crashes: budget.crashes - 1 } }
      this.#judge(this.#notice(crashed, state, slot), node, next)
    }
    if (state.noticed.includes(slot + 1)) return
    const left = primary ? budget.suspicions : budget.removals
    if (left === 0) return
    const less = primary ? { ...budget, suspicions: left - 1 } : { ...budget, removals: left - 1 }
    this.#judge(this.#notice({ ...state, budget: less }, state, slot), node, next)
  }

  /** From now on a FaultNotice that names the replica may reach everybody. */
  #notice(after: State, before: State, slot: number): State {
    const crashed = after.nodes[slot] === undefined
    const label = (): string => `${crashed ? 'crash of' : 'false FaultNotice for'} ${slot + 1}`
    if (after.noticed.includes(slot + 1)) return { ...after, parent: before, label }
    const inboxes = [...after.inboxes]
    this.#spread(this.#noticesOf(slot + 1), after.nodes, inboxes)
    return {
      ...after,
      inboxes,
      noticed: [...after.noticed, slot + 1].toSorted((left, right) => left - right),
      parent: before,
      label,
    }
  }

  #noticesOf(member: number): readonly Datagram[] {
    return foundersOf(this.#scope.replicas).map(({ locator: to }) =>
      this.#space.datagram({ to, message: faultNotice(member as MemberId) }),
    )
  }

  #moved(
    state: State,
    step: { readonly slot: number; readonly act: number; readonly move: Move; readonly budget: Budget },
    next: State[],
  ): void {
    const { slot, act, move, budget } = step
    const nodes = state.nodes.with(slot, move.to)
    const past = pastAfter(state.past, move.to)
    const label = (): string => this.#labelOf(state, slot, act)
    const inboxes = [...state.inboxes]
    if (move.to.seen.stopped !== '') inboxes[slot] = this.#space.none
    this.#spread(move.sends, nodes, inboxes)
    const after: State = { ...state, nodes, inboxes, budget, past, parent: state, label }
    const before = state.nodes[slot] as NodeState
    const released = act >= 0 ? move.to.seen.released - before.seen.released : 0
    const view = act >= 0 ? this.#space.messageOf(slot, act).view.number : 0
    const broken = move.broken ?? staleRelease(released, view, past)
    if (broken === undefined) this.#judge(after, move.to, next)
    else this.#found(after, broken)
  }

  #judge(after: State, changed: NodeState, next: State[]): void {
    const broken = brokenBy(changed, after.nodes, after.past)
    if (broken === undefined) this.#reach(after, next)
    else this.#found(after, broken)
  }

  #reach(reached: State, next: State[]): void {
    if (reached.nodes.some((node) => (node?.seen.adopted.number ?? 0) > this.#scope.viewMax)) return
    const state = this.#closed(reached)
    const { nodes, budget, past, noticed } = state
    const who = nodes.map((node) => node?.id ?? '-').join()
    const spent = `${budget.internal} ${budget.crashes} ${budget.suspicions} ${budget.removals}`
    const before = `${past.number} ${past.backupView} ${past.members.join()}`
    const key = `${who}|${spent}|${noticed.join()}|${before}`
    const explored = this.#explored.get(key)
    if (explored?.some((each) => holds(each, state)) === true) return
    if (explored === undefined) {
      const broken = this.#scope.heals ? this.#heal(state, `${who}|${noticed.join()}|${before}`) : undefined
      if (broken !== undefined) return this.#found(state, broken)
    }
    const others = explored?.filter((each) => !(each.outdone = holds(state, each))) ?? []
    this.#explored.set(key, [...others, state])
    next.push(state)
  }

  /** What nodes send without changing is as well sent at once: a larger set of datagrams allows no less. */
  #closed(state: State): State {
    const inboxes = [...state.inboxes]
    for (let grown = true; grown;) {
      grown = false
      for (const [slot, node] of state.nodes.entries()) {
        if (node === undefined || node.seen.stopped !== '') continue
        const { sends } = this.#space.options(node, inboxes[slot] as Inbox)
        if (this.#spread(sends, state.nodes, inboxes)) grown = true
      }
    }
    return { ...state, inboxes, outdone: false }
  }

  #spread(sends: readonly Datagram[], nodes: Nodes, inboxes: Inbox[]): boolean {
    let grown = false
    for (const { slot, number } of sends) {
      const node = nodes[slot]
      if (node === undefined || node.seen.stopped !== '') continue
      const before = inboxes[slot] as Inbox
      const after = this.#space.with(before, number)
      inboxes[slot] = after
      if (after !== before) grown = true
    }
    return grown
  }

  #heal({ nodes, noticed, past }: State, key: string): string | undefined {
    if (this.#healed.has(key)) return undefined
    this.#healed.add(key)
    // Whom a notice names may never hear it.
    const notices = noticed.flatMap((member) => this.#noticesOf(member).filter(({ slot }) => slot !== member - 1))
    return heal(this.#space, { nodes, past, noticed, notices, messages: this.#scope.messages })
  }

  #found(state: State, broken: string): void {
    const trace: string[] = []
    for (let at: State | undefined = state; at?.parent !== undefined; at = at.parent) trace.unshift(at.label())
    this.#finding ??= { broken, trace }
  }

  #labelOf(state: State, slot: number, act: number): string {
    const node = state.nodes[slot] as NodeState
    const who = slot === this.#gateway ? 'the gateway' : `${node.seen.role} ${slot + 1}`
    if (act === TIMERS) return `timers of ${who}`
    if (act === PATIENCE) return `${who} waits no longer`
    if (act === NEXT) return slot === this.#gateway ? 'the client sends a message' : `${who} decides by itself`
    const message = this.#space.messageOf(slot, act)
    const { view, sourceGroup, sourceMember } = message
    const from = sourceGroup === GROUP.application ? `${sourceMember} (view ${view.number})` : 'outside'
    return `${who} gets ${message.kind} from ${from}`
  }
}

/** Everything that can happen after `smaller` can happen after `larger`. */
function holds(larger: State, smaller: State): boolean {
  return smaller.inboxes.every((inbox, at) => within(inbox, larger.inboxes[at] as Inbox))
}

function faultNotice(member: MemberId): Message {
  return {
    kind: 'FaultNotice',
    group: GROUP.application,
    member,
    members: [],
    length: 0,
    sourceGroup: GROUP.gateway,
    sourceEpoch: GATEWAY_INFO.epoch,
    sourceMember: GATEWAY_INFO.memberId,
    destinationGroup: GROUP.application,
    destinationEpoch: 7,
    view: NO_VIEW,
    peerView: NO_VIEW,
    ack: 0,
    window: 0,
    orderIndex: 0,
    stableIndex: 0,
    heldIndex: 0,
    order: NO_ENTRIES,
    reflected: NO_ENTRIES,
  } as unknown as Message
}
