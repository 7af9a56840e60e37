import type { GroupEvent, TakeoverPhases } from '../admin/index.js'
import type { Style } from './style.js'

/** As wide as the longest kind, so that what follows stands in a column. */
const KIND_WIDTH = 15

/** One line: when, what, to whom, why; then who is a member, who proposed it, and a takeover's phases. */
export function renderEvent(event: GroupEvent, style: Style): string {
  const { at, kind, replica, cause, view, members, proposer, phases } = event
  const others = members.map(({ id, role, caughtUp }) => (role === 'primary' ? `${id}*` : caughtUp ? id : `${id}?`))
  const facts = [
    `view ${view.primary}.${view.backup}`,
    `members ${others.join(' ') || 'none'}`,
    ...(proposer === null ? [] : [`proposed by ${proposer}`]),
    ...(phases === null ? [] : [phasesText(phases)]),
  ]
  const what = `${style.bold(kind.padEnd(KIND_WIDTH))} ${(replica ?? '-').padEnd(4)} ${cause}`
  return `${style.dim(at)}  ${what}  ${style.dim(facts.join(' · '))}`
}

export function phasesText(phases: TakeoverPhases): string {
  const { silenceMs, suspicionMs, proposalMs, recoveryMs, resumedMs } = phases
  const named = { silence: silenceMs, suspicion: suspicionMs, proposal: proposalMs, recovery: recoveryMs }
  const texts = Object.entries(named).map(([name, value]) => `${name} ${value.toFixed(1)}`)
  return [...texts, `resumed ${resumedMs === null ? '-' : resumedMs.toFixed(1)} ms`].join(' · ')
}

/** How long clients may have waited. */
export function totalMs({ silenceMs, suspicionMs, proposalMs, recoveryMs, resumedMs }: TakeoverPhases): number {
  return silenceMs + suspicionMs + proposalMs + recoveryMs + (resumedMs ?? 0)
}
