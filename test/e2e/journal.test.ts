import { readdirSync, readlinkSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { freePort, Scene } from './command-run.js'
import { COUNTING } from './harness/counting.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

const MEGABYTE = 1_000_000

/** What a process has laid away in files without a name. */
function laidAway(pid: number | null): number {
  let bytes = 0
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    const path = `/proc/${pid}/fd/${fd}`
    try {
      if (/llft-history-.* \(deleted\)$/.test(readlinkSync(path))) bytes += statSync(path).size
    } catch {
      // It was closed meanwhile.
    }
  }
  return bytes
}

test('a long history is laid away, and a newcomer executes it from there', async () => {
  const scene = new Scene({ 'server.js': COUNTING })
  scenes.push(scene)
  const port = await freePort()
  const run = scene.run('--journal', scene.folder, '--', 'node', 'server.js', String(port))
  await run.printed(/^up$/m)
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let last = ''
  socket.on('data', (text: string) => (last = text.trim().split('\n').at(-1) ?? ''))
  let sent = 0
  const say = async (bytes: number): Promise<void> => {
    socket.write(Buffer.alloc(bytes, 'x'))
    sent += bytes
    while (last !== String(sent)) await sleep(5)
  }
  for (let round = 0; round < 30; round++) await say(MEGABYTE)
  const { replicas, primary, gateway } = await scene.status()
  for (const { pid } of replicas) expect(laidAway(pid)).toBeGreaterThan(15 * MEGABYTE)
  expect(laidAway(gateway.pid)).toBeGreaterThan(15 * MEGABYTE)
  // Both that have seen the start go, one after the other.
  for (const { id, pid } of replicas.filter((replica) => replica.id !== primary)) {
    process.kill(pid as number, 'SIGKILL')
    await scene.statusWhen((status) => status.replicas.every((one) => one.id !== id && one.state === 'ready'))
  }
  await scene.llft('kill', 'primary')
  await say(MEGABYTE)
  socket.destroy()
})

test('a folder that cannot be used is refused at the start', async () => {
  const scene = new Scene({ 'server.js': COUNTING })
  scenes.push(scene)
  const run = scene.run('--journal', '/proc/nowhere', '--', 'node', 'server.js', '1')
  expect(await run.ended).toBe(2)
  expect(run.stderr).toContain('LLFT_E_USAGE_JOURNAL')
})
