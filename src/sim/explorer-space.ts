import type { Message } from '../message/index.js'
import { copyOf, hashOf } from './explorer-open.js'
import type { Act, Node, Seen, Sent } from './explorer-nodes.js'
import { GATEWAY_INFO } from './explorer-nodes.js'

/** `timers`, `patience` and `next` beside the numbers of datagrams. */
export const TIMERS = -1
export const PATIENCE = -2
export const NEXT = -3
export const AGE = -4

/** One step of one node: where it leads and what it sends; made once, however many orders lead to it. */
export interface Move {
  readonly to: NodeState
  readonly sends: readonly Datagram[]
  readonly broken: string | undefined
}

export interface NodeState {
  readonly id: number
  readonly slot: number
  readonly node: Node
  readonly seen: Seen
  readonly moves: Map<number, Move>
  /** By what was sent to the node: what may happen to it now. */
  readonly options: Map<Inbox, Options>
}

export interface Datagram {
  readonly slot: number
  /** Among those to the same node. */
  readonly number: number
  readonly message: Message
}

/** The moves that change a node, and what it sends by those that do not. */
export interface Options {
  readonly moves: readonly (readonly [act: number, move: Move])[]
  readonly sends: readonly Datagram[]
}

/**
 * Every datagram ever sent to one node, a set that only grows: any of them may arrive now, again, or never, so loss,
 * duplication and reordering cost nothing.
 */
export interface Inbox {
  readonly id: number
  readonly numbers: readonly number[]
  readonly bits: Uint32Array
  readonly more: Map<number, Inbox>
}

const EMPTY: readonly number[] = []

/** States of nodes, datagrams and sets of them, each held once; steps are taken once and remembered. */
export class Space {
  readonly #states: Map<number, NodeState>[] = []
  readonly #datagrams: Map<string, Datagram>[] = []
  readonly #messages: Message[][] = []
  readonly #inboxes = new Map<string, Inbox>()
  readonly none: Inbox = this.#inbox(EMPTY)
  steps = 0
  nodeStates = 0

  get datagrams(): number {
    return this.#messages.reduce((sum, each) => sum + each.length, 0)
  }

  readonly #prompt: boolean

  /** `slots`: replicas, and the gateway last. `prompt`: timers fire after every step too. */
  constructor(slots: number, prompt: boolean) {
    this.#prompt = prompt
    for (let slot = 0; slot < slots; slot++) {
      this.#states.push(new Map())
      this.#datagrams.push(new Map())
      this.#messages.push([])
    }
  }

  slotOf(sent: Sent): number {
    return sent.to === GATEWAY_INFO.locator ? this.#states.length - 1 : sent.to - 1
  }

  intern(slot: number, node: Node): NodeState {
    const hash = hashOf(node.text())
    const states = this.#states[slot] as Map<number, NodeState>
    let state = states.get(hash)
    if (state === undefined) {
      state = { id: this.nodeStates++, slot, node, seen: node.seen, moves: new Map(), options: new Map() }
      states.set(hash, state)
    }
    return state
  }

  datagram(sent: Sent): Datagram {
    const slot = this.slotOf(sent)
    const key = JSON.stringify(sent.message, (_, value: unknown) =>
      value instanceof Uint8Array ? value.join(' ') : value,
    )
    const known = this.#datagrams[slot] as Map<string, Datagram>
    let datagram = known.get(key)
    if (datagram === undefined) {
      // Payloads are views into the sender's memory.
      const message = copyOf(sent.message)
      const messages = this.#messages[slot] as Message[]
      datagram = { slot, number: messages.length, message }
      messages.push(message)
      known.set(key, datagram)
    }
    return datagram
  }

  messageOf(slot: number, number: number): Message {
    return (this.#messages[slot] as Message[])[number] as Message
  }

  move(state: NodeState, act: number): Move {
    let move = state.moves.get(act)
    if (move === undefined) state.moves.set(act, (move = this.#step(state, act)))
    return move
  }

  with(inbox: Inbox, number: number): Inbox {
    if (((inbox.bits[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0) return inbox
    let more = inbox.more.get(number)
    if (more === undefined) {
      const at = inbox.numbers.findIndex((each) => each > number)
      more = this.#inbox(inbox.numbers.toSpliced(at === -1 ? inbox.numbers.length : at, 0, number))
      inbox.more.set(number, more)
    }
    return more
  }

  options(state: NodeState, inbox: Inbox): Options {
    let options = state.options.get(inbox)
    if (options === undefined) {
      const moves: (readonly [number, Move])[] = []
      const sends = new Set<Datagram>()
      const own = state.seen.role === 'gateway' ? [TIMERS] : [TIMERS, PATIENCE]
      for (const act of [...own, ...inbox.numbers]) {
        const move = this.move(state, act)
        if (move.to !== state || move.broken !== undefined) moves.push([act, move])
        else for (const each of move.sends) sends.add(each)
      }
      options = { moves, sends: [...sends] }
      state.options.set(inbox, options)
    }
    return options
  }

  #step(state: NodeState, act: number): Move {
    this.steps++
    const node = state.node.copy()
    let broken: string | undefined
    let sent: readonly Sent[] = []
    try {
      sent = node.act(this.#act(state.slot, act))
      if (this.#prompt && act !== TIMERS) sent = [...sent, ...node.act({ act: 'timers' })]
    } catch (error) {
      broken = `the core threw: ${String(error)}`
    }
    broken ??= node.broken
    const to = this.intern(state.slot, node)
    broken ??= fallen(state.seen, to.seen)
    const sends = sent.filter((each) => this.slotOf(each) !== state.slot).map((each) => this.datagram(each))
    return { to, sends, broken }
  }

  #act(slot: number, act: number): Act {
    if (act === TIMERS) return { act: 'timers' }
    if (act === PATIENCE) return { act: 'patience' }
    if (act === NEXT) return { act: 'next' }
    if (act === AGE) return { act: 'age' }
    return { act: 'deliver', message: this.messageOf(slot, act) }
  }

  #inbox(numbers: readonly number[]): Inbox {
    const key = numbers.join()
    let inbox = this.#inboxes.get(key)
    if (inbox === undefined) {
      const bits = new Uint32Array(((numbers.at(-1) ?? 0) >>> 5) + 1)
      for (const number of numbers) bits[number >>> 5] = (bits[number >>> 5] as number) | (1 << (number & 31))
      inbox = { id: this.#inboxes.size, numbers, bits, more: new Map() }
      this.#inboxes.set(key, inbox)
    }
    return inbox
  }
}

/** Law L4, second half: adopted views only rise. */
function fallen(before: Seen, after: Seen): string | undefined {
  if (after.stopped !== '' || after.adopted.number >= before.adopted.number) return undefined
  return `L4: a member went back from view ${before.adopted.number} to view ${after.adopted.number}`
}

/** Whether all of `part` is in `whole`. */
export function within(part: Inbox, whole: Inbox): boolean {
  if (part === whole) return true
  for (let at = 0; at < part.bits.length; at++) {
    if (((part.bits[at] as number) & ~(whole.bits[at] ?? 0)) !== 0) return false
  }
  return true
}
