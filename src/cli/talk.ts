import type { Failover, GroupStatus, ReplicaStatus, SnapshotResult } from '../admin/index.js'
import { renderReport } from '../errors/index.js'
import type { Report } from '../errors/index.js'
import type { Notice } from '../supervisor/index.js'
import { detectionText, fencingText, transportText } from './status.js'
import type { Style } from './style.js'

/** A server that opens no port within this time after its start is told of without one. */
const READY_WAIT_MS = 1000

export interface TalkTerms {
  readonly style: Style
  readonly version: string
  readonly command: readonly string[]
  /** `host:port` of the admin address. */
  readonly admin: string
  /** When the command was typed, on the clock of `performance.now`. */
  readonly startedMs: number
  readonly write: (text: string) => void
  status(): GroupStatus
}

/** Tells a person on stderr what happens in a run: a table when it is ready, then one line per event. */
export class Talk {
  readonly #terms: TalkTerms
  #ready: 'no' | 'waiting' | 'told' = 'no'
  #wait: NodeJS.Timeout | undefined
  #lastEvidence = ''
  /** Bounded by the ports that the program opens. */
  readonly #told = new Set<string>()

  constructor(terms: TalkTerms) {
    this.#terms = terms
  }

  notice(notice: Notice): void {
    switch (notice.notice) {
      case 'founded':
        this.#ready = 'waiting'
        this.#wait = setTimeout(() => this.#tellReady(), READY_WAIT_MS)
        return
      case 'listening':
        return this.#listening()
      case 'replica-ended':
        return this.#event(this.#terms.style.red('✖'), `${notice.id} (pid ${notice.pid ?? '?'}) ${notice.outcome}`)
      case 'stalled':
        return this.#event(
          this.#terms.style.yellow('⧗'),
          `${notice.id} (pid ${notice.pid ?? '?'}) stands still: no answer for ${notice.quietMs} ms`,
        )
      case 'failover':
        return this.#failover(notice.failover)
      case 'joined':
        return this.#event('○', `${notice.id} joined, caught up in ${Math.round(notice.tookMs)} ms`)
      case 'snapshot':
        return this.#snapshot(notice)
      case 'exited':
        return this.close()
      case 'evidence':
        return this.#evidence(notice.of, notice.text)
      case 'report':
        return this.report(notice.report)
    }
  }

  report(report: Report): void {
    this.#terms.write(`${renderReport(report, this.#terms.style)}\n`)
  }

  /** Nothing more is told by itself. */
  close(): void {
    clearTimeout(this.#wait)
    this.#ready = 'told'
  }

  #listening(): void {
    if (this.#ready === 'waiting') this.#tellReady()
    else if (this.#ready === 'told') this.#tellOpened()
  }

  #tellReady(): void {
    clearTimeout(this.#wait)
    this.#ready = 'told'
    const { style, version, command, admin, startedMs, write } = this.#terms
    const status = this.#terms.status()
    for (const address of status.gateway.listeners) this.#told.add(address)
    const row = (name: string, text: string): string => `  ${style.dim(name.padEnd(10))} ${text}\n`
    const replicas = status.replicas.filter(({ state }) => state !== 'ended').map((replica) => this.#replica(replica))
    write(
      `  ${style.bold(`LLFT ${version}`)}  ready in ${Math.round(performance.now() - startedMs)} ms\n` +
        row('App', `${command.join(' ')}     ${style.dim('unchanged Node code, state only in memory')}`) +
        row('Replicas', `${replicas.join('   ')}   view ${status.view.primary}   ${transportText(status.transport)}`) +
        row('Gateway', status.gateway.listeners.join('   ') || style.dim('no port is open yet')) +
        row('Detection', detectionText(status.detection)) +
        (status.fencing === null ? '' : row('Fencing', fencingText(status.fencing))) +
        row('Admin', `http://${admin}`),
    )
  }

  #tellOpened(): void {
    for (const address of this.#terms.status().gateway.listeners) {
      if (this.#told.has(address)) continue
      this.#told.add(address)
      this.#event('⇄', `${address} is open`)
    }
  }

  #replica({ id, role }: ReplicaStatus): string {
    return role === 'primary'
      ? `${this.#terms.style.green('●')} ${id} primary`
      : `○ ${id} ${role === 'none' ? '' : role}`.trimEnd()
  }

  #failover({ primary, view, planned, phases: { silenceMs, suspicionMs, proposalMs, recoveryMs } }: Failover): void {
    const begun = planned ? 'as planned' : `detected ${ms(silenceMs + suspicionMs)}`
    const phases = `${begun} · elected ${ms(proposalMs)} · resumed ${ms(recoveryMs)}`
    this.#event(this.#terms.style.green('▲'), `${primary} is primary, view ${view}     ${phases}`)
  }

  #snapshot({ generation, replicas, bytes, streams, pausedMs }: SnapshotResult): void {
    const size = `${(bytes / 1024).toFixed(1)} KiB`
    const moved = `${streams} connections moved, paused ${ms(pausedMs)}`
    const mark = this.#terms.style.green('⟳')
    this.#event(mark, `generation ${generation} goes on from ${size}: ${replicas.join(' ')}     ${moved}`)
  }

  #evidence(of: string, text: string): void {
    // Replicas fail alike: the same words again would only hide what is new.
    if (text.trim() === '' || text === this.#lastEvidence) return
    this.#lastEvidence = text
    const lines = text.trimEnd().split('\n')
    this.#terms.write(lines.map((line) => `  ${this.#terms.style.dim(`${of} |`)} ${line}\n`).join(''))
  }

  #event(mark: string, text: string): void {
    this.#terms.write(`  ${this.#terms.style.dim(timeOfDay(new Date()))}  ${mark} ${text}\n`)
  }
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}

function timeOfDay(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
