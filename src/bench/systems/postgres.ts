import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { postgresFolder } from '../ground/installed.js'
import { freePorts, ready } from '../ground/ports.js'
import { PostgresConnection } from '../guest/postgres.js'
import { startProgram } from './program.js'
import type { Ground, System, SystemKind } from './system.js'

interface PostgresSettings {
  readonly name: string
  readonly settings: string
  readonly inMemory: boolean
  readonly configuration: readonly string[]
}

const STANDBY = 'standby'

/** A primary with one synchronous standby; each request is a row, which both have before it is answered. */
export const POSTGRES: readonly SystemKind[] = [
  postgres({
    name: 'postgres',
    settings: 'as shipped, with synchronous_standby_names: both have the row on disk',
    inMemory: false,
    configuration: [],
  }),
  postgres({
    name: 'postgres-tuned',
    settings: 'data in memory (tmpfs), fsync off, synchronous_commit remote_write',
    inMemory: true,
    configuration: ['fsync = off', 'full_page_writes = off', 'synchronous_commit = remote_write'],
  }),
]

function postgres(settings: PostgresSettings): SystemKind {
  return {
    name: settings.name,
    title: 'Node + PostgreSQL',
    settings: settings.settings,
    masksFaults: false,
    noFailover: 'PostgreSQL promotes nobody by itself',
    absent() {
      if (postgresFolder() === undefined) return 'postgres not installed (Debian: postgresql)'
      if (process.getuid?.() === 0 && postgresUser() === undefined) return 'there is no user `postgres` to run it as'
      return undefined
    },
    start: (ground) => start(ground, settings),
  }
}

/** It refuses to run as root. */
function postgresUser(): { readonly uid: number; readonly gid: number } | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'postgres']).stdout.toString() || NaN))
  return uid === undefined || gid === undefined || Number.isNaN(uid) ? undefined : { uid, gid }
}

class Cluster {
  readonly #ground: Ground
  readonly #binaries = postgresFolder() ?? ''
  readonly #user = process.getuid?.() === 0 ? postgresUser() : undefined
  readonly #folder: string

  constructor(ground: Ground, inMemory: boolean) {
    this.#ground = ground
    this.#folder = join(inMemory ? ground.memoryFolder : ground.folder, 'postgres')
    mkdirSync(this.#folder)
    if (this.#user === undefined) return
    // The folders above belong to who runs the suite, and are passed through only.
    for (const folder of [ground.folder, ground.memoryFolder]) chmodSync(folder, 0o711)
    chownSync(this.#folder, this.#user.uid, this.#user.gid)
  }

  folder(name: string): string {
    return join(this.#folder, name)
  }

  /** Runs one of its programs to its end. */
  async run(program: string, ...args: readonly string[]): Promise<void> {
    const running = this.#start(program, args)
    await ready(program, async () => running.ended, { signal: this.#ground.signal })
    if (running.failed) throw new Error(`${program}: ${running.lastWords}`)
  }

  async serve(name: string, port: number): Promise<void> {
    const args = ['-D', this.folder(name), '-p', `${port}`, '-k', this.#folder, '-h', '127.0.0.1']
    const running = this.#start('postgres', args)
    await ready(`postgres (${name})`, () => answers(port), { running, signal: this.#ground.signal })
  }

  #start(program: string, args: readonly string[]): ReturnType<Ground['processes']['start']> {
    const user = this.#user === undefined ? {} : { user: this.#user }
    return this.#ground.processes.start(join(this.#binaries, program), args, { cwd: this.#folder, ...user })
  }
}

async function start(ground: Ground, { inMemory, configuration }: PostgresSettings): Promise<System> {
  const cluster = new Cluster(ground, inMemory)
  const [primary = 0, standby = 0, port = 0] = await freePorts(3)
  const folder = cluster.folder('primary')
  await cluster.run('initdb', '-D', folder, '-U', 'postgres', '-A', 'trust', '--no-sync')
  const lines = [...configuration, `synchronous_standby_names = '${STANDBY}'`, "listen_addresses = '127.0.0.1'"]
  appendFileSync(join(folder, 'postgresql.conf'), `${lines.join('\n')}\n`)
  await cluster.serve('primary', primary)
  const source = `host=127.0.0.1 port=${primary} user=postgres application_name=${STANDBY}`
  await cluster.run('pg_basebackup', '-D', cluster.folder('standby'), '-d', source, '-R', '-c', 'fast', '--no-sync')
  await cluster.serve('standby', standby)
  const inSync = async (): Promise<boolean> => {
    return (await query(primary, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")) === '1'
  }
  await ready('the standby', inSync, { signal: ground.signal })
  await query(primary, 'CREATE TABLE requests (id bigserial)')
  await startProgram(ground, port, { store: 'postgres', ports: [primary], batch: false })
  return { port }
}

async function query(port: number, sql: string): Promise<string> {
  const connection = await PostgresConnection.open(port)
  try {
    return await connection.query(sql)
  } finally {
    connection.close()
  }
}

async function answers(port: number): Promise<boolean> {
  return (await query(port, 'SELECT 1')) === '1'
}
