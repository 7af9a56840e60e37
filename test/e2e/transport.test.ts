import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { LLFT } from '../cli/llft.js'
import { Host, WITHOUT_NAMESPACES } from '../namespaces/lan.js'
import { freePort, Run, Scene } from './command-run.js'

const COUNTER = fileURLToPath(new URL('../../examples/counter/server.js', import.meta.url))

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** Sends a line and resolves with the answer to it. */
async function ask(socket: ReturnType<typeof connect>): Promise<string> {
  let text = ''
  const take = (more: Buffer): void => {
    text += more.toString()
  }
  socket.on('data', take).write('1\n')
  while (!text.endsWith('\n')) await sleep(5)
  socket.off('data', take)
  return text.trim()
}

describe('llft run --transport', () => {
  test.each(['multicast', 'auto'])('%s: a connection and its count outlive three primaries', async (transport) => {
    const port = await freePort()
    const scene = new Scene({}, { PORT: String(port) })
    closing.push(() => scene.close())
    const run = scene.run('--transport', transport, '--', 'node', COUNTER)
    await run.printed(/transport multicast \(239\.77\.\d+\.\d+:7701, a probe came back in [\d.]+ ms\)/)
    await run.printed(/listens/)
    const socket = connect(port, '127.0.0.1')
    closing.push(() => socket.destroy())
    for (let count = 1; count <= 60; count++) {
      expect(await ask(socket)).toBe(`${count} (line ${count} of this connection)`)
      if (count % 15 !== 0 || count === 60) continue
      await scene.llft('kill', 'primary')
      await scene.statusWhen(({ replicas, failoverCount }) => {
        return failoverCount === count / 15 && replicas.filter(({ state }) => state === 'ready').length === 3
      })
    }
    const { transport: used, failoverCount, rejectedDatagrams } = await scene.status()
    expect([used?.used, failoverCount, rejectedDatagrams]).toEqual(['multicast', 3, 0])
    expect((await scene.llft('status')).stdout).toMatch(/^transport multicast \(/m)
  })

  test('unicast is the default, and says why', async () => {
    const scene = new Scene({ 'server.js': 'setInterval(() => {}, 1000)' })
    closing.push(() => scene.close())
    const run = scene.run('--', 'node', 'server.js')
    await run.printed(/transport unicast \(loopback\)/)
    expect((await scene.status()).transport).toEqual({ used: 'unicast', why: 'loopback' })
  })
})

describe.skipIf(WITHOUT_NAMESPACES !== '')(`on a host that refuses multicast${WITHOUT_NAMESPACES}`, () => {
  function run(transport: string): Run {
    const host = new Host(transport)
    closing.push(() => host.close())
    host.set('net/ipv4/igmp_max_memberships', 0)
    const command = [LLFT, 'run', '--admin', '127.0.0.1:0', '--transport', transport, '--', 'node', COUNTER]
    const env = { ...process.env, NO_COLOR: '1' }
    const child = spawn('ip', [...host.prefix, process.execPath, ...command], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const started = new Run(child)
    closing.push(async () => {
      child.kill('SIGTERM')
      await started.ended
    })
    return started
  }

  test('auto falls back to unicast and says why', async () => {
    const started = run('auto')
    await started.printed(/transport unicast \(no multicast: the kernel refuses: addMembership ENOBUFS\)/)
    await started.printed(/listens/)
    expect(started.child.exitCode).toBeNull()
  })

  test('multicast ends with an error that says what to do', async () => {
    const started = run('multicast')
    expect(await started.code()).toBe(3)
    expect(started.stderr).toMatch(/LLFT_E_NET_NO_MULTICAST {2}Multicast does not work here: the kernel refuses/)
    expect(started.stderr).toMatch(/llft run --transport auto -- node /)
  })
})
