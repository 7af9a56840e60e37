import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AdminClient, findRuntimeFiles } from '../../../src/admin/index.js'
import type { GroupStatus } from '../../../src/admin/index.js'
import { isAlive, until } from '../../supervisor/support.js'
import { freePort, Scene } from '../command-run.js'
import type { Run } from '../command-run.js'

const GUESTS = fileURLToPath(new URL('../guests/', import.meta.url))
/** Started, replayed and caught up: what takes half a second on an idle machine. */
const CAUGHT_UP_MS = 20_000
const LOOK_EVERY_MS = 20

/** What a program gets besides the environment variable `PORT`. */
export interface GuestTerms {
  readonly args?: (port: number) => readonly string[]
  readonly environment?: NodeJS.ProcessEnv
  /** In its working directory. */
  readonly files?: Readonly<Record<string, string>>
}

/** A program under `llft run`, on a port of its own; every replica writes its digests down. */
export class ReplicatedGuest {
  readonly port: number
  /** One file per replica that ever ran. */
  readonly digestFolder: string
  readonly run: Run
  readonly #scene: Scene
  readonly #admin: AdminClient
  /** Every process that was ever seen in the group's status. */
  readonly #pids = new Set<number>()

  /** `guest`: a file of test/e2e/guests, or a full path. */
  static async start(guest: string, terms: GuestTerms = {}): Promise<ReplicatedGuest> {
    const port = await freePort()
    const digestFolder = mkdtempSync(join(tmpdir(), 'llft-digests-'))
    const faults = { '*': { digestFolder } }
    const own = { ...terms.environment, PORT: String(port), LLFT_TEST_FAULTS: JSON.stringify(faults) }
    const scene = new Scene(terms.files ?? {}, own)
    const run = scene.run('--', 'node', resolve(GUESTS, guest), ...(terms.args?.(port) ?? []))
    try {
      // In the table, or after it where a busy machine prints that first.
      await run.printed(new RegExp(`:${port}( is open)?$`, 'm'))
      const [file] = findRuntimeFiles(join(scene.folder, 'llft'))
      if (file === undefined) throw new Error('no runtime file')
      return new ReplicatedGuest({ port, digestFolder, run, scene, admin: new AdminClient(file.admin, file.token) })
    } catch (error) {
      await scene.close()
      throw error
    }
  }

  private constructor(parts: {
    readonly port: number
    readonly digestFolder: string
    readonly run: Run
    readonly scene: Scene
    readonly admin: AdminClient
  }) {
    this.port = parts.port
    this.digestFolder = parts.digestFolder
    this.run = parts.run
    this.#scene = parts.scene
    this.#admin = parts.admin
  }

  /** As `llft status --json` prints it. */
  async status(): Promise<GroupStatus> {
    const status = await this.#admin.status()
    for (const { pid } of [...status.replicas, status.gateway]) if (pid !== null) this.#pids.add(pid)
    return status
  }

  /** Resolves when so many fail-overs are over, and at least so many replicas lead or could take over. */
  async caughtUp(members: number, failovers: number, boundMs: number = CAUGHT_UP_MS): Promise<GroupStatus> {
    const deadline = performance.now() + boundMs
    for (;;) {
      const status = await this.status()
      const ready = status.replicas.filter(({ state }) => state === 'ready')
      const over = status.primary !== null && status.failoverCount === failovers
      if (over && ready.length >= members) return status
      if (performance.now() > deadline) throw new Error(`not ${members} caught up: ${JSON.stringify(status)}`)
      await sleep(LOOK_EVERY_MS)
    }
  }

  /** `llft kill primary`; resolves when it is done. */
  async killPrimary(): Promise<void> {
    const { stdout, stderr } = await this.#scene.llft('kill', 'primary')
    if (!stdout.includes('SIGKILL')) throw new Error(`llft kill primary: ${stdout}${stderr}`)
  }

  /** The orderly end, by SIGTERM to `llft run`; nothing may be left running. */
  async stop(): Promise<number | null> {
    await this.status()
    this.run.child.kill('SIGTERM')
    const code = await this.run.code()
    await until(() => ![...this.#pids].some(isAlive))
    return code
  }

  /** After everything else, also after a failure. */
  async close(): Promise<void> {
    await this.#scene.close()
    rmSync(this.digestFolder, { recursive: true, force: true })
  }
}
