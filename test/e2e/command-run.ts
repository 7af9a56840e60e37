import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GroupStatus, RuntimeFile } from '../../src/admin/index.js'
import { LLFT } from '../cli/llft.js'

/** Far above what anything here takes on a busy machine with two cores. */
const BOUND_MS = 20_000

/** A program in a folder of its own, and `llft` commands about it, none of which sees another test's group. */
export class Scene {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'llft-test-'))
  readonly #temporary: string = join(this.folder, 'tmp')
  readonly #runs: Run[] = []
  readonly #environment: NodeJS.ProcessEnv

  /** `environment` comes on top of the test's own. */
  constructor(files: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv = {}) {
    this.#environment = environment
    mkdirSync(this.#temporary)
    // Or a package.json further up would say what kind of modules these are.
    for (const [name, text] of Object.entries({ 'package.json': '{}', ...files }))
      writeFileSync(join(this.folder, name), text)
  }

  /** What is in the temporary folder that the commands see. */
  get leftovers(): readonly string[] {
    return readdirSync(this.#temporary)
  }

  /** `llft run ...args`. */
  run(...args: readonly string[]): Run {
    const run = new Run(this.#spawn(['run', '--admin', '127.0.0.1:0', ...args]))
    this.#runs.push(run)
    return run
  }

  /** The same, with a standard input to write to. */
  runFed(...args: readonly string[]): Run {
    const run = new Run(this.#spawn(['run', '--admin', '127.0.0.1:0', ...args], 'pipe'))
    this.#runs.push(run)
    return run
  }

  /** Any other `llft` command that goes on. */
  start(...args: readonly string[]): Run {
    const run = new Run(this.#spawn(args))
    this.#runs.push(run)
    return run
  }

  /** Any other `llft` command, to its end. */
  async llft(...args: readonly string[]): Promise<Run> {
    const run = new Run(this.#spawn(args))
    await run.ended
    return run
  }

  /** How commands find the one group that runs. */
  runtimeFile(): RuntimeFile {
    const folder = join(this.folder, 'llft')
    return JSON.parse(readFileSync(join(folder, readdirSync(folder)[0] as string), 'utf8')) as RuntimeFile
  }

  async status(): Promise<GroupStatus> {
    return JSON.parse((await this.llft('status', '--json')).stdout) as GroupStatus
  }

  async statusWhen(condition: (status: GroupStatus) => boolean): Promise<GroupStatus> {
    for (let status: GroupStatus; ; await sleep(50)) {
      status = await this.status()
      if (condition(status)) return status
    }
  }

  /** Ends what still runs. */
  async close(): Promise<void> {
    for (const run of this.#runs) {
      run.child.kill('SIGKILL')
      await run.ended
    }
    rmSync(this.folder, { recursive: true, force: true })
  }

  #spawn(args: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore'): ChildProcess {
    const places = { XDG_RUNTIME_DIR: this.folder, TMPDIR: this.#temporary }
    const env = { ...process.env, ...places, NO_COLOR: '1', ...this.#environment }
    return spawn(process.execPath, [LLFT, ...args], { cwd: this.folder, env, stdio: [stdin, 'pipe', 'pipe'] })
  }
}

/** A running `llft` with what it has printed so far. */
export class Run {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  stdout = ''
  stderr = ''

  constructor(child: ChildProcess) {
    this.child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.ended = once(child, 'close').then(([code]) => code as number | null)
  }

  /** Resolves when what was printed matches. */
  async printed(pattern: RegExp): Promise<void> {
    const deadline = performance.now() + BOUND_MS
    let ended = false
    void this.ended.then(() => (ended = true))
    while (!pattern.test(`${this.stdout}${this.stderr}`)) {
      if (ended || performance.now() > deadline) throw new Error(`no ${pattern} in:\n${this.stdout}\n${this.stderr}`)
      await sleep(10)
    }
  }

  /** The exit code; what does not end fails the test with its words. */
  async code(): Promise<number | null> {
    const late = sleep(BOUND_MS, 'late' as const, { ref: false })
    const code = await Promise.race([this.ended, late])
    if (code === 'late') throw new Error(`still running:\n${this.stdout}\n${this.stderr}`)
    return code
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
