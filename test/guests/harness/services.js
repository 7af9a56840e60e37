// The servers that guests speak to, on loopback and free ports, with what they keep in temporary folders.
//
// missing()  why it cannot be started here; undefined when it can
// start()    gives `port`, `stop()`, and `check(traffic)`, which looks at what the server itself has seen
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import pg from 'pg'
import { freePort } from './end-to-end.js'
import { installed, postgresFolder } from '../../../dist/bench/ground/installed.js'
import { same } from './notes.js'

const READY_MS = 20_000

async function ready(what, attempt) {
  const deadline = performance.now() + READY_MS
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`${what} is not ready: ${error.message}`, { cause: error })
      await sleep(50)
    }
  }
}

async function ended(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'llft-redis-'))
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
  const child = spawn(installed('redis-server'), args, { stdio: 'ignore' })
  const client = new Redis({ host: '127.0.0.1', port })
  client.on('error', () => {})
  await ready('redis-server', () => client.ping())
  return {
    port,
    async check(traffic) {
      same(Number(await client.get('last')), traffic.created)
    },
    async stop() {
      client.disconnect()
      await ended(child, 'SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL does not run as root; Debian's package makes a user for it. */
function asPostgres(program, args) {
  return process.getuid() === 0
    ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args]]
    : [program, args]
}

async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'llft-postgres-'))
  chmodSync(folder, 0o777)
  const data = join(folder, 'data')
  const programs = postgresFolder()
  const settings = ['--auth=trust', '--username=postgres', '--no-sync', '--no-locale', '--encoding=UTF8']
  const made = spawnSync(...asPostgres(join(programs, 'initdb'), ['-D', data, ...settings]), { cwd: folder })
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`)
  const port = await freePort()
  const options = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-c', 'fsync=off']
  const child = spawn(...asPostgres(join(programs, 'postgres'), options), { cwd: folder, stdio: 'ignore' })
  const client = await ready('postgres', async () => {
    // A client cannot be used again after an attempt in vain.
    const attempt = new pg.Client({ host: '127.0.0.1', port, user: 'postgres' })
    await attempt.connect()
    return attempt
  })
  return {
    port,
    async check(traffic) {
      const { rows } = await client.query("SELECT last_value FROM pg_sequences WHERE sequencename = 'notes_id_seq'")
      same(Number(rows[0].last_value), traffic.created)
    },
    async stop() {
      await client.end()
      // Fast shutdown: sessions are ended.
      await ended(child, 'SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function startHttp() {
  let number = 0
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    const [, word, id] = request.url.split('/')
    response.end(JSON.stringify({ number: word === 'next' ? ++number : Number(id) }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: server.address().port,
    check: (traffic) => same(number, traffic.created),
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

export const SERVICES = {
  redis: {
    missing: () => (installed('redis-server') === undefined ? 'redis-server is not installed' : undefined),
    start: startRedis,
  },
  postgres: {
    missing: () => (postgresFolder() === undefined ? 'postgresql is not installed' : undefined),
    start: startPostgres,
  },
  http: { missing: () => undefined, start: startHttp },
}
