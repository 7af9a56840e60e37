import type { Detection, Failover, FencingStatus, GroupStatus, TransportStatus } from '../admin/index.js'
import type { RunInput } from '../config/index.js'
import { EXIT } from '../errors/index.js'
import { phasesText, renderEvent, totalMs } from './event-text.js'
import { findGroup } from './running-group.js'
import { makeStyle, wantsColor } from './style.js'
import type { Style } from './style.js'
import type { Surroundings } from './surroundings.js'

export interface QueryInput {
  readonly flags: RunInput['flags']
  readonly json: boolean
}

/** `llft status`: 0 with a primary, 5 without one. */
export async function status(input: QueryInput, surroundings: Surroundings): Promise<number> {
  const group = await findGroup('status', input.flags, surroundings).status()
  const style = makeStyle(wantsColor(surroundings.env, process.stdout.isTTY))
  process.stdout.write(input.json ? `${JSON.stringify(group)}\n` : renderStatus(group, style))
  return group.primary === null ? EXIT.noPrimary : EXIT.ok
}

/** The first line answers what is asked first: who is primary, since when, how far behind are the others. */
export function renderStatus(group: GroupStatus, style: Style): string {
  const ready = group.replicas.filter(({ state }) => state === 'ready')
  const lag = Math.max(0, ...ready.map(({ lagEntries }) => lagEntries))
  const last = group.failovers.at(-1)
  const gap = last === undefined ? '' : ` (last ${totalMs(last.phases).toFixed(1)} ms)`
  const head = [
    ['GROUP', group.group],
    ['VIEW', group.view.primary],
    ['PRIMARY', group.primary ?? 'none'],
    ['REPLICAS', `${ready.length}/${group.wanted}`],
    ['LAG', `max ${lag} entries`],
    ['STREAMS', group.gateway.streams],
    ['FAILOVERS', `${group.failoverCount}${gap}`],
  ].map(([name, value]) => `${style.dim(String(name))} ${style.bold(String(value))}`)
  const rows = group.replicas.map(({ id, pid, role, rank, state, historyIndex, lagEntries }) => [
    id,
    String(pid ?? '-'),
    role === 'none' ? '-' : role,
    String(rank ?? '-'),
    state,
    String(historyIndex),
    String(lagEntries),
  ])
  const members = table([['ID', 'PID', 'ROLE', 'RANK', 'STATE', 'HISTORY', 'LAG'], ...rows])
  const lines = [
    transportText(group.transport),
    `history: ${historyText(group.history)}`,
    `detection: ${detectionText(group.detection)}`,
    ...(group.fencing === null ? [] : [`fencing: ${fencingText(group.fencing)}`]),
    ...(group.snapshots.offered ? [`snapshots: ${snapshotsText(group)}`] : []),
    ...(last === undefined ? [] : [failoverText(last)]),
  ]
  const rest = lines.map((line) => `${style.dim(line)}\n`).join('')
  const events = group.events.map((event) => `${renderEvent(event, style)}\n`).join('')
  return `${head.join('  ')}\n${members}${rest}${events}`
}

function failoverText({ at, cause, primary, view, phases }: Failover): string {
  return `last fail-over ${at}: ${cause}, ${primary} leads view ${view}; ${phasesText(phases)}`
}

function snapshotsText({ generation, snapshots: { last } }: GroupStatus): string {
  const what = last === null ? 'none yet' : `last ${last.at} ${last.taken ? 'taken' : 'not taken'}: ${last.cause}`
  return `offered, generation ${generation}; ${what}`
}

/** What a replacement has to execute before it counts. */
export function historyText({ index, bytes, full, replayMs }: GroupStatus['history']): string {
  const size = `${index} entries, ${(bytes / 2 ** 20).toFixed(1)} MiB`
  if (full) return `${size}; its bound is passed, no replica is replaced any more`
  return replayMs === null ? size : `${size}; a newcomer would need about ${replayMs} ms`
}

/** The worst-case times until a fault is seen. */
export function detectionText({ exitMs, hostMs, stallMs, silentBackupMs }: Detection): string {
  const host = hostMs === null ? '' : `a lost host within ${hostMs} ms, `
  return `an exit within ${exitMs} ms, ${host}a stall within ${stallMs} ms, a silent backup within ${silentBackupMs} ms`
}

/** The lease, and what it means now. */
export function fencingText({ store, voters, ttlMs, clockDriftMs, state }: FencingStatus): string {
  const answered = voters === null ? '' : ` (${voters.answered} answered last)`
  const now = { waiting: 'another has it', held: 'held', ended: 'ENDED, nothing is let out' }[state]
  return `a lease of ${ttlMs} ms, less ${clockDriftMs} ms for clocks, of ${store}${answered}: ${now}`
}

/** Which transport is used, and why. */
export function transportText(transport: TransportStatus | null): string {
  return transport === null ? 'transport not chosen yet' : `transport ${transport.used} (${transport.why})`
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return rows.map((row) => `${line(row)}\n`).join('')
}
