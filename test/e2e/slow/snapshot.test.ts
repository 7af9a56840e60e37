import { writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { AdminClient } from '../../../src/admin/index.js'
import type { SnapshotResult } from '../../../src/admin/index.js'
import type { TestFaults } from '../../../src/driver/index.js'
import { freePort, Scene } from '../command-run.js'
import type { Run } from '../command-run.js'
import { SequenceClient } from '../harness/sequence.js'

const GUEST = fileURLToPath(new URL('../guests/snapshot.cjs', import.meta.url))

/** One after the other on one connection; each answer counts one more visit. */
class Visitor {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #port: number
  /** Client ports: there is to be one. */
  readonly ports: Set<number> = new Set()
  visits = 0
  restored = ''

  constructor(port: number) {
    this.#port = port
  }

  visit(): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port: this.#port, agent: this.#agent }, (response) => {
        this.ports.add(response.socket.localPort ?? 0)
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('end', () => {
          const { visits, restored } = JSON.parse(text) as { visits: number; restored: string }
          this.restored = restored
          if (visits === ++this.visits) resolve()
          else reject(new Error(`visit ${visits} after ${this.visits - 1}`))
        })
      })
      request.on('error', reject)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Each message is answered with its number, of its connection and of all. */
class Player {
  readonly #socket: WebSocket
  #asked = 0
  #problem: Error | undefined
  readonly opened: Promise<unknown>
  #answer: () => void = () => {}

  constructor(port: number) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/one`)
    this.opened = new Promise((resolve) => this.#socket.once('open', resolve))
    this.#socket.on('error', (error) => (this.#problem = error))
    this.#socket.on('close', () => (this.#problem ??= new Error('closed')))
    this.#socket.on('message', (data: Buffer) => {
      const expected = `m ${this.#asked} ${this.#asked}`
      if (data.toString() !== expected) this.#problem = new Error(`${data.toString()}, not ${expected}`)
      this.#answer()
    })
  }

  async play(): Promise<void> {
    this.#asked++
    const answered = new Promise<void>((resolve) => (this.#answer = resolve))
    this.#socket.send('m')
    await answered
    if (this.#problem !== undefined) throw this.#problem
  }

  close(): void {
    this.#socket.terminate()
  }
}

describe('a snapshot', () => {
  const scenes: Scene[] = []
  const ends: (() => void)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) end()
    for (const scene of scenes.splice(0)) await scene.close()
  })

  async function start(
    how: string,
    options: readonly string[] = [],
    faults: Readonly<Record<string, TestFaults>> = {},
  ): Promise<{ scene: Scene; run: Run; port: number }> {
    const scene = new Scene({}, { LLFT_TEST_FAULTS: JSON.stringify(faults) })
    scenes.push(scene)
    const port = await freePort()
    const run = scene.run(...options, '--', 'node', GUEST, String(port), how)
    await run.printed(/^up$/m)
    await scene.statusWhen(({ gateway }) => gateway.listeners.length === 2)
    return { scene, run, port }
  }

  async function clientsOf(port: number): Promise<{ lines: SequenceClient; visitor: Visitor; player: Player }> {
    const clients = { lines: new SequenceClient(port), visitor: new Visitor(port + 1), player: new Player(port + 1) }
    ends.push(
      () => clients.visitor.close(),
      () => clients.player.close(),
    )
    await clients.player.opened
    return clients
  }

  async function work(
    clients: { lines: SequenceClient; visitor: Visitor; player: Player },
    rounds = 30,
  ): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      await clients.lines.more(2)
      await clients.visitor.visit()
      await clients.player.play()
    }
  }

  test('again and again under load: connections go on, and what was before is nowhere any more', async () => {
    const { scene, run, port } = await start('')
    const clients = await clientsOf(port)
    await work(clients)
    for (let generation = 2; generation <= 3; generation++) {
      const before = await scene.status()
      const [taken] = await Promise.all([scene.llft('snapshot', '--json'), work(clients, 100)])
      expect([await taken.code(), taken.stderr]).toEqual([0, ''])
      const first = 3 * (generation - 1) + 1
      const ids = [first, first + 1, first + 2].map((number) => `r${number}`)
      expect(JSON.parse(taken.stdout) as SnapshotResult).toMatchObject({ generation, streams: 3, replicas: ids })
      await work(clients)
      const after = await scene.statusWhen(({ replicas }) => replicas.every(({ state }) => state === 'ready'))
      expect(after).toMatchObject({ generation, snapshots: { offered: true, last: { taken: true } } })
      expect(after.replicas.map(({ id }) => id)).toEqual(ids)
      expect(after.gateway.pid).toBe(before.gateway.pid)
      expect(after.epoch).not.toBe(before.epoch)
      for (const { pid } of before.replicas) expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH')
    }
    // A newcomer executes what was since.
    await scene.llft('kill', 'primary')
    await work(clients)
    const healed = await scene.statusWhen(
      ({ failoverCount, replicas }) =>
        failoverCount === 1 && replicas.filter(({ state }) => state === 'ready').length === 3,
    )
    expect(healed.replicas.map(({ id }) => id)).toContain('r10')
    await work(clients)
    await clients.lines.finish()
    expect(clients.visitor.ports.size).toBe(1)
    expect(clients.visitor.restored).toBe('yes')
    expect(run.stderr).toContain('generation 3 goes on from')
    const events = (await scene.llft('events')).stdout
    expect(events.match(/ snapshot /g)).toHaveLength(2)
  })

  test('by itself, whenever the history is so large: it stays bounded', async () => {
    const { scene, port } = await start('', ['--snapshot-bytes', '100000'])
    const clients = await clientsOf(port)
    const deadline = performance.now() + 60_000
    let largest = 0
    let generation = 1
    while (generation < 3 && performance.now() < deadline) {
      await work(clients, 50)
      const status = await scene.status()
      generation = status.generation
      largest = Math.max(largest, status.history.bytes)
    }
    expect(generation).toBeGreaterThanOrEqual(3)
    const { history } = await scene.status()
    expect(history.bytes).toBeLessThan(largest + 100_000)
  })

  test.each([
    ['declines', 'LLFT_E_SNAPSHOT_KEPT', 'save() said not now'],
    ['fails', 'LLFT_E_SNAPSHOT_KEPT', 'this cannot be read'],
    ['offers nothing', 'LLFT_E_SNAPSHOT_NOT_OFFERED', 'offers no snapshot'],
  ])('of a program that %s is not taken, and nothing is lost', async (how, code, reason) => {
    const { scene, port } = await start(how)
    const clients = await clientsOf(port)
    const [taken] = await Promise.all([scene.llft('snapshot'), work(clients, 100)])
    expect(await taken.code()).toBe(7)
    expect(taken.stderr).toContain(code)
    expect(taken.stderr).toContain(reason)
    await work(clients)
    const status = await scene.status()
    expect(status.generation).toBe(1)
    expect(status.replicas.map(({ id }) => id)).toEqual(['r1', 'r2', 'r3'])
    await clients.lines.finish()
  })

  test('of a program that reads its input, or was told to stop, is not taken', async () => {
    const { scene, run } = await start('reads input')
    const keeps = async (reason: string): Promise<void> => {
      const taken = await scene.llft('snapshot')
      expect([await taken.code(), taken.stderr]).toEqual([7, expect.stringContaining(`was taken: ${reason}.`)])
    }
    await keeps('the program reads standard input')
    run.child.kill('SIGTERM')
    await run.printed(/^SIGTERM after 0 visits, restored: no$/m)
    await keeps('the program has been told to stop')
  })

  test('is not disturbed by an operator, and a signal waits for the program that goes on', async () => {
    const { scene, run, port } = await start('slow')
    const visitor = new Visitor(port + 1)
    ends.push(() => visitor.close())
    await visitor.visit()
    const taking = scene.llft('snapshot')
    await run.printed(/^restores$/m)
    run.child.kill('SIGUSR2')
    const visiting = visitor.visit()
    const { admin, token } = scene.runtimeFile()
    const operator = new AdminClient(admin, token)
    const wishes = [operator.add(), operator.remove('r2'), operator.failover(undefined), operator.snapshot()]
    const busy = { status: 'rejected', reason: { code: 'LLFT_E_SNAPSHOT_BUSY' } }
    expect(await Promise.allSettled(wishes)).toMatchObject(wishes.map(() => busy))
    expect(await operator.status()).toMatchObject({ generation: 1, wanted: 3 })
    expect([visitor.visits, run.stdout]).toEqual([1, expect.not.stringContaining('SIGUSR2')])
    writeFileSync(join(scene.folder, 'go on'), '')
    expect(await (await taking).code()).toBe(0)
    await run.printed(/^SIGUSR2 after [12] visits, restored: yes$/m)
    await visiting
    expect(await operator.add()).toMatchObject({ wanted: 4 })
    expect(run.stdout.match(/SIGUSR2/g)).toHaveLength(1)
  })

  test('while primaries die, of the old generation and of the new one', async () => {
    const { scene, port } = await start('', [], { r4: { killAtStartRead: 6 } })
    const clients = await clientsOf(port)
    for (let round = 0; round < 3; round++) {
      const taking = scene.llft('snapshot')
      const killing = scene.llft('kill', 'primary')
      await work(clients, 50)
      await Promise.all([taking, killing])
      await scene.statusWhen(({ replicas }) => replicas.filter(({ state }) => state === 'ready').length === 3)
    }
    await work(clients)
    await clients.lines.finish()
    expect(clients.visitor.ports.size).toBe(1)
  })

  test('while the gateway dies: clients come back, and none has two stories', async () => {
    const { scene, port } = await start('')
    const visitor = new Visitor(port + 1)
    ends.push(() => visitor.close())
    for (let round = 0; round < 2; round++) {
      await visitor.visit()
      const taking = scene.llft('snapshot')
      const { gateway } = await scene.status()
      process.kill(gateway.pid ?? 0, 'SIGKILL')
      await taking
      await scene.statusWhen((status) => status.gateway.pid !== gateway.pid && status.gateway.listeners.length === 2)
    }
    await visitor.visit()
    expect(visitor.visits).toBe(3)
  })
})
