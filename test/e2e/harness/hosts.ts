import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GroupStatus } from '../../../src/admin/index.js'
import { LLFT } from '../../cli/llft.js'
import { Run } from '../command-run.js'

const PORT = 7702
/** Far above what anything here takes on a busy machine. */
const BOUND_MS = 40_000

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Network namespaces as hosts, each with its own address, and a bridge between. The last has the gateway. */
export class Hosts {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'llft-hosts-'))
  readonly #name = `ll${process.pid % 10_000}`
  readonly #count: number
  readonly runs: Run[] = []

  /** Instead of a list of all parts. */
  readonly #peers: string | undefined

  constructor(count: number, program: string, peers?: string) {
    this.#count = count
    this.#peers = peers
    writeFileSync(join(this.folder, 'server.cjs'), program)
    ip('link', 'add', `${this.#name}b`, 'type', 'bridge', 'mcast_snooping', '0')
    ip('link', 'set', `${this.#name}b`, 'up')
    for (let host = 1; host <= count; host++) {
      const [inside, link] = [this.#inside(host), this.#link(host)]
      ip('netns', 'add', inside)
      ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', inside)
      ip('link', 'set', link, 'master', `${this.#name}b`, 'up')
      ip('-n', inside, 'addr', 'add', `${this.address(host)}/24`, 'dev', 'eth0')
      ip('-n', inside, 'link', 'set', 'eth0', 'up')
      ip('-n', inside, 'link', 'set', 'lo', 'up')
    }
  }

  address(host: number): string {
    return `10.77.0.${host}`
  }

  /** `llft replica` on this host. */
  replica(host: number): Run {
    return this.#start(host, ['replica', ...this.#parts(host), '--', 'node', 'server.cjs', this.address(this.#count)])
  }

  /** `llft gateway` on the last host. */
  gateway(...options: readonly string[]): Run {
    const replicas = String(this.#count - 1)
    const parts = this.#parts(this.#count)
    return this.#start(this.#count, ['gateway', ...parts, '-r', replicas, '--admin', '127.0.0.1:0', ...options])
  }

  /** A second gateway of the same group, by mistake, beside the first. */
  second(): Run {
    const parts = this.#parts(this.#count, PORT + 1)
    return this.#start(this.#count, ['gateway', ...parts, '--admin', '127.0.0.1:0'])
  }

  /** Another gateway of the same group, on another host, with the same options. */
  standby(host: number, ...options: readonly string[]): Run {
    const parts = [...this.#parts(host), '-r', String(this.#count - 2), '--admin', '127.0.0.1:0', ...options]
    return this.#exec(host, [LLFT, 'gateway', ...parts], this.#apart(host))
  }

  /** A command about the group of a standby, on its host, to its end. */
  async llftAt(host: number, ...args: readonly string[]): Promise<Run> {
    const run = this.#exec(host, [LLFT, ...args], this.#apart(host))
    await run.ended
    return run
  }

  /** What is no program of Node, on this host. */
  other(host: number, command: string, args: readonly string[]): Run {
    const run = new Run(spawn('ip', ['netns', 'exec', this.#inside(host), command, ...args], { stdio: 'pipe' }))
    this.runs.push(run)
    return run
  }

  /** Any other command, on the gateway's host, to its end. */
  async llft(...args: readonly string[]): Promise<Run> {
    const run = this.#start(this.#count, args)
    await run.ended
    return run
  }

  /** A script of Node, on the gateway's host unless another is named. */
  script(text: string, host: number = this.#count): Run {
    return this.#exec(host, ['-e', text])
  }

  async statusWhen(condition: (status: GroupStatus) => boolean, standby?: number): Promise<GroupStatus> {
    for (const deadline = performance.now() + BOUND_MS; ; await sleep(50)) {
      const asked = standby === undefined ? this.llft('status', '--json') : this.llftAt(standby, 'status', '--json')
      const { stdout, stderr } = await asked
      const status = stdout === '' ? undefined : (JSON.parse(stdout) as GroupStatus)
      if (status !== undefined && condition(status)) return status
      if (performance.now() > deadline) throw new Error(`not within ${BOUND_MS} ms: ${stdout}${stderr}`)
    }
  }

  /** Which host a replica of the group is on. */
  hostOf({ events, replicas }: GroupStatus, id: string | null): number {
    const pid = replicas.find((replica) => replica.id === id)?.pid
    for (let host = 1; host <= this.#count; host++) {
      if (pid !== undefined && pid !== null && this.pids(host).includes(pid)) return host
    }
    throw new Error(`no host has ${id}: ${JSON.stringify(events)}`)
  }

  /** Datagrams to many get nowhere any more; those to one do. */
  dropMulticast(): void {
    for (let host = 1; host <= this.#count; host++) {
      ip('link', 'set', this.#link(host), 'type', 'bridge_slave', 'mcast_flood', 'off')
    }
  }

  cut(host: number): void {
    ip('link', 'set', this.#link(host), 'down')
  }

  heal(host: number): void {
    ip('link', 'set', this.#link(host), 'up')
  }

  /** What this host sends gets nowhere; what others send arrives. */
  mute(host: number): void {
    for (const other of this.#others(host)) ip('-n', this.#inside(host), 'route', 'add', 'blackhole', other)
  }

  unmute(host: number): void {
    for (const other of this.#others(host)) ip('-n', this.#inside(host), 'route', 'del', 'blackhole', other)
  }

  /** Everything that runs on this host. */
  pids(host: number): readonly number[] {
    return ip('netns', 'pids', this.#inside(host))
      .split('\n')
      .filter((pid) => pid !== '')
      .map(Number)
  }

  /** Everything that runs on this host is gone at once. */
  kill(host: number): void {
    for (const pid of this.pids(host)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended since.
      }
    }
  }

  async close(): Promise<void> {
    for (let host = 1; host <= this.#count; host++) this.kill(host)
    for (const run of this.runs) await run.ended
    for (let host = 1; host <= this.#count; host++) {
      ip('netns', 'del', this.#inside(host))
      // Goes with its namespace, but not at once.
      try {
        ip('link', 'del', this.#link(host))
      } catch {
        // It has gone already.
      }
    }
    ip('link', 'del', `${this.#name}b`)
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** `llft status` is to find the first gateway, unless it asks for another one. */
  #apart(host: number): NodeJS.ProcessEnv {
    return { XDG_RUNTIME_DIR: join(this.folder, `standby${host}`) }
  }

  #inside(host: number): string {
    return `${this.#name}-${host}`
  }

  #link(host: number): string {
    return `${this.#name}v${host}`
  }

  #others(host: number): readonly string[] {
    const all = Array.from({ length: this.#count }, (_, at) => at + 1)
    return all.filter((other) => other !== host).map((other) => this.address(other))
  }

  /** Every part gets the same list. */
  #parts(host: number, port: number = PORT): readonly string[] {
    const all = Array.from({ length: this.#count }, (_, at) => `${this.address(at + 1)}:${PORT}`)
    return ['--group', 'far', '--advertise', `${this.address(host)}:${port}`, '--peers', this.#peers ?? all.join(',')]
  }

  #start(host: number, args: readonly string[]): Run {
    return this.#exec(host, [LLFT, ...args])
  }

  #exec(host: number, args: readonly string[], more: NodeJS.ProcessEnv = {}): Run {
    // The same everywhere, or the replicas would not be alike; a gateway alone writes there.
    const env = { ...process.env, XDG_RUNTIME_DIR: this.folder, NO_COLOR: '1', ...more }
    const child = spawn('ip', ['netns', 'exec', this.#inside(host), process.execPath, ...args], {
      cwd: this.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const run = new Run(child)
    this.runs.push(run)
    return run
  }
}
