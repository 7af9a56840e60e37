import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { Socket } from 'node:net'
import { installed } from './installed.js'
import { childrenOf } from './proc.js'

/** Set in the process inside. */
const INSIDE = 'BENCH_OWN_NETWORK'
/** A pipe from the process outside, which closes when that ends. */
const PIPE = 3
const NETWORK = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc']

/**
 * A network and a process table of the suite's own, by `unshare`: datagrams of others are not counted, a link can be
 * cut without touching the machine's, and whatever happens to the suite the kernel ends all that it started.
 */
export function isInOwnNetwork(): boolean {
  return process.env[INSIDE] === '1'
}

/** Why it cannot be had; undefined when it can. */
export function noOwnNetwork(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces exist on Linux only'
  const absent = ['unshare', 'ip'].filter((program) => installed(program) === undefined)
  if (absent.length > 0) return `${absent.join(' and ')} not installed (Debian: util-linux iproute2)`
  if (process.getuid?.() !== 0) return 'only root may make one'
  const tried = spawnSync('unshare', [...NETWORK, 'true'], { stdio: 'ignore' })
  return tried.status === 0 ? undefined : 'this machine does not permit it'
}

/** Runs the same command line again inside; resolves with its exit code. */
export async function runInOwnNetwork(script: string, argv: readonly string[]): Promise<number> {
  const child = spawn('unshare', [...NETWORK, process.execPath, script, ...argv], {
    env: { ...process.env, [INSIDE]: '1' },
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  })
  // The terminal's Ctrl-C reaches the process inside by itself; what is sent to this one alone is passed on.
  const pass = (name: NodeJS.Signals): void => passOn(child.pid, name)
  const ignore = (): void => undefined
  process
    .on('SIGTERM', pass)
    .on('SIGHUP', pass)
    .on('SIGINT', process.stdin.isTTY ? ignore : pass)
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 0)))
  })
}

/** `unshare` itself keeps signals to itself: its only child is who has to hear. */
function passOn(pid: number | undefined, name: NodeJS.Signals): void {
  for (const child of childrenOf(pid ?? -1)) process.kill(child, name)
}

/** Called inside: the process outside was ended in a way that it could not pass on. */
export function whenOuterEnds(then: () => void): void {
  const pipe = new Socket({ fd: PIPE })
  pipe.on('error', then).on('close', then).resume()
  pipe.unref()
}

/** Called once, inside: a new network has no loopback yet, and no way for multicast. */
export function openLoopback(): void {
  spawnSync('ip', ['link', 'set', 'lo', 'up', 'multicast', 'on'])
  spawnSync('ip', ['route', 'add', '239.0.0.0/8', 'dev', 'lo'])
}
