import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Results } from '../../src/bench/index.js'
import { LLFT } from '../cli/llft.js'
import { until } from '../supervisor/support.js'

/** Started and warmed up, on a machine that others keep busy. */
const SAYS_MS = 30_000
/** A server that has to be killed was asked for seconds before. */
const GONE_MS = 15_000

export interface BenchEnd {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `llft bench`, as a user runs it; whatever it starts inherits a mark by which it is found. */
export class BenchCommand {
  readonly child: ChildProcess
  readonly #mark = randomUUID()
  readonly #end: Promise<BenchEnd>
  #stderr = ''

  constructor(...args: readonly string[]) {
    const env = { ...process.env, NO_COLOR: '1', BENCH_TEST_MARK: this.#mark }
    this.child = spawn(process.execPath, [LLFT, 'bench', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    this.#end = new Promise((resolve) => {
      this.child.once('close', (code) => resolve({ code, stdout, stderr: this.#stderr }))
    })
  }

  /** Resolves when it has said so on stderr. */
  async says(what: RegExp): Promise<void> {
    await until(() => what.test(this.#stderr), SAYS_MS)
  }

  end(): Promise<BenchEnd> {
    return this.#end
  }

  /** The JSON on stdout; an error with everything it said where there is none. */
  async results(): Promise<Results> {
    const { code, stdout, stderr } = await this.#end
    if (code !== 0) throw new Error(`ended with ${code}:\n${stderr}`)
    return JSON.parse(stdout) as Results
  }

  /** Ids of processes that it has started and that still run. */
  leftOver(): readonly string[] {
    const mark = `BENCH_TEST_MARK=${this.#mark}`
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(mark))
  }

  /** Resolves when nothing is left. */
  async isGone(): Promise<void> {
    await until(() => this.leftOver().length === 0, GONE_MS)
  }

  close(): void {
    if (this.child.exitCode === null) this.child.kill('SIGKILL')
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
