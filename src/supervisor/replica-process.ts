import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { ByteRing } from './byte-ring.js'
import { outcomeOf, SIGNAL_CODE_BASE } from './process-end.js'
import type { ProcessEnd } from './process-end.js'
import type { ReplicaHandle } from './replicas.js'

/** Enough for the longest report of a native crash, stack included. */
const RING_BYTES_MAX = 64 << 10
/**
 * A guest behind a wrapper (`npm start`) is not our child: the kernel tells us nothing when it dies, so we look. One
 * system call of a microsecond each time; a direct child is seen at once and never polled.
 */
export const GUEST_POLL_MS = 4
/** After its guest, a wrapper has this long to end by itself and to say how the guest ended. */
const WRAPPER_END_MS = 1000
/** The last output is read for so long after the command's end: a process that left the group may hold the pipe. */
const EVIDENCE_MS = 200
/** As a shell reports a command that cannot be started. */
const NOT_FOUND = 127

export interface ReplicaListener {
  /** The guest does not run any more; how it ended may not be known yet. */
  gone(): void
  /** The command has ended, and with it the whole process group. */
  ended(end: ProcessEnd): void
}

export interface ReplicaSpawn {
  readonly file: string
  readonly args: readonly string[]
  readonly environment: NodeJS.ProcessEnv
}

/** One replica's command: its own process group, no stdin, its real output kept only as evidence. */
export class ReplicaProcess implements ReplicaHandle {
  readonly host = undefined
  readonly #listener: ReplicaListener
  readonly #child: ChildProcess
  readonly #evidence = new ByteRing(RING_BYTES_MAX)
  #guestPid: number | undefined
  #poll: NodeJS.Timeout | undefined
  #gone = false
  #end: ProcessEnd | undefined

  constructor(command: ReplicaSpawn, listener: ReplicaListener) {
    this.#listener = listener
    this.#child = spawn(command.file, command.args, {
      env: command.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.#child.stdout?.on('data', (bytes: Uint8Array) => this.#evidence.append(bytes))
    this.#child.stderr?.on('data', (bytes: Uint8Array) => this.#evidence.append(bytes))
    this.#child.once('error', (error) => this.#failed(error))
    this.#child.once('exit', (code, signal) => this.#exited(code, signal))
  }

  /** Of the command, and of its process group; undefined when it could not be started. */
  get groupId(): number | undefined {
    return this.#child.pid
  }

  /** Of the guest once it has claimed its slot, of the command before. */
  get pid(): number | undefined {
    return this.#guestPid ?? this.#child.pid
  }

  get localPid(): number | undefined {
    return this.pid
  }

  get reachable(): boolean {
    return true
  }

  /** Its exit is seen at once. */
  get quietMs(): number {
    return 0
  }

  get outcome(): string {
    return this.#end === undefined ? 'ended' : outcomeOf(this.#end)
  }

  /** The command is the guest itself, without a wrapper such as npm. */
  get direct(): boolean {
    return this.#guestPid === this.#child.pid
  }

  /** How the command ended; undefined while it runs. Known in `gone` already when the guest is our own child. */
  get end(): ProcessEnd | undefined {
    return this.#end
  }

  /** The end of what the replica wrote to its real stdout and stderr. */
  get evidence(): string {
    return this.#evidence.text()
  }

  attachGuest(pid: number): void {
    this.#guestPid = pid
    if (!this.#gone && pid !== this.#child.pid) this.#poll = setInterval(() => this.#look(pid), GUEST_POLL_MS)
  }

  /** Kills the guest as `kill` in a shell would. */
  kill(signal: NodeJS.Signals): void {
    if (this.pid !== undefined && !this.#gone) sendSignal(this.pid, signal)
  }

  /** Ends the whole process group. */
  destroy(): void {
    if (this.#child.pid !== undefined && this.#end === undefined) sendSignal(-this.#child.pid, 'SIGKILL')
  }

  #look(pid: number): void {
    if (sendSignal(pid, 0)) return
    this.#lost()
    setTimeout(() => this.destroy(), WRAPPER_END_MS).unref()
  }

  #lost(): void {
    clearInterval(this.#poll)
    if (this.#gone) return
    this.#gone = true
    this.#listener.gone()
  }

  #failed(error: Error): void {
    this.#evidence.append(Buffer.from(`${error.message}\n`))
    if (this.#child.pid !== undefined) return
    this.#lost()
    this.#listener.ended({ code: NOT_FOUND, signal: 0 })
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    // What the command leaves running in its group is a part of the replica; afterwards the number may be another's.
    this.destroy()
    const end = this.#endOf(code, signal)
    this.#end = end
    this.#lost()
    const report = (): void => {
      clearTimeout(bound)
      this.#child.off('close', report)
      this.#listener.ended(end)
    }
    const bound = setTimeout(report, EVIDENCE_MS)
    this.#child.once('close', report)
  }

  #endOf(code: number | null, signal: NodeJS.Signals | null): ProcessEnd {
    if (signal !== null) return { code: 0, signal: constants.signals[signal] }
    const known = code ?? 0
    const relayed = !this.direct && known > SIGNAL_CODE_BASE
    return relayed ? { code: 0, signal: known - SIGNAL_CODE_BASE } : { code: known, signal: 0 }
  }
}

/** Whether the process or group was there to get it. */
function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
