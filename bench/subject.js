// A program on plain Node, or as a group of so many replicas.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AdminClient, findRuntimeFiles, runtimeFolder } from '../dist/admin/index.js'
import { freePorts, isListening } from '../dist/bench/ground/ports.js'

const LLFT = fileURLToPath(new URL('../bin/llft.js', import.meta.url))
const READY_MS = 30_000
const LOOK_EVERY_MS = 50

export async function until(what, holds) {
  const deadline = performance.now() + READY_MS
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what} took longer than ${READY_MS} ms`)
    await sleep(LOOK_EVERY_MS)
  }
}

export function stop(running) {
  if (running.exitCode !== null || running.signalCode !== null) return undefined
  const ended = new Promise((resolve) => running.once('exit', resolve))
  running.kill('SIGINT')
  return ended
}

/** `{ port, pid, historyBytes(), stop() }`; `pid` is the process that runs the program, of a group the primary's. */
export async function startPlain(program) {
  const [port] = await freePorts(1)
  const running = spawn(process.execPath, [program], { env: { ...process.env, PORT: `${port}` }, stdio: 'ignore' })
  await until('the program', () => isListening(port))
  return { port, pid: running.pid, historyBytes: async () => 0, stop: () => stop(running) }
}

/** The same, and `{ admin, whole() }`, which waits until as many replicas as are wanted could take over. */
export async function startGroup(program, replicas) {
  const [port] = await freePorts(1)
  const folder = mkdtempSync(join(tmpdir(), 'llft-bench-'))
  const env = { ...process.env, PORT: `${port}`, XDG_RUNTIME_DIR: folder, NO_COLOR: '1' }
  const args = [LLFT, 'run', '-r', `${replicas}`, '--admin', '127.0.0.1:0', '--', process.execPath, program]
  const running = spawn(process.execPath, args, { env, stdio: 'ignore' })
  await until('llft run', () => isListening(port))
  const group = groupOf(folder)
  const status = await group.admin.status()
  return {
    ...group,
    port,
    pid: status.replicas.find(({ id }) => id === status.primary).pid,
    historyBytes: async () => (await group.admin.status()).history.bytes,
    stop: async () => {
      await stop(running)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** `{ admin, whole() }` of the one group that runs with this runtime folder. */
export function groupOf(runtime) {
  const [file] = findRuntimeFiles(runtimeFolder({ XDG_RUNTIME_DIR: runtime }))
  const admin = new AdminClient(file.admin, file.token)
  const whole = () =>
    until('the group', async () => {
      const { replicas, wanted, primary } = await admin.status()
      return primary !== null && replicas.filter(({ state }) => state === 'ready').length === wanted
    })
  return { admin, whole }
}
