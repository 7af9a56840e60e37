import { request } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { FailoverResult, GroupStatus, ScaleResult } from '../../src/admin/index.js'
import type { Run, Scene } from './command-run.js'
import { startFaulty } from './harness/crash-point.js'
import { SEQUENCE_GUEST, SequenceClient } from './harness/sequence.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

async function start(...options: readonly string[]): Promise<{ scene: Scene; run: Run; port: number }> {
  const started = await startFaulty(SEQUENCE_GUEST, {}, ...options)
  scenes.push(started.scene)
  await started.run.printed(/^up$/m)
  await started.scene.statusWhen(({ gateway }) => gateway.listeners.length === 1)
  return started
}

const readyOf = ({ replicas }: GroupStatus): readonly string[] =>
  replicas.filter(({ state }) => state === 'ready').map(({ id }) => id)

/** What a command prints with `--json`; fails with its words. */
/** On a busy machine it may have stood still for so long that it was ended and replaced. */
function wake(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function json<T>(scene: Scene, ...args: readonly string[]): Promise<T> {
  const run = await scene.llft(...args, '--json')
  expect([await run.code(), run.stderr]).toEqual([0, ''])
  return JSON.parse(run.stdout) as T
}

async function fails(scene: Scene, code: string, ...args: readonly string[]): Promise<void> {
  const run = await scene.llft(...args)
  expect(run.stderr).toContain(code)
  expect(await run.code()).not.toBe(0)
}

describe('llft failover', () => {
  test('again and again under load: clients notice nothing, every old primary comes back as a backup', async () => {
    const { scene, run, port } = await start()
    const clients = [1, 2, 3].map(() => new SequenceClient(port))
    let view = 1
    let primary = 'r1'
    for (let round = 1; round <= 5; round++) {
      await Promise.all(clients.map((client) => client.more(30)))
      const { replicas } = await scene.statusWhen((status) => readyOf(status).length === 3)
      const backups = replicas.filter(({ role }) => role === 'backup')
      const able = backups.toSorted((left, right) => (left.rank ?? 0) - (right.rank ?? 0)).map(({ id }) => id)
      // By default the next in the order of succession; the other one is named.
      const [next, other] = able
      const named = round % 2 === 0 && other !== undefined ? ['--to', other] : []
      const done = await json<FailoverResult>(scene, 'failover', ...named)
      expect(done).toMatchObject({ from: primary, to: named[1] ?? next })
      expect(done.view).toBeGreaterThan(view)
      ;[primary, view] = [done.to, done.view]
    }
    const status = await scene.statusWhen((each) => readyOf(each).length === 3)
    expect(status).toMatchObject({ primary, failoverCount: 5, wanted: 3, gateway: { streams: 3 } })
    expect(status.replicas[0]).toMatchObject({ id: primary, role: 'primary', rank: 1 })
    expect(status.failovers.every(({ planned }) => planned)).toBe(true)
    expect(status.failovers.at(-1)?.cause).toBe(`planned switch to ${primary}`)
    for (const client of clients) await client.finish()
    expect(run.stdout).toBe('up\n')
    expect(run.stderr).not.toMatch(/LLFT_W|✖/)
    expect(run.stderr.match(/is primary, view \d+ {5}as planned · elected/g)).toHaveLength(5)
    run.child.kill('SIGTERM')
    expect(await run.code()).toBe(143)
  })

  test('the program at rest: no crash is made of several switches at one place of the history', async () => {
    const { scene, run } = await start('--max-same-crashes', '1')
    for (let round = 1; round <= 3; round++) {
      await json<FailoverResult>(scene, 'failover')
      await scene.statusWhen((status) => readyOf(status).length === 3)
    }
    expect(run.child.exitCode).toBeNull()
  })

  test('the successor dies in the middle: the group goes on, nothing is lost', async () => {
    for (const stage of ['proposed', 'recovered', 'established'] as const) {
      const started = await startFaulty(SEQUENCE_GUEST, { r2: { killAtTakeover: stage } })
      const { scene, run, port } = started
      scenes.push(scene)
      await run.printed(/^up$/m)
      await scene.statusWhen(({ gateway }) => gateway.listeners.length === 1)
      const client = new SequenceClient(port)
      await client.more(20)
      const switched = await scene.llft('failover', '--to', 'r2', '--json')
      if (stage !== 'established') expect(switched.stderr).toMatch(/LLFT_E_ADMIN_FAILOVER_(OTHER|GIVEN_UP)/)
      await client.more(50)
      const status = await scene.statusWhen((each) => readyOf(each).length === 3)
      expect(readyOf(status)).not.toContain('r2')
      expect(status.primary).toBe('r3')
      await client.finish()
      await scene.close()
    }
  })

  test('what cannot be done is said', async () => {
    const { scene, port } = await start('-r', '2', '--timing-window-ms', '60000')
    await fails(scene, 'LLFT_E_ADMIN_FAILOVER_TARGET', 'failover', '--to', 'r1')
    await fails(scene, 'LLFT_E_ADMIN_UNKNOWN_REPLICA', 'failover', '--to', 'r9')
    await fails(scene, 'LLFT_E_USAGE_MISSING_VALUE', 'failover', '--to')
    const { replicas } = await scene.status()
    const backup = replicas.find(({ role }) => role === 'backup')?.pid as number
    process.kill(backup, 'SIGSTOP')
    const client = new SequenceClient(port)
    await client.more(20)
    // It does not catch up, and the primary leads on.
    await fails(scene, 'LLFT_E_ADMIN_FAILOVER_GIVEN_UP', 'failover')
    await client.more(20)
    expect((await scene.status()).events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['founded', 'leaving', 'kept']),
    )
    wake(backup)
    await scene.statusWhen((status) => {
      return readyOf(status).length === 2 && status.replicas.every(({ lagEntries }) => lagEntries < 50)
    })
    expect(await json<FailoverResult>(scene, 'failover')).toMatchObject({ from: 'r1' })
    await client.finish()
    const status = await scene.statusWhen((each) => readyOf(each).length === 2)
    await scene.llft('remove', readyOf(status).find((id) => id !== status.primary) as string)
    await fails(scene, 'LLFT_E_ADMIN_NO_SUCCESSOR', 'failover')
    await fails(scene, 'LLFT_E_ADMIN_LAST_REPLICA', 'remove', 'primary')
  })

  test('two at once: the second is refused while the first runs', async () => {
    const { scene } = await start('-r', '2', '--timing-window-ms', '60000')
    const backup = (await scene.status()).replicas.find(({ role }) => role === 'backup')?.pid as number
    // The first takes as long as a primary waits for its successor.
    process.kill(backup, 'SIGSTOP')
    const both = await Promise.all([act(scene, 'failover'), act(scene, 'failover')])
    wake(backup)
    const codes = both.map(({ status, body }) => `${status} ${/LLFT_\w+/.exec(body)?.[0]}`)
    expect(codes).toEqual(expect.arrayContaining(['409 LLFT_E_ADMIN_BUSY', '409 LLFT_E_ADMIN_FAILOVER_GIVEN_UP']))
  })
})

/** A request of its own, since a command takes longer than a switch. */
async function act(scene: Scene, action: string): Promise<{ readonly status: number; readonly body: string }> {
  const { admin, token } = scene.runtimeFile()
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` }
    const outgoing = request({ ...admin, path: `/api/v1/${action}`, method: 'POST', headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => (body += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    outgoing.on('error', reject).end()
  })
}

describe('llft add and llft remove', () => {
  test('one more joins and can lead; one less is not replaced; a primary hands over before it is removed', async () => {
    const { scene, run, port } = await start('-r', '1')
    const client = new SequenceClient(port)
    await client.more(20)
    expect(await json<ScaleResult>(scene, 'add')).toEqual({ id: 'r2', wanted: 2 })
    expect(await json<ScaleResult>(scene, 'add')).toEqual({ id: 'r3', wanted: 3 })
    expect(readyOf(await scene.statusWhen((status) => readyOf(status).length === 3))).toEqual(['r1', 'r2', 'r3'])
    await client.more(20)
    expect(await json<ScaleResult>(scene, 'remove', 'r1')).toEqual({ id: 'r1', wanted: 2 })
    await client.more(20)
    const left = await scene.statusWhen(({ replicas }) => replicas.length === 2)
    expect(left).toMatchObject({ primary: 'r2', wanted: 2, failoverCount: 1 })
    expect(await json<ScaleResult>(scene, 'remove', 'r3')).toEqual({ id: 'r3', wanted: 1 })
    await client.more(200)
    await client.finish()
    const alone = await scene.statusWhen(({ replicas, events }) => {
      return replicas.length === 1 && events.at(-1)?.kind === 'removed'
    })
    expect(alone.events.at(-1)).toMatchObject({ replica: 'r3', cause: 'removed by request', proposer: 'r2' })
    expect(run.stderr).not.toMatch(/LLFT_W_REPLICA_REMOVED|✖/)
    await fails(scene, 'LLFT_E_ADMIN_LAST_REPLICA', 'remove', 'r2')
  })

  test('a replica that has not caught up can be removed; there is a limit', async () => {
    const { scene } = await start('-r', '2')
    const added = await json<ScaleResult>(scene, 'add')
    await json<ScaleResult>(scene, 'remove', added.id)
    const left = await scene.statusWhen(({ replicas }) => replicas.length === 2)
    expect(left.wanted).toBe(2)
    await fails(scene, 'LLFT_E_ADMIN_UNKNOWN_REPLICA', 'remove', added.id)
    await fails(scene, 'LLFT_E_USAGE_MISSING_ARGUMENT', 'remove')
    const full = await start('-r', '16')
    await fails(full.scene, 'LLFT_E_ADMIN_REPLICAS_MAX', 'add')
  })
})
