// A group on three hosts, network namespaces with a bridge between; the gateway is outside. Links are cut.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts, isListening } from '../../dist/bench/ground/ports.js'
import { groupOf, stop, until } from '../subject.js'
import { watched } from './watched.js'

const PROGRAM = fileURLToPath(new URL('../../dist/bench/guest/main.js', import.meta.url))
const LLFT = fileURLToPath(new URL('../../bin/llft.js', import.meta.url))
const HOSTS = [1, 2, 3]
const NAME = `lb${process.pid % 10_000}`
const BRIDGE = `${NAME}b`
const OWN = '10.78.0.254'
const PORT = 7702

const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
const inside = (host) => `${NAME}-${host}`
const link = (host) => `${NAME}v${host}`
const address = (host) => `10.78.0.${host}`

/** `[]`, with the reason on stderr, where there can be no hosts. */
export async function hostLosses(count) {
  if (count === 0) return []
  try {
    ip('link', 'add', BRIDGE, 'type', 'bridge')
  } catch (error) {
    console.error(`host loss is skipped: ${error.message}`)
    return []
  }
  const parts = []
  const folder = mkdtempSync(join(tmpdir(), 'llft-bench-'))
  try {
    connect()
    return await losses(count, await start(folder, parts))
  } finally {
    for (const part of parts) await stop(part)
    for (const host of HOSTS) ip('netns', 'del', inside(host))
    ip('link', 'del', BRIDGE)
    rmSync(folder, { recursive: true, force: true })
  }
}

function connect() {
  ip('addr', 'add', `${OWN}/24`, 'dev', BRIDGE)
  ip('link', 'set', BRIDGE, 'up')
  for (const host of HOSTS) {
    ip('netns', 'add', inside(host))
    ip('link', 'add', link(host), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', inside(host))
    ip('link', 'set', link(host), 'master', BRIDGE, 'up')
    ip('-n', inside(host), 'addr', 'add', `${address(host)}/24`, 'dev', 'eth0')
    ip('-n', inside(host), 'link', 'set', 'eth0', 'up')
    ip('-n', inside(host), 'link', 'set', 'lo', 'up')
  }
}

/** Default settings; the gateway opens the program's port on loopback, where the clients are. */
async function start(folder, parts) {
  const [port] = await freePorts(1)
  const env = { ...process.env, PORT: `${port}`, XDG_RUNTIME_DIR: folder, NO_COLOR: '1' }
  const peers = HOSTS.map((host) => `${address(host)}:${PORT}`).join(',')
  const common = (own) => ['--group', 'bench', '--advertise', `${own}:${PORT}`, '--peers', `${peers},${OWN}:${PORT}`]
  const options = { env, cwd: folder, stdio: 'ignore' }
  for (const host of HOSTS) {
    const replica = [LLFT, 'replica', ...common(address(host)), '--', process.execPath, PROGRAM]
    parts.push(spawn('ip', ['netns', 'exec', inside(host), process.execPath, ...replica], options))
  }
  const listen = ['--admin', '127.0.0.1:0', '--listen', `127.0.0.1:${port}=${port}`]
  const gateway = [LLFT, 'gateway', ...common(OWN), '-r', `${HOSTS.length}`, ...listen]
  parts.unshift(spawn(process.execPath, gateway, options))
  await until('llft gateway', () => isListening(port))
  return { port, ...groupOf(folder) }
}

async function losses(count, group) {
  const found = []
  while (found.length < count) {
    await group.whole()
    const { replicas, primary } = await group.admin.status()
    const { pid } = replicas.find(({ id }) => id === primary)
    const lost = HOSTS.find((host) =>
      execFileSync('ip', ['netns', 'pids', inside(host)], { encoding: 'utf8' })
        .split('\n')
        .includes(`${pid}`),
    )
    const { gapMs, quietGapMs } = await watched(group.port, async () => ip('link', 'set', link(lost), 'down'))
    const { failovers } = await group.admin.status()
    found.push({ gapMs, quietGapMs, phases: failovers.at(-1)?.phases })
    process.stderr.write(`host ${found.length} of ${count}: ${gapMs.toFixed(1)} ms\n`)
    ip('link', 'set', link(lost), 'up')
  }
  return found
}
