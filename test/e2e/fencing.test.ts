import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { GroupStatus } from '../../src/admin/index.js'
import type { Run } from './command-run.js'
import { freePort, Scene } from './command-run.js'
import { Etcd, WITHOUT_ETCD } from './harness/etcd.js'
import { SEQUENCE_GUEST, SequenceClient } from './harness/sequence.js'

const LEASE_TTL_MS = 1000

describe.skipIf(WITHOUT_ETCD !== '')(`a lease over etcd${WITHOUT_ETCD}`, () => {
  const closing: { close(): unknown }[] = []
  afterEach(async () => {
    for (const each of closing.splice(0).toReversed()) await each.close()
  })

  async function etcd(): Promise<Etcd> {
    const started = await Etcd.start()
    closing.push(started)
    return started
  }

  interface Fenced {
    readonly scene: Scene
    readonly port: number
    /** Another one of the group needs another port on the same host. */
    readonly run: (at?: number) => Run
  }

  async function fenced(url: string): Promise<Fenced> {
    const scene = new Scene({ 'guest.cjs': SEQUENCE_GUEST })
    closing.push(scene)
    const port = await freePort()
    const options = ['--fencing', 'lease', '--etcd', url, '--lease-ttl-ms', String(LEASE_TTL_MS), '-r', '2']
    return { scene, port, run: (at = port) => scene.run(...options, '--', 'node', 'guest.cjs', String(at)) }
  }

  const states = ({ events }: GroupStatus): readonly string[] => events.map(({ kind }) => kind)

  test('that cannot be had at the start is said with cause and remedy', async () => {
    const { run } = await fenced(`http://127.0.0.1:${await freePort()}`)
    const started = run()
    expect(await started.code()).toBe(3)
    expect(started.stderr).toContain('LLFT_E_FENCING_STORE')
    expect(started.stderr).toContain('ECONNREFUSED')
  })

  test('ends while etcd is away: nothing is let out until it is back, and then all that waited', async () => {
    const store = await etcd()
    const { scene, port, run } = await fenced(store.url)
    await run().printed(/^up$/m)
    await scene.statusWhen(({ gateway, fencing }) => gateway.listeners.length === 1 && fencing?.state === 'held')
    const client = new SequenceClient(port)
    await client.more(50)
    store.pause()
    await scene.statusWhen(({ fencing }) => fencing?.state === 'ended')
    await sleep(100)
    const stood = client.answered
    await sleep(700)
    expect(client.answered).toBe(stood)
    store.goOn()
    await client.more(50)
    const status = await scene.statusWhen(({ fencing }) => fencing?.state === 'held')
    expect(states(status)).toEqual(['founded', 'fenced', 'unfenced'])
  })

  test('is waited for by a second one, which starts when the first gives it back', async () => {
    const store = await etcd()
    const { scene, run } = await fenced(store.url)
    const first = run()
    await first.printed(/^up$/m)
    const second = run()
    await second.printed(/LLFT_W_FENCING_STANDBY/)
    await sleep(2 * LEASE_TTL_MS)
    expect(second.stdout).toBe('')
    first.child.kill('SIGTERM')
    expect(await first.code()).toBe(143)
    await second.printed(/^up$/m)
    await scene.statusWhen(({ fencing }) => fencing?.state === 'held')
  })

  test('of a gateway that was stopped is the next one’s: the old one lets nothing out, and ends', async () => {
    const store = await etcd()
    const { scene, port, run } = await fenced(store.url)
    const first = run()
    await first.printed(/^up$/m)
    const { gateway } = await scene.statusWhen((status) => status.gateway.listeners.length === 1)
    const client = new SequenceClient(port)
    await client.more(50)
    process.kill(gateway.pid as number, 'SIGSTOP')
    first.child.kill('SIGSTOP')
    const stood = client.answered
    const second = run(await freePort())
    await second.printed(/LLFT_W_FENCING_STANDBY/)
    await second.printed(/^up$/m)
    process.kill(gateway.pid as number, 'SIGCONT')
    await sleep(300)
    // What the kernel had taken before may still arrive; nothing that the gateway did afterwards.
    expect(client.answered - stood).toBeLessThan(20)
    first.child.kill('SIGCONT')
    expect(await first.code()).toBe(5)
    expect(first.stderr).toContain('LLFT_E_FENCING_LOST')
  })
})
