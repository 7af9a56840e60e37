import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missing } from '../ground/installed.js'
import { freePorts, isListening, ready } from '../ground/ports.js'
import type { Running } from '../ground/processes.js'
import { RedisConnection } from '../guest/redis.js'
import { startProgram } from './program.js'
import type { Ground, System, SystemKind } from './system.js'

interface RedisSettings {
  readonly name: string
  readonly settings: string
  readonly batch: boolean
  readonly server: readonly string[]
  readonly downAfterMs: number
  readonly failoverTimeoutMs: number
}

const SERVERS = 3
const SENTINELS = 3
const QUORUM = 2

/** A primary with two replicas, three sentinels; each request is `INCR` and `WAIT 1`. */
export const REDIS: readonly SystemKind[] = [
  redis({
    name: 'redis',
    settings: 'as shipped: INCR and WAIT 1 for each request; sentinels call a server down after 30 s',
    batch: false,
    server: [],
    downAfterMs: 30_000,
    failoverTimeoutMs: 180_000,
  }),
  redis({
    name: 'redis-tuned',
    settings: 'one WAIT 1 for all requests that came meanwhile; no snapshots; hz 100; down after 200 ms',
    batch: true,
    server: ['--save', '', '--hz', '100', '--repl-diskless-sync-delay', '0'],
    downAfterMs: 200,
    failoverTimeoutMs: 6000,
  }),
]

function redis(settings: RedisSettings): SystemKind {
  return {
    name: settings.name,
    title: 'Node + Redis',
    settings: settings.settings,
    masksFaults: false,
    absent: () => missing(['redis-server', 'redis-sentinel'], 'redis-server redis-sentinel'),
    start: (ground) => start(ground, settings),
  }
}

async function start(ground: Ground, settings: RedisSettings): Promise<System> {
  const ports = await freePorts(SERVERS + SENTINELS + 1)
  const [servers, sentinels] = [ports.slice(0, SERVERS), ports.slice(SERVERS, -1)]
  const running = new Map<number, Running>()
  const server = (port: number, primary: number): void => {
    const folder = join(ground.folder, `${port}`)
    mkdirSync(folder, { recursive: true })
    const follow = port === primary ? [] : ['--replicaof', '127.0.0.1', `${primary}`]
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...settings.server, ...follow]
    running.set(port, ground.processes.start('redis-server', args))
  }
  const first = servers[0] as number
  for (const port of servers) server(port, first)
  await ready('redis-server', async () => (await replicasOf(first)) === SERVERS - 1, { signal: ground.signal })
  for (const port of sentinels) startSentinel(ground, { ...settings, port, primary: first })
  const complete = (): Promise<boolean> => isComplete(sentinels)
  await ready('redis-sentinel', complete, { signal: ground.signal })
  const port = ports.at(-1) as number
  await startProgram(ground, port, { store: 'redis', ports: sentinels, batch: settings.batch })
  await ready('the program', () => isListening(port), { signal: ground.signal })
  let lastPrimary = first
  return {
    port,
    async leader() {
      const primary = await primaryAt(sentinels)
      return { name: 'the Redis primary', pid: running.get(primary)?.pid ?? 0 }
    },
    async heal() {
      const primary = await primaryAt(sentinels)
      for (const port of servers) if (running.get(port)?.ended === true) server(port, primary)
      await ready('redis-server', complete, { signal: ground.signal })
      if (primary === lastPrimary) return
      // Sentinels wait for twice the fail-over timeout before they act again; the next fault shall find them fresh.
      for (const port of sentinels) await ask(port, ['SENTINEL', 'RESET', 'bench'], () => undefined)
      await ready('redis-sentinel', complete, { signal: ground.signal })
      lastPrimary = primary
    },
  }
}

interface SentinelTerms {
  readonly port: number
  readonly primary: number
  readonly downAfterMs: number
  readonly failoverTimeoutMs: number
}

function startSentinel(ground: Ground, terms: SentinelTerms): void {
  const folder = join(ground.folder, `${terms.port}`)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'sentinel.conf')
  const lines = [
    `port ${terms.port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor bench 127.0.0.1 ${terms.primary} ${QUORUM}`,
    `sentinel down-after-milliseconds bench ${terms.downAfterMs}`,
    `sentinel failover-timeout bench ${terms.failoverTimeoutMs}`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  ground.processes.start('redis-sentinel', [file])
}

async function ask<T>(port: number, words: readonly string[], read: (reply: unknown) => T): Promise<T> {
  const connection = await RedisConnection.open(port)
  try {
    return read(await connection.call(...words))
  } finally {
    connection.close()
  }
}

/** Where the sentinels say that the primary is. */
async function primaryAt(sentinels: readonly number[]): Promise<number> {
  const words = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'bench']
  for (const port of sentinels) {
    const primary = await ask(port, words, (reply) => Number((reply as readonly string[])[1])).catch(() => undefined)
    if (primary !== undefined) return primary
  }
  throw new Error('no sentinel knows the primary')
}

/** Every sentinel knows all others and the same primary, and that has its replicas: only then is a fault survived. */
async function isComplete(sentinels: readonly number[]): Promise<boolean> {
  const primaries = new Set<number>()
  for (const port of sentinels) {
    primaries.add(await primaryAt([port]))
    const known = await ask(port, ['SENTINEL', 'MASTER', 'bench'], pairsOf)
    if (known['num-other-sentinels'] !== `${SENTINELS - 1}` || known['num-slaves'] !== `${SERVERS - 1}`) return false
    if (known['flags'] !== 'master') return false
  }
  const [primary = 0, other] = primaries
  return other === undefined && (await replicasOf(primary)) === SERVERS - 1
}

/** Names and values in turn. */
function pairsOf(reply: unknown): Readonly<Record<string, string>> {
  const words = reply as readonly string[]
  return Object.fromEntries(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? '']] : [])))
}

/** Replicas that follow without a gap. */
async function replicasOf(port: number): Promise<number> {
  return ask(port, ['INFO', 'replication'], (reply) => String(reply).match(/^slave\d+:.*state=online/gm)?.length ?? 0)
}
