import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { isAlive, until } from '../supervisor/support.js'
import { freePort, Scene } from './command-run.js'
import type { Run } from './command-run.js'
import { startFaulty } from './harness/crash-point.js'
import { SEQUENCE_GUEST, SequenceClient } from './harness/sequence.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

function isReady({ state }: { readonly state: string }): boolean {
  return state === 'ready'
}

async function killPrimaryWhenWhole(scene: Scene): Promise<void> {
  const { replicas, primary } = await scene.statusWhen((status) => status.replicas.filter(isReady).length === 3)
  process.kill(replicas.find(({ id }) => id === primary)?.pid as number, 'SIGKILL')
}

test('numbered lines over five kills: none lost, repeated or out of order; the exit code', async () => {
  const { scene, run } = await startFaulty(
    `let n = 0
     setInterval(() => {
       console.log('line ' + ++n)
       console.error('error ' + n)
     }, 2)
     process.on('SIGTERM', () => { console.log('last ' + n); process.exit(7) })`,
    {},
  )
  scenes.push(scene)
  await run.printed(/^line 20$/m)
  for (let kill = 1; kill <= 5; kill++) {
    await killPrimaryWhenWhole(scene)
    await scene.statusWhen(({ failoverCount }) => failoverCount === kill)
  }
  run.child.kill('SIGTERM')
  expect(await run.code()).toBe(7)
  const count = Number(/^last (\d+)$/m.exec(run.stdout)?.[1])
  expect(count).toBeGreaterThan(100)
  const numbers = Array.from({ length: count }, (_, at) => at + 1)
  expect(run.stdout).toBe([...numbers.map((n) => `line ${n}`), `last ${count}`, ''].join('\n'))
  expect(run.stderr.match(/^error \d+$/gm)).toEqual(numbers.map((n) => `error ${n}`))
})

test('killing backups is unnoticeable to clients', async () => {
  const { scene, run, port } = await startFaulty(SEQUENCE_GUEST, {})
  scenes.push(scene)
  await run.printed(/^up$/m)
  const client = new SequenceClient(port)
  for (const id of ['r2', 'r3']) {
    expect((await scene.llft('kill', id)).stdout).toContain(`${id} (pid`)
    await client.more(50)
    await scene.statusWhen(({ replicas }) => replicas.filter(isReady).length === 3)
  }
  await client.finish()
  const status = await scene.status()
  expect([status.failoverCount, status.primary]).toEqual([0, 'r1'])
})

const TLS = new URL('../fixtures/tls/', import.meta.url)
const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(new URL(name, TLS), 'utf8'))

test('https on one connection over three kills of the primary, in the middle of responses', async () => {
  const { scene, run, port } = await startFaulty(
    `let count = 0
     require('node:https').createServer(${JSON.stringify({ key, cert })}, (request, response) => {
       const body = String(++count).padStart(8, '.')
       response.setHeader('x-random', Math.random())
       let left = 64
       const part = () => { response.write(body.repeat(2048)); if (--left > 0) setImmediate(part); else response.end() }
       part()
     }).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('up'))`,
    {},
  )
  scenes.push(scene)
  await run.printed(/^up$/m)
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: cert as string, checkServerIdentity: () => undefined })
  const reused: boolean[] = []
  const get = async (): Promise<string> =>
    new Promise((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', agent }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('end', () => resolve(text)).on('error', reject)
      })
      sent
        .on('error', reject)
        .on('finish', () => reused.push(sent.reusedSocket))
        .end()
    })
  const expected = (n: number): string =>
    String(n)
      .padStart(8, '.')
      .repeat(2048 * 64)
  expect(await get()).toBe(expected(1))
  for (let kill = 1; kill <= 3; kill++) {
    await scene.statusWhen((status) => status.replicas.filter(isReady).length === 3)
    const answer = get()
    await sleep(5)
    await killPrimaryWhenWhole(scene)
    expect((await answer) === expected(kill + 1)).toBe(true)
    await scene.statusWhen(({ failoverCount }) => failoverCount === kill)
  }
  expect(reused).toEqual([false, true, true, true])
  agent.destroy()
})

function descendants(pid: number): readonly number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = table.map((line) => line.trim().split(/\s+/).map(Number))
  const children = pairs.filter(([, parent]) => parent === pid).map(([child]) => child as number)
  return children.flatMap((child) => [child, ...descendants(child)])
}

test.each([
  ['node', 'server.js'],
  ['npm', 'start', '--silent'],
])('SIGKILL of the supervisor of `%s %s` leaves nothing running', async (...command) => {
  const scene = new Scene({
    'package.json': '{"name":"app","private":true,"scripts":{"start":"node server.js"}}',
    'server.js': `require('node:net').createServer().listen(${await freePort()}, () => console.log('up'))`,
  })
  scenes.push(scene)
  const run: Run = scene.run('--', ...command)
  await run.printed(/^up$/m)
  const { replicas, gateway } = await scene.status()
  const mine = descendants(run.child.pid as number)
  expect(mine).toEqual(expect.arrayContaining([gateway.pid, ...replicas.map(({ pid }) => pid)]))
  run.child.kill('SIGKILL')
  await until(() => !mine.some(isAlive))
})
