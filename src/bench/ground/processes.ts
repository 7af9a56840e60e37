import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { treeOf } from './proc.js'

/** What a process printed last is kept as evidence, no more of it. */
const TAIL_CHARACTERS = 4000
/** Servers end in milliseconds when they are asked to; who does not is made to. */
const GRACE_MS = 3000

export interface StartTerms {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly user?: { readonly uid: number; readonly gid: number }
}

/** One process that the suite has started. */
export class Running {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #tail = ''
  #isEnded = false

  constructor(child: ChildProcess) {
    this.#child = child
    const keep = (text: string): void => void (this.#tail = (this.#tail + text).slice(-TAIL_CHARACTERS))
    child.stdout?.setEncoding('utf8').on('data', keep)
    child.stderr?.setEncoding('utf8').on('data', keep)
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#isEnded = true
        resolve()
      }
      child.once('exit', end)
      child.once('error', (error) => {
        keep(error.message)
        end()
      })
    })
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  get ended(): boolean {
    return this.#isEnded
  }

  /** It has ended, and not as it should. */
  get failed(): boolean {
    return this.#isEnded && this.#child.exitCode !== 0
  }

  /** Whether it has said so lately. */
  hasSaid(what: RegExp): boolean {
    return what.test(this.#tail)
  }

  /** The last thing it printed, in one line. */
  get lastWords(): string {
    return this.#tail.trim().split('\n').slice(-3).join(' | ') || 'it said nothing'
  }

  whenEnded(): Promise<void> {
    return this.#ended
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }
}

/** The processes of one system. Whatever happens, `close` leaves none of them. */
export class Processes {
  readonly #started: Running[] = []
  #closing = false

  start(command: string, args: readonly string[], terms: StartTerms = {}): Running {
    const { env = {}, cwd, user } = terms
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
      ...user,
    })
    const running = new Running(child)
    this.#started.push(running)
    return running
  }

  /** Starts it again whenever it ends, as a service manager does. */
  keep(start: () => Running, restartMs: number): void {
    const again = (): void => {
      if (!this.#closing) this.keep(start, restartMs)
    }
    void start()
      .whenEnded()
      .then(() => setTimeout(again, restartMs).unref())
  }

  /** Every process, and theirs. */
  pids(): readonly number[] {
    return treeOf(this.#started.filter(({ ended }) => !ended).map(({ pid }) => pid ?? -1))
  }

  /** The youngest first, so that nobody loses who it depends on. */
  async close(): Promise<void> {
    this.#closing = true
    const pids = this.pids()
    const alive = this.#started.filter(({ ended }) => !ended).toReversed()
    for (const running of alive) {
      // A process that was stopped does not hear that it shall end.
      running.signal('SIGCONT')
      running.signal('SIGTERM')
    }
    const bound = setTimeout(() => {
      for (const running of alive) running.signal('SIGKILL')
    }, GRACE_MS)
    await Promise.all(alive.map((running) => running.whenEnded()))
    clearTimeout(bound)
    for (const pid of pids) killIfAlive(pid)
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone: that is what is wanted.
  }
}
