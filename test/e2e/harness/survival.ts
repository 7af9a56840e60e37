import { expect } from 'vitest'
import { SeededRandom } from '../../../src/base/index.js'
import { until } from '../../supervisor/support.js'
import type { Connection } from './asking.js'
import { Client } from './client.js'
import { compareDigests } from './digests.js'
import { inFlight, killPrimaries } from './kills.js'
import type { Kill } from './kills.js'
import { ReplicatedGuest } from './replicated-guest.js'

/** Clients that ask all the time. */
const BUSY_CLIENTS = 4
/** Clients that ask once at the start and once at the end. */
const IDLE_CLIENTS = 2
/** As the guests do (guests/service.cjs). */
const REPORT_EVERY = 50

export interface Survival {
  /** In test/e2e/guests. */
  readonly guest: string
  readonly open: (port: number, client: number) => Promise<Connection>
  readonly kills: number
  /** How many indexes of the history each of the last replicas must share with another. */
  readonly sharedMin: number
}

/** Kills a guest's primaries under traffic and demands that no client and no output ever shows it. */
export async function survive(terms: Survival): Promise<void> {
  const seed = Number(process.env['LLFT_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
  console.log(`${terms.guest}: LLFT_TEST_SEED=${seed}`)
  const guest = await ReplicatedGuest.start(terms.guest)
  try {
    await surviveWith(guest, terms, new SeededRandom(seed))
  } catch (error) {
    const status = JSON.stringify(await guest.status().catch(String))
    const words = `${status}\n${guest.run.stdout.slice(-500)}\n${guest.run.stderr.slice(-5000)}`
    throw new Error(`LLFT_TEST_SEED=${seed}: ${String(error)}\n${words}`, { cause: error })
  } finally {
    await guest.close()
  }
}

async function surviveWith(guest: ReplicatedGuest, terms: Survival, random: SeededRandom): Promise<void> {
  const clients = await Promise.all(
    Array.from({ length: BUSY_CLIENTS + IDLE_CLIENTS + 1 }, async (_, index) => {
      return new Client(String(index), await terms.open(guest.port, index), new SeededRandom(random.next32()))
    }),
  )
  const busy = clients.slice(0, BUSY_CLIENTS)
  const idle = clients.slice(BUSY_CLIENTS, -1)
  const reader = clients.at(-1) as Client
  for (const client of idle) await client.exchange()
  const traffic = Promise.all(busy.map((client) => client.run()))
  const killing = killPrimaries({ guest, reader, random }, terms.kills)
  const kills = await Promise.race([killing, traffic.then(() => killing)])
  for (const client of busy) client.stop()
  await traffic
  await guest.caughtUp(3, kills.length)
  for (const client of idle) await client.exchange()
  const total = clients.reduce((sum, client) => sum + client.asked, 0)
  await expectHeardAll(clients, total)
  for (const client of clients) client.close()
  expect(await guest.stop()).toBe(0)
  expect(guest.run.stdout).toBe(outputAfter(total))
  expectKills(kills)
  expectDigests(guest.digestFolder, terms)
}

/** What the guest prints, each line once, however many replicas were killed while they printed it. */
function outputAfter(total: number): string {
  const lines: string[] = []
  for (let at = REPORT_EVERY; at <= total; at += REPORT_EVERY) lines.push(`total ${at}\n`)
  return `${lines.join('')}end ${total}\n`
}

/** What was sent to all: each client has all of it from its first on, in order, each once. */
async function expectHeardAll(clients: readonly Client[], last: number): Promise<void> {
  const broadcasts = clients.some(({ connection }) => connection.heard.length > 0)
  if (!broadcasts) return
  for (const { connection } of clients) {
    await until(() => connection.heard.at(-1) === last)
    const first = connection.heard[0] ?? 0
    expect(connection.heard).toEqual(connection.heard.map((_, at) => first + at))
  }
}

/** At least half in the middle of a reply, at least a quarter by others than us. */
function expectKills(kills: readonly Kill[]): void {
  console.log(
    kills.map(({ by, primary, reply }) => `${primary} ${by} ${reply ? JSON.stringify(reply) : ''}`).join('\n'),
  )
  expect(kills.filter(inFlight).length).toBeGreaterThanOrEqual(kills.length / 2)
  expect(kills.filter(({ by }) => by === 'SIGKILL from outside').length).toBeGreaterThanOrEqual(kills.length / 4)
}

/** Two of the last three replicas have joined after kills at least; they replayed everything. */
function expectDigests(folder: string, { kills, sharedMin }: Survival): void {
  const { replicas, shared, difference } = compareDigests(folder)
  expect(difference).toBeUndefined()
  expect(replicas).toBeGreaterThanOrEqual(kills)
  expect(shared.filter((count) => count >= sharedMin).length).toBeGreaterThanOrEqual(4)
}
