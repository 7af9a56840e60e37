import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missing } from '../ground/installed.js'
import { freePorts, ready } from '../ground/ports.js'
import type { Running } from '../ground/processes.js'
import { NatsConnection } from '../guest/nats.js'
import { startProgram } from './program.js'
import type { Ground, System, SystemKind } from './system.js'

interface NatsSettings {
  readonly name: string
  readonly settings: string
  readonly storage: 'file' | 'memory'
}

const SERVERS = 3
const STREAM = 'bench'

/** Three servers with a stream of three replicas; each request is a message into it. */
export const NATS: readonly SystemKind[] = [
  nats({ name: 'nats', settings: 'stream with 3 replicas on disk', storage: 'file' }),
  nats({ name: 'nats-tuned', settings: 'stream with 3 replicas in memory', storage: 'memory' }),
]

function nats(settings: NatsSettings): SystemKind {
  return {
    name: settings.name,
    title: 'Node + NATS JetStream R3',
    settings: settings.settings,
    masksFaults: false,
    absent: () => missing(['nats-server'], 'nats-server'),
    start: (ground) => start(ground, settings),
  }
}

async function start(ground: Ground, { storage }: NatsSettings): Promise<System> {
  const ports = await freePorts(SERVERS * 2 + 1)
  const [clients, routes] = [ports.slice(0, SERVERS), ports.slice(SERVERS, -1)]
  const running = new Map<string, Running>()
  const run = (at: number): void => {
    const name = `n${at + 1}`
    const file = join(ground.folder, `${name}.conf`)
    const store = join(storage === 'file' ? ground.folder : ground.memoryFolder, name)
    writeFileSync(file, configuration({ name, store, client: clients[at] ?? 0, route: routes[at] ?? 0, routes }))
    running.set(name, ground.processes.start('nats-server', ['-c', file]))
  }
  for (const at of clients.keys()) run(at)
  const config = { name: STREAM, subjects: ['bench.*'], num_replicas: SERVERS, storage, max_msgs: 100_000 }
  const created = async (): Promise<boolean> => {
    const answer = await call(clients, `$JS.API.STREAM.CREATE.${STREAM}`, JSON.stringify(config))
    return answer.error === undefined
  }
  await ready('nats-server', created, { signal: ground.signal })
  const complete = async (): Promise<boolean> => {
    const { cluster } = await call(clients, `$JS.API.STREAM.INFO.${STREAM}`, '')
    const current = cluster?.replicas?.filter(({ current, offline }) => current && offline !== true).length
    return cluster?.leader !== undefined && current === SERVERS - 1
  }
  await ready('the stream', complete, { signal: ground.signal })
  const port = ports.at(-1) as number
  await startProgram(ground, port, { store: 'nats', ports: clients, batch: false })
  return {
    port,
    async leader() {
      const { cluster } = await call(clients, `$JS.API.STREAM.INFO.${STREAM}`, '')
      return { name: `the stream's leader, ${cluster?.leader}`, pid: running.get(cluster?.leader ?? '')?.pid ?? 0 }
    },
    async heal() {
      for (const at of clients.keys()) if (running.get(`n${at + 1}`)?.ended === true) run(at)
      await ready('the stream', complete, { signal: ground.signal })
    },
  }
}

interface ServerTerms {
  readonly name: string
  readonly store: string
  readonly client: number
  readonly route: number
  readonly routes: readonly number[]
}

function configuration({ name, store, client, route, routes }: ServerTerms): string {
  return `server_name: ${name}
listen: 127.0.0.1:${client}
jetstream { store_dir: "${store}" }
cluster {
  name: bench
  listen: 127.0.0.1:${route}
  routes: [${routes.map((port) => `"nats://127.0.0.1:${port}"`).join(', ')}]
}
`
}

interface StreamAnswer {
  readonly error?: unknown
  readonly cluster?: {
    readonly leader?: string
    readonly replicas?: readonly { readonly current: boolean; readonly offline?: boolean }[]
  }
}

/** Asks any server that answers. */
async function call(ports: readonly number[], subject: string, text: string): Promise<StreamAnswer> {
  let failure: unknown
  for (const port of ports) {
    try {
      const connection = await NatsConnection.open(port)
      try {
        return (await connection.request(subject, text)) as StreamAnswer
      } finally {
        connection.close()
      }
    } catch (error) {
      failure = error
    }
  }
  throw failure
}
