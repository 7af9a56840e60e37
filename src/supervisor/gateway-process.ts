import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { LineReader, lineOf } from '../gateway/index.js'
import type { GatewayCommand, GatewayReport, GatewayStart, GatewayStatistics } from '../gateway/index.js'
import { ByteRing } from './byte-ring.js'
import type { ProcessEnd } from './process-end.js'

/** Enough for a crash report with its stack. */
const EVIDENCE_BYTES_MAX = 16 << 10
/** After `stop` and its own grace a gateway that still runs is stuck. */
const STOP_MS = 3000
/** Somebody waits for the answer to `llft status`; older numbers are better than none. */
const STATISTICS_MS = 250

export type GatewayListening = Extract<GatewayReport, { type: 'listening' }>

export interface GatewayListener {
  ready(report: Extract<GatewayReport, { type: 'ready' }>): void
  follows(report: Extract<GatewayReport, { type: 'follows' }>): void
  askLease(granted: () => void): void
  listening(): void
  warned(report: Extract<GatewayReport, { type: 'warning' }>): void
  ended(end: ProcessEnd): void
}

/** The gateway's process as its supervisor has it: commands on stdin, whose end is the gateway's end too. */
export class GatewayProcess {
  readonly #listener: GatewayListener
  readonly #child: ChildProcess
  readonly #evidence = new ByteRing(EVIDENCE_BYTES_MAX)
  readonly #closed: Promise<void>
  /** Bounded by the sockets that the program opens. */
  readonly #listening = new Map<string, GatewayListening>()
  #statistics: GatewayStatistics | undefined
  /** Bounded by the requests for status within `STATISTICS_MS`. */
  readonly #awaiting = new Set<() => void>()

  constructor(entry: string, start: GatewayStart, listener: GatewayListener) {
    this.#listener = listener
    this.#child = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    this.#closed = new Promise((resolve) => this.#child.once('close', () => resolve()))
    const reader = new LineReader((report) => this.#received(report as GatewayReport))
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => reader.push(text))
    this.#child.stderr?.on('data', (bytes: Uint8Array) => this.#evidence.append(bytes))
    this.#child.stdin?.on('error', () => undefined)
    this.#child.once('error', () => listener.ended({ code: 1, signal: 0 }))
    this.#child.once('exit', (code, signal) => {
      listener.ended({ code: code ?? 0, signal: signal === null ? 0 : constants.signals[signal] })
    })
    this.#command(start)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get evidence(): string {
    return this.#evidence.text()
  }

  /** What is open, in the order of opening. */
  get open(): readonly GatewayListening[] {
    return [...this.#listening.values()]
  }

  /** Open client connections, as last known. */
  get streams(): number {
    return this.#statistics?.streams ?? 0
  }

  get datagramsRejected(): number {
    return this.#statistics?.datagramsRejected ?? 0
  }

  /** Resolves when `streams` is up to date, or after a short while. */
  refresh(): Promise<void> {
    return new Promise((resolve) => {
      const answered = (): void => {
        clearTimeout(bound)
        this.#awaiting.delete(answered)
        resolve()
      }
      const bound = setTimeout(answered, STATISTICS_MS)
      this.#awaiting.add(answered)
      this.#command({ type: 'stats' })
    })
  }

  /** Clients get what was released to them; resolves when the process has ended. */
  stop(): Promise<void> {
    this.#command({ type: 'stop' })
    const bound = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS)
    return this.#closed.finally(() => clearTimeout(bound))
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #command(command: GatewayCommand): void {
    this.#child.stdin?.write(lineOf(command))
  }

  #received(report: GatewayReport): void {
    switch (report.type) {
      case 'ready':
        return this.#listener.ready(report)
      case 'follows':
        return this.#listener.follows(report)
      case 'listening':
        this.#listening.set(keyOf(report.bound), report)
        return this.#listener.listening()
      case 'unlistening':
        this.#listening.delete(keyOf(report.bound))
        return
      case 'ask':
        return this.#listener.askLease(() => this.#command({ type: 'granted', nonce: report.nonce }))
      case 'stats':
        this.#statistics = report
        for (const answered of this.#awaiting) answered()
        return
      case 'warning':
        return this.#listener.warned(report)
    }
  }
}

function keyOf({ address, port }: GatewayListening['bound']): string {
  return `${address} ${port}`
}
