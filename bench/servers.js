// Starts what is measured: the guest on plain Node, or under `llft run`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const GUEST = inPackage('bench/guest.js')
const READY_WITHIN_MS = 20_000

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function reachable(port) {
  for (let waited = 0; waited < READY_WITHIN_MS; waited += 50) {
    const socket = connect(port, '127.0.0.1')
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (open) return
    await sleep(50)
  }
  throw new Error(`nothing listens on ${port} after ${READY_WITHIN_MS} ms`)
}

function stopper(child) {
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

export async function startPlain() {
  const port = await freePort()
  const child = spawn(process.execPath, [GUEST], { env: { ...process.env, PORT: `${port}` }, stdio: 'ignore' })
  await reachable(port)
  return { port, stop: stopper(child) }
}

export async function startReplicated(replicas, options = []) {
  const port = await freePort()
  const admin = await freePort()
  const args = [inPackage('bin/llft.js'), 'run', '-r', `${replicas}`, '--admin', `127.0.0.1:${admin}`]
  const child = spawn(process.execPath, [...args, ...options, '--', 'node', GUEST], {
    env: { ...process.env, PORT: `${port}` },
    stdio: 'ignore',
  })
  await reachable(port)
  const status = async () => {
    const { stdout } = spawn(process.execPath, [
      inPackage('bin/llft.js'),
      'status',
      '--json',
      '--admin',
      `127.0.0.1:${admin}`,
    ])
    let text = ''
    for await (const chunk of stdout) text += chunk
    return JSON.parse(text)
  }
  return { port, status, stop: stopper(child) }
}
