import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { LineReader, lineOf } from '../gateway/index.js'
import type {
  GatewayCommand,
  GatewayReport,
  GatewayStart,
  GatewayStatistics,
  Moved,
  SideReport,
} from '../gateway/index.js'
import type { Epoch, Locator } from '../message/index.js'
import { ByteRing } from './byte-ring.js'
import type { ProcessEnd } from './process-end.js'

/** Enough for a crash report with its stack. */
const EVIDENCE_BYTES_MAX = 16 << 10
/** After `stop` and its own grace a gateway that still runs is stuck. */
const STOP_MS = 3000
/** Somebody waits for the answer to `llft status`; older numbers are better than none. */
const STATISTICS_MS = 250

export type GatewayListening = Extract<SideReport, { type: 'listening' }>

export interface GatewayListener {
  ready(report: Extract<SideReport, { type: 'ready' }>): void
  follows(report: Extract<SideReport, { type: 'follows' }>): void
  askLease(granted: () => void): void
  /** The program offers snapshots. */
  offers(): void
  listening(): void
  warned(report: Extract<SideReport, { type: 'warning' }>): void
  /** The whole process has. */
  ended(end: ProcessEnd): void
}

/** `kept`: the program that had the clients has them still, and goes on. */
export type SnapshotAnswer =
  | { readonly outcome: 'restored'; readonly bytes: number }
  /** `again`: it declined, and may not in a moment. */
  | { readonly outcome: 'kept'; readonly reason: string; readonly again: boolean }

interface Side {
  readonly listener: GatewayListener
  /** Bounded by the sockets that the program opens. */
  readonly listening: Map<string, GatewayListening>
}

/**
 * The gateway's process as its supervisors have it: commands on stdin, whose end is the gateway's end too. It serves
 * one application group, and beside it its successor while there is one (ADR 55); each is named by its epoch.
 */
export class GatewayProcess {
  readonly #child: ChildProcess
  readonly #evidence = new ByteRing(EVIDENCE_BYTES_MAX)
  readonly #closed: Promise<void>
  /** Two at most, and one more between a move and the leave of who had the clients. */
  readonly #sides = new Map<Epoch, Side>()
  #ended = false
  #statistics: GatewayStatistics | undefined
  /** Bounded by the requests for status within `STATISTICS_MS`. */
  readonly #awaiting = new Set<() => void>()
  #snapshot: ((result: SnapshotAnswer) => void) | undefined
  /** Its successor was dropped before the answer. */
  #dropped = false
  #moved: ((moved: Moved) => void) | undefined

  constructor(entry: string) {
    this.#child = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    this.#closed = new Promise((resolve) => this.#child.once('close', () => resolve()))
    const reader = new LineReader((report) => this.#received(report as GatewayReport))
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => reader.push(text))
    this.#child.stderr?.on('data', (bytes: Uint8Array) => this.#evidence.append(bytes))
    this.#child.stdin?.on('error', () => undefined)
    this.#child.once('error', () => this.#end({ code: 1, signal: 0 }))
    this.#child.once('exit', (code, signal) => {
      this.#end({ code: code ?? 0, signal: signal === null ? 0 : constants.signals[signal] })
    })
  }

  /** For the first time: as the group that has the clients. Then: as its successor. */
  serve(start: GatewayStart, listener: GatewayListener): void {
    this.#sides.set(start.application.epoch, { listener, listening: new Map() })
    this.#command(start)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get evidence(): string {
    return this.#evidence.text()
  }

  /** What is open for a group, in the order of opening. */
  open(epoch: Epoch): readonly GatewayListening[] {
    return [...(this.#sides.get(epoch)?.listening.values() ?? [])]
  }

  /** Open client connections, as last known, of all groups. */
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

  meet(epoch: Epoch, locator: Locator): void {
    this.#command({ type: 'meet', epoch, locator })
  }

  /**
   * Saves the program that has the clients and restores it in its successor; one at a time. Once it has resolved with
   * `restored` all stand still until `move` or `drop`. Bounded by the gateway; `kept` when that ends.
   */
  takeSnapshot(): Promise<SnapshotAnswer> {
    return new Promise((resolve) => {
      if (this.#ended) return resolve(ENDED)
      if (this.#snapshot !== undefined)
        return resolve({ outcome: 'kept', reason: 'another snapshot is being taken', again: false })
      this.#snapshot = resolve
      this.#dropped = false
      this.#command({ type: 'switch' })
    })
  }

  /**
   * The successor has the clients; resolves when they are moved. To be called when it is decided that its generation
   * is the group, which nothing takes back: resolves too when the process ends, of which `ended` tells, since the
   * clients are lost then with either.
   */
  move(): Promise<Moved> {
    return new Promise((resolve) => {
      if (this.#ended) return resolve(NOTHING_MOVED)
      this.#moved = resolve
      this.#command({ type: 'move' })
    })
  }

  /** The successor is to be no more; its listener hears nothing further. The other goes on. */
  drop(epoch: Epoch): void {
    this.forget(epoch)
    this.#dropped = true
    this.#command({ type: 'drop', epoch })
  }

  /** A group whose listener hears nothing further. */
  forget(epoch: Epoch): void {
    this.#sides.delete(epoch)
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

  #end(end: ProcessEnd): void {
    if (this.#ended) return
    this.#ended = true
    this.#answerSnapshot(ENDED)
    this.#moved?.(NOTHING_MOVED)
    for (const { listener } of this.#sides.values()) listener.ended(end)
  }

  #answerSnapshot(result: SnapshotAnswer): void {
    const answer = this.#snapshot
    this.#snapshot = undefined
    answer?.(result)
  }

  #received(report: GatewayReport): void {
    switch (report.type) {
      case 'stats':
        this.#statistics = report
        for (const answered of this.#awaiting) answered()
        return
      case 'restored':
        return this.#answerSnapshot(this.#dropped ? DROPPED : { outcome: 'restored', bytes: report.bytes })
      case 'kept':
        return this.#answerSnapshot({ outcome: 'kept', reason: report.reason, again: report.again })
      case 'moved':
        return this.#moved?.(report)
      default: {
        const side = this.#sides.get(report.epoch)
        if (side !== undefined) this.#sideReported(side, report)
      }
    }
  }

  #sideReported({ listener, listening }: Side, report: SideReport & { readonly epoch: Epoch }): void {
    switch (report.type) {
      case 'ready':
        return listener.ready(report)
      case 'follows':
        return listener.follows(report)
      case 'offers':
        return listener.offers()
      case 'listening':
        listening.set(keyOf(report.bound), report)
        return listener.listening()
      case 'unlistening':
        listening.delete(keyOf(report.bound))
        return
      case 'ask': {
        const { epoch, nonce } = report
        return listener.askLease(() => this.#command({ type: 'granted', epoch, nonce }))
      }
      case 'warning':
        return listener.warned(report)
    }
  }
}

const NOTHING_MOVED: Moved = { streams: 0, pausedMs: 0 }
/** The two have crossed on the pipe. */
const DROPPED: SnapshotAnswer = { outcome: 'kept', reason: 'the new program is not to go on', again: false }
const ENDED: SnapshotAnswer = { outcome: 'kept', reason: 'the gateway has ended', again: false }

function keyOf({ address, port }: GatewayListening['bound']): string {
  return `${address} ${port}`
}
