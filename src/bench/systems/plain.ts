import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missing } from '../ground/installed.js'
import { openFilesMax } from '../ground/proc.js'
import { freePorts, isListening, ready } from '../ground/ports.js'
import { RESTART_MS, startProgram } from './program.js'
import type { System, SystemKind } from './system.js'

/** The floor: nothing between client and program, and nothing that survives. */
export const PLAIN: SystemKind = {
  name: 'plain',
  title: 'plain Node',
  settings: `started again ${RESTART_MS} ms after its end`,
  masksFaults: false,
  absent: () => undefined,
  async start(ground) {
    const [port = 0] = await freePorts(1)
    const program = await startProgram(ground, port)
    return {
      port,
      leader: async () => ({ name: 'the program', pid: program().pid ?? 0 }),
      heal: () => ready('the program', () => isListening(port), { signal: ground.signal }),
    }
  },
}

/** The client's side, the program's, and some to spare. */
const FILES_PER_CONNECTION = 2.2

interface ProxySettings {
  readonly name: string
  readonly settings: string
  readonly global: string
  readonly check: string
}

/** The hop that everybody pays already: a proxy with the program behind it, and a second one for when it dies. */
export const PROXIED: readonly SystemKind[] = [
  proxied({
    name: 'haproxy',
    settings: 'as Debian ships it: health check every 2 s, down after 3',
    global: '',
    check: 'inter 2s fall 3',
  }),
  proxied({
    name: 'haproxy-tuned',
    settings: 'one thread; health check every 100 ms, down after 2, connections of a server that is down are closed',
    global: '  nbthread 1\n',
    check: 'inter 100ms fall 2 rise 1 on-marked-down shutdown-sessions',
  }),
]

function proxied({ name, settings, global, check }: ProxySettings): SystemKind {
  return {
    name,
    title: 'plain Node behind HAProxy',
    settings,
    masksFaults: false,
    absent: () => missing(['haproxy'], 'haproxy'),
    async start(ground): Promise<System> {
      const [port = 0, first = 0, second = 0] = await freePorts(3)
      const program = await startProgram(ground, first)
      await startProgram(ground, second)
      const file = join(ground.folder, 'haproxy.cfg')
      writeFileSync(file, configuration({ global, check, port, first, second }))
      const running = ground.processes.start('haproxy', ['-db', '-f', file])
      await ready('haproxy', () => isListening(port), { running, signal: ground.signal })
      return {
        port,
        roles: async () => ({ proxy: [running.pid ?? 0], program: [program().pid ?? 0] }),
        leader: async () => ({ name: 'the program in use', pid: program().pid ?? 0 }),
        heal: () => ready('the program', () => isListening(first), { signal: ground.signal }),
      }
    },
  }
}

interface ProxyTerms {
  readonly global: string
  readonly check: string
  readonly port: number
  readonly first: number
  readonly second: number
}

function configuration({ global, check, port, first, second }: ProxyTerms): string {
  return `global
  maxconn ${Math.floor(openFilesMax() / FILES_PER_CONNECTION)}
${global}defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
frontend clients
  bind 127.0.0.1:${port}
  default_backend programs
backend programs
  server first 127.0.0.1:${first} check ${check}
  server second 127.0.0.1:${second} check ${check} backup
`
}
