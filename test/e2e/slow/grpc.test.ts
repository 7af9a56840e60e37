import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import type { ClientReadableStream, ClientDuplexStream, Client, Server } from '@grpc/grpc-js'
import { credentials } from '@grpc/grpc-js'
import { freePort, Scene } from '../command-run.js'

interface Reply {
  readonly total: number
  readonly text: string
}

type Unary = (request: object, done: (error: Error | null, reply: Reply) => void) => void

interface TestClient extends Client {
  readonly count: Unary
  readonly relay: Unary
  ticks(request: object): ClientReadableStream<{ readonly tick: number }>
  echo(): ClientDuplexStream<object, { readonly number: number; readonly text: string }>
}

interface Guest {
  readonly Client: new (address: string, given: object) => TestClient
  serve(address: string, bound: (error: Error | null, port: number) => void): Server
}

const GUEST = fileURLToPath(new URL('../guests/grpc.cjs', import.meta.url))
const guest = createRequire(import.meta.url)(GUEST) as Guest

const TICKS = 400
const EVERY_MS = 20
const ROUNDS = 3
const CALLS = 30

const scenes: Scene[] = []
const closed: (() => void)[] = []
afterEach(async () => {
  for (const close of closed.splice(0)) close()
  for (const scene of scenes.splice(0)) await scene.close()
})

function call(client: TestClient, name: 'count' | 'relay', text: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    client[name]({ text }, (error, reply) => (error === null ? resolve(reply) : reject(error)))
  })
}

async function killPrimary(scene: Scene): Promise<void> {
  const { primary, replicas } = await scene.statusWhen(
    ({ replicas }) => replicas.filter(({ state }) => state === 'ready').length === 3,
  )
  process.kill(replicas.find(({ id }) => id === primary)?.pid as number, 'SIGKILL')
}

test('calls of every kind outlive kills of the primary, those that the program makes, too', async () => {
  const otherPort = await new Promise<number>((resolve, reject) => {
    const other = guest.serve('127.0.0.1:0', (error, port) => (error === null ? resolve(port) : reject(error)))
    closed.push(() => other.forceShutdown())
  })
  const port = await freePort()
  const scene = new Scene({}, { PORT: String(port), OTHER: `127.0.0.1:${otherPort}` })
  scenes.push(scene)
  const run = scene.run('--', 'node', GUEST)
  await run.printed(/^up$/m)
  const client = new guest.Client(`127.0.0.1:${port}`, credentials.createInsecure())
  closed.push(() => client.close())

  const ticks: number[] = []
  const ticking = client.ticks({ ticks: TICKS, everyMs: EVERY_MS }).on('data', ({ tick }) => ticks.push(tick))
  const ticked = once(ticking, 'end')
  const echoes: string[] = []
  const echoing = client.echo().on('data', ({ number, text }) => echoes.push(`${number} ${text}`))
  const echoed = once(echoing, 'end')
  const said: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const killed = round < ROUNDS - 1 ? killPrimary(scene) : undefined
    for (let at = 0; at < CALLS; at++) {
      const text = `${round} ${at}`
      said.push(text)
      echoing.write({ text })
      const replies = await Promise.all([call(client, 'count', text), call(client, 'relay', text)])
      expect(replies).toEqual([
        { total: said.length, text },
        { total: said.length, text },
      ])
    }
    await killed
  }
  echoing.end()
  await Promise.all([ticked, echoed])
  expect(ticks).toEqual(Array.from({ length: TICKS }, (_, at) => at + 1))
  expect(echoes).toEqual(said.map((text, at) => `${at + 1} ${text}`))
  client.close()
  run.child.kill('SIGTERM')
  expect(await run.code()).toBe(0)
})
