import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from './processes.js'

const HOST = '127.0.0.1'
/** Initialised, elected and listening: what takes a peer seconds on a busy machine. */
const READY_MS = 30_000
const LOOK_EVERY_MS = 25

/** Ports that nobody has at the moment, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, HOST))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, HOST)
  const open = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return open
}

/** Resolves once it holds; rejects when it takes too long, when the run is given up, or `running` ends. */
export async function ready(
  what: string,
  holds: () => Promise<boolean>,
  { running, signal }: { readonly running?: Running; readonly signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + READY_MS
  while (!(await holds().catch(() => false))) {
    signal.throwIfAborted()
    if (running?.ended === true) throw new Error(`${what} ended: ${running.lastWords}`)
    if (performance.now() > deadline) {
      throw new Error(`${what} was not ready within ${READY_MS} ms: ${running?.lastWords ?? 'no answer'}`)
    }
    await sleep(LOOK_EVERY_MS)
  }
}
