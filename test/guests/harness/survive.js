import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { compareDigests, ReplicatedGuest } from './end-to-end.js'
import { same } from './notes.js'

const REPLICAS = 3
const KILLS = 2
/** Answers before and after each kill. */
const EXCHANGES = 60
const THINK_MS_MAX = 10
/** Far above any takeover on a busy machine. */
const ANSWER_MS = 20_000
/** A large program needs seconds of processor time to start, and a newcomer executes all that there was since. */
const CAUGHT_UP_MS = 60_000
/** Exit codes after SIGTERM, of programs with a handler for it and without. */
const ENDED = [0, 143]
/** Indexes of the history that each of the last replicas shares with another. */
const SHARED_MIN = 20

/** Where the program of a guest is. */
export function programOf({ program }) {
  const own = fileURLToPath(new URL(`../programs/${program}`, import.meta.url))
  return existsSync(own) ? own : fileURLToPath(new URL(`../node_modules/${program}`, import.meta.url))
}

/**
 * Runs a guest as three replicas, kills its primaries under traffic, and asks each replica for the state. Returns how
 * many exchanges there were.
 */
export async function survive(guest, service) {
  const environment = { HOST: '127.0.0.1', ...(service !== undefined && { SERVICE_PORT: String(service.port) }) }
  const group = await ReplicatedGuest.start(programOf(guest), { ...guest, environment })
  let traffic
  try {
    const { open } = await import(`../traffic/${guest.traffic}.js`)
    traffic = await within('the clients are not connected', open({ port: group.port, guest }))
    const exchanges = await killUnderTraffic(group, traffic)
    await level(group)
    await askEach(group, traffic)
    await service?.check?.(traffic)
    expectNoDivergence(group)
    leave(traffic)
    traffic = undefined
    await end(group)
    return exchanges
  } catch (error) {
    const words = `${group.run.stdout.slice(-1000)}\n${group.run.stderr.slice(-3000)}`
    throw new Error(`${error.stack}\n${words}`, { cause: error })
  } finally {
    leave(traffic)
    await group.close()
  }
}

function leave(traffic) {
  for (const client of traffic?.clients ?? []) client.close()
}

/** As the program ends alone: by the signal, or of its own accord after it. */
async function end(group) {
  const code = await group.stop()
  if (!ENDED.includes(code)) throw new Error(`llft run ended with ${code}`)
}

/** How many exchanges there were. */
async function killUnderTraffic(group, { clients }) {
  const run = { exchanges: 0, stopped: false }
  const busy = Promise.all(
    clients.map(async (client) => {
      while (!run.stopped) {
        await within('no answer', client.exchange())
        run.exchanges++
        await sleep(Math.random() * THINK_MS_MAX)
      }
    }),
  )
  const more = async () => {
    const enough = run.exchanges + EXCHANGES
    while (run.exchanges < enough && !run.stopped) await sleep(1)
  }
  const killing = async () => {
    for (let kills = 0; kills < KILLS; kills++) {
      const status = await group.caughtUp(REPLICAS, kills, CAUGHT_UP_MS)
      await more()
      kill(status)
    }
    await group.caughtUp(REPLICAS, KILLS, CAUGHT_UP_MS)
    await more()
  }
  try {
    await Promise.race([killing(), busy])
  } finally {
    run.stopped = true
  }
  await busy
  return run.exchanges
}

function kill({ primary, replicas }) {
  process.kill(replicas.find(({ id }) => id === primary).pid, 'SIGKILL')
}

/** Resolves when all replicas have executed the same history, and their digests, entry by entry, end in the same. */
async function level({ digestFolder }) {
  const deadline = performance.now() + ANSWER_MS
  for (;;) {
    const last = readdirSync(digestFolder).map((name) => lastDigest(join(digestFolder, name)))
    const furthest = Math.max(...last.map(({ index }) => index))
    const there = last.filter(({ index }) => index === furthest)
    if (there.length === REPLICAS) return same(new Set(there.map(({ digest }) => digest)).size, 1)
    if (performance.now() > deadline) throw new Error(`not level: ${JSON.stringify(last)}`)
    await sleep(20)
  }
}

/** Lines `index digest` and `lead index view`. */
function lastDigest(file) {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  const [index, digest] = (lines.findLast((line) => !line.startsWith('lead ')) ?? '0 none').split(' ')
  return { index: Number(index), digest }
}

/** Each replica leads once and says what it has in memory. */
async function askEach(group, traffic) {
  const first = await within('no state', traffic.state())
  for (let asked = 1; asked < REPLICAS; asked++) {
    kill(await group.caughtUp(1, KILLS + asked - 1))
    same(await within('no state', traffic.state()), first)
  }
}

/** What each replica sent is compared all the time; so are its digests, here, entry by entry. */
function expectNoDivergence({ run, digestFolder }) {
  const warning = /LLFT_W_REPLICA_DIVERGED.*/.exec(run.stderr)
  if (warning !== null) throw new Error(warning[0])
  const { shared, difference } = compareDigests(digestFolder)
  if (difference !== undefined) throw new Error(`digests differ ${difference}`)
  const compared = shared.filter((count) => count >= SHARED_MIN).length
  if (compared < REPLICAS + KILLS) throw new Error(`only ${compared} replicas were compared: ${shared.join(' ')}`)
}

async function within(what, promise) {
  const over = new AbortController()
  const late = sleep(ANSWER_MS, undefined, { signal: over.signal }).then(() => {
    throw new Error(`${what} within ${ANSWER_MS} ms`)
  })
  late.catch(() => {})
  try {
    return await Promise.race([promise, late])
  } finally {
    over.abort()
  }
}
