import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missing } from '../ground/installed.js'
import { isInOwnNetwork, noOwnNetwork } from '../ground/own-network.js'
import { freePorts, ready } from '../ground/ports.js'
import type { Running } from '../ground/processes.js'
import { startProgram } from './program.js'
import type { Ground, System, SystemKind } from './system.js'

interface CorosyncSettings {
  readonly name: string
  readonly settings: string
  readonly transport: 'knet' | 'udpu'
}

const MEMBERS: readonly number[] = [1, 2, 3]
const ALL_KNOWN = /members 3/
const HEADER = '/usr/include/corosync/cpg.h'
/** What Corosync keeps at fixed places: each member has them for itself. */
const STATE_FOLDERS: readonly string[] = ['/run', '/var/lib/corosync']

/** The bare ordered multicast, without anything that would execute or recover: what the order alone costs. */
export const COROSYNC: readonly SystemKind[] = [
  corosync({ name: 'cpg', settings: 'as shipped: agreed order over knet, without encryption', transport: 'knet' }),
  corosync({ name: 'cpg-tuned', settings: 'agreed order over udpu, without encryption', transport: 'udpu' }),
]

function corosync(settings: CorosyncSettings): SystemKind {
  return {
    name: settings.name,
    title: 'Node + Corosync CPG',
    settings: settings.settings,
    masksFaults: false,
    noFailover: 'a bare multicast has no program that could fail over',
    absent() {
      const absent = missing(['corosync', 'gcc', 'nsenter', 'ip'], 'corosync gcc util-linux iproute2')
      if (absent !== undefined) return absent
      if (!existsSync(HEADER)) return 'cpg.h not installed (Debian: libcpg-dev)'
      const reason = isInOwnNetwork() ? undefined : noOwnNetwork()
      return reason === undefined ? undefined : `its members need hosts of their own: ${reason}`
    },
    start: (ground) => start(ground, settings),
  }
}

async function start(ground: Ground, { transport }: CorosyncSettings): Promise<System> {
  const { folder, processes, signal } = ground
  const member = join(folder, 'cpg')
  await build(ground, member)
  const [port = 0] = await freePorts(1)
  const bridge = `bridge${port}`
  ip('link', 'add', bridge, 'type', 'bridge')
  ip('link', 'set', bridge, 'up')
  const hosts = MEMBERS.map((id) => startHost(ground, { id, transport }))
  for (const [at, { pid = 0 }] of hosts.entries()) {
    const [cable, own] = [`cable${pid}`, `net${at + 1}`]
    ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', own, 'netns', `${pid}`)
    ip('link', 'set', cable, 'master', bridge, 'up')
  }
  const sockets = hosts.map((_, at) => join(folder, `member${at + 1}`))
  const members = hosts.map(({ pid }, at) => {
    return processes.start('nsenter', ['--net', '--target', `${pid}`, member, sockets[at] ?? ''])
  })
  const complete = async (): Promise<boolean> =>
    members.every((one) => one.hasSaid(ALL_KNOWN)) && sockets.every(existsSync)
  for (const running of hosts) await ready('corosync', complete, { running, signal })
  await startProgram(ground, port, { store: 'cpg', ports: [], sockets, batch: false })
  return { port }
}

async function build({ processes, paths, signal }: Ground, member: string): Promise<void> {
  const compiler = processes.start('gcc', ['-O2', '-o', member, paths.cpg, '-lcpg'])
  await ready('gcc', async () => compiler.ended, { signal })
  if (compiler.failed) throw new Error(`gcc: ${compiler.lastWords}`)
}

interface HostTerms {
  readonly id: number
  readonly transport: CorosyncSettings['transport']
}

/** A member in a network of its own, once its cable is there. */
function startHost({ folder, processes }: Ground, { id, transport }: HostTerms): Running {
  const file = join(folder, `member${id}.conf`)
  writeFileSync(file, configuration(transport))
  const script = [
    ...STATE_FOLDERS.map((path) => `mount -t tmpfs tmpfs ${path}`),
    'ip link set lo up',
    `until ip link show net${id} >/dev/null 2>&1; do sleep 0.02; done`,
    `ip address add ${addressOf(id)}/24 dev net${id}`,
    `ip link set net${id} up`,
    `exec corosync -f -c ${file}`,
  ]
  return processes.start('unshare', ['--net', '--mount', 'sh', '-c', script.join(' && ')])
}

function addressOf(id: number): string {
  return `10.77.0.${id}`
}

function configuration(transport: string): string {
  const nodes = MEMBERS.map(
    (id) => `  node {\n    ring0_addr: ${addressOf(id)}\n    name: n${id}\n    nodeid: ${id}\n  }\n`,
  )
  return `totem {
  version: 2
  cluster_name: bench
  transport: ${transport}
  crypto_cipher: none
  crypto_hash: none
}
nodelist {
${nodes.join('')}}
logging {
  to_stderr: yes
  to_syslog: no
}
`
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args)
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.toString().trim()}`)
}
