import type { View } from '../message/index.js'
import type { Nodes, Past } from './explorer-laws.js'
import { nobodyLeft, pastAfter } from './explorer-laws.js'
import type { Datagram, NodeState, Space } from './explorer-space.js'
import { AGE, NEXT, PATIENCE, TIMERS } from './explorer-space.js'

const ROUNDS = 24
/** Every so many rounds members that do not answer are given up. */
const PATIENCE_EVERY = 4
const DELIVERIES_MAX = 20_000

export interface Illness {
  readonly nodes: Nodes
  readonly past: Past
  /** Replicas that a FaultNotice names. */
  readonly noticed: readonly number[]
  /** The notices, as they are repeated to everybody. */
  readonly notices: readonly Datagram[]
  /** How many messages the client sends in all. */
  readonly messages: number
}

/**
 * Law L5: from here on nothing is lost, everything under way is, and nobody fails any more. The client's messages must
 * all be answered, and every member must have executed what the primary has. Returns what is wrong otherwise.
 */
export function heal(space: Space, illness: Illness): string | undefined {
  const nodes = [...illness.nodes]
  let { past } = illness
  const lives = (member: number): boolean => nodes[member - 1]?.seen.stopped === ''
  if (!(nodes.at(-1) as NodeState).seen.members.some(lives)) return undefined
  const queue: Datagram[] = []
  let broken: string | undefined
  const act = (slot: number, number: number): void => {
    const node = nodes[slot]
    if (node === undefined || node.seen.stopped !== '') return
    const move = space.move(node, number)
    broken ??= move.broken
    nodes[slot] = move.to
    past = pastAfter(past, move.to)
    queue.push(...move.sends)
  }
  const gateway = nodes.length - 1
  while ((nodes[gateway] as NodeState).seen.submitted < illness.messages) act(gateway, NEXT)
  for (let round = 1; round <= ROUNDS; round++) {
    if (round % PATIENCE_EVERY === 1) queue.push(...illness.notices)
    for (let at = 0; at < queue.length && at < DELIVERIES_MAX; at++) {
      const { slot, number } = queue[at] as Datagram
      act(slot, number)
    }
    queue.length = 0
    if (broken !== undefined || unhealthy(nodes, illness) === undefined) return broken
    if (round === ROUNDS) for (let slot = 0; slot < gateway; slot++) act(slot, AGE)
    for (let slot = 0; slot <= gateway; slot++) {
      act(slot, round % PATIENCE_EVERY === 0 && slot !== gateway ? PATIENCE : TIMERS)
    }
  }
  // Whoever is told to have failed ends: that may have been the last.
  if (nodes.slice(0, -1).every((node) => node?.seen.stopped !== '')) return nobodyLeft(nodes, past)
  const still = unhealthy(nodes, illness)
  return still === undefined ? undefined : `L5: ${still}`
}

function leads({ seen }: NodeState, followed: View): boolean {
  return seen.role === 'primary' && sameView(seen.view, followed)
}

function sameView(left: View, right: View): boolean {
  return left.number === right.number && left.precedence === right.precedence
}

function unhealthy(nodes: Nodes, { noticed, messages }: Illness): string | undefined {
  const replicas = nodes.slice(0, -1).filter((node) => node !== undefined && node.seen.stopped === '') as NodeState[]
  const { released, adopted } = (nodes.at(-1) as NodeState).seen
  const primary = replicas.find((node) => leads(node, adopted))
  const roles = replicas.map((node) => `${node.slot + 1} is ${node.seen.role}`).join(', ')
  if (primary === undefined) return `nobody leads: ${roles}`
  if (released < messages) return `${released} of ${messages} messages are answered: ${roles}`
  const members: readonly number[] = primary.seen.members
  for (const node of replicas) {
    const member = node.slot + 1
    if (members.includes(member)) {
      if (node.seen.executed === primary.seen.executed) continue
      return `member ${member} has executed ${node.seen.executed}, the primary ${primary.seen.executed}`
    }
    // Nobody tells a primary that it is superseded; it cannot do harm, and what it sends is not heard.
    if (!noticed.includes(member) && node.seen.role !== 'primary')
      return `${member} lives and is part of nothing: ${roles}`
  }
  const gone = members.find((member) => !replicas.some((node) => node.slot === member - 1))
  return gone === undefined ? undefined : `member ${gone} is gone and still counted`
}
