import type { MemberId } from '../message/index.js'
import type { NodeState } from './explorer-space.js'

/** What the laws remember of the past beside what the nodes know themselves. */
export interface Past {
  /** The membership established last, and by which view and backup view. */
  readonly number: number
  readonly backupView: number
  readonly members: readonly MemberId[]
}

/** A replica that has crashed is undefined; the gateway is last. */
export type Nodes = readonly (NodeState | undefined)[]

/**
 * Members that rightly end: a primary that hears of a newer proposal stops at once, because the program in it cannot
 * become a backup again; whoever the gateway refuses as no member any more; whoever is told that it has failed.
 */
const LAWFUL_ENDS: readonly string[] = ['superseded by a newer view', 'superseded', 'declared to have failed']

/** The past after a node has changed: whom its primary counts as members. */
export function pastAfter(past: Past, changed: NodeState): Past {
  const { role, view, members } = changed.seen
  if (role !== 'primary' || view.number < past.number) return past
  if (view.number === past.number && view.backupView <= past.backupView) return past
  return { number: view.number, backupView: view.backupView, members }
}

/** The law that the step of one node has broken, if any. */
export function brokenBy(changed: NodeState, nodes: Nodes, past: Past): string | undefined {
  return lostRelease(nodes) ?? disagreement(changed, nodes) ?? nobodyLeft(nodes, past)
}

/** Law L3: a primary that the gateway follows, or will, knows everything that was released. */
function lostRelease(nodes: Nodes): string | undefined {
  const gateway = (nodes.at(-1) as NodeState).seen
  for (const node of nodes.slice(0, -1)) {
    if (node === undefined || node.seen.role !== 'primary' || node.seen.stopped !== '') continue
    const { executed, view } = node.seen
    if (view.number < gateway.adopted.number || executed.startsWith(gateway.executed)) continue
    const known = `primary ${node.slot + 1} of view ${view.number} has executed ${executed}`
    return `L3: ${known}; ${gateway.executed} was released`
  }
  return undefined
}

/** Law L2 over the members of one established view. */
function disagreement(changed: NodeState, nodes: Nodes): string | undefined {
  if (changed.seen.role === 'gateway' || changed.seen.stopped !== '') return undefined
  const { view, executed } = changed.seen
  for (const node of nodes.slice(0, -1)) {
    if (node === undefined || node === changed || node.seen.stopped !== '') continue
    const other = node.seen
    if (other.view.number !== view.number || other.view.precedence !== view.precedence) continue
    if (other.executed.startsWith(executed) || executed.startsWith(other.executed)) continue
    return (
      `L2: members ${changed.slot + 1} and ${node.slot + 1} of view ${view.number} ` +
      `executed ${executed} and ${other.executed}`
    )
  }
  return undefined
}

/** The group lives as long as a member of the membership established last, as primary and gateway know it. */
export function nobodyLeft(nodes: Nodes, past: Past): string | undefined {
  const replicas = nodes.slice(0, -1).filter((node) => node !== undefined)
  if (replicas.some((node) => node.seen.stopped === '')) return undefined
  const { members } = (nodes.at(-1) as NodeState).seen
  const counted = past.members.filter((member) => members.includes(member))
  const given = replicas.filter((node) => counted.includes((node.slot + 1) as MemberId))
  const betrayed = given.find((node) => !LAWFUL_ENDS.includes(node.seen.stopped))
  if (betrayed === undefined) return undefined
  return `no member left: ${betrayed.slot + 1} stopped (${betrayed.seen.stopped}) and was a member of the last view`
}

/** Law L7: once a view is established, datagrams of an older one release nothing any more. */
export function staleRelease(released: number, view: number, past: Past): string | undefined {
  if (released === 0 || view >= past.number) return undefined
  return `L7: view ${view} caused a release after view ${past.number} was established`
}
