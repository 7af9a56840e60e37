import { setTimeout as sleep } from 'node:timers/promises'
import type { SeededRandom } from '../../../src/base/index.js'
import type { Client, Transfer } from './client.js'
import type { ReplicatedGuest } from './replicated-guest.js'

/** A kill, and what a client had of its large reply right before and right after it. */
export interface Kill {
  readonly by: 'SIGKILL from outside' | 'llft kill primary'
  readonly primary: string
  readonly reply: { readonly before: number; readonly after: number; readonly of: number } | undefined
}

/** Whether some of the reply's bytes were released when the primary died, and some not. */
export function inFlight({ reply }: Kill): boolean {
  return reply !== undefined && reply.before > 0 && reply.after < reply.of
}

const REPLY_BYTES_MIN = 2_000_000
const REPLY_BYTES_SPREAD = 3_000_000
/** A kill at once strikes any reply; the command needs a fifth of a second to start, so its reply takes a second. */
const PACE_MS = { 'SIGKILL from outside': 2, 'llft kill primary': 20 } as const
const QUIET_MS_MAX = 150
/** A kill by the command falls early in the reply, so that the reply still goes on when the command is there. */
const EARLY = 0.1

export interface Killing {
  readonly guest: ReplicatedGuest
  /** Gets the large replies. */
  readonly reader: Client
  readonly random: SeededRandom
}

/** Kills primary after primary, at random moments, as soon as another could take over. */
export async function killPrimaries(killing: Killing, kills: number): Promise<readonly Kill[]> {
  const done: Kill[] = []
  while (done.length < kills) done.push(await killOne(killing, done.length))
  return done
}

async function killOne({ guest, reader, random }: Killing, count: number): Promise<Kill> {
  const by = count % 2 === 0 ? 'SIGKILL from outside' : 'llft kill primary'
  const { primary, replicas } = await guest.caughtUp(random.chance(500) ? 2 : 3, count)
  const pid = replicas.find(({ id }) => id === primary)?.pid
  if (primary === null || typeof pid !== 'number') throw new Error('a primary without a process')
  const kill = async (): Promise<void> => {
    if (by === 'llft kill primary') await guest.killPrimary()
    else process.kill(pid, 'SIGKILL')
  }
  if (count % 4 === 3) {
    await sleep(random.below(QUIET_MS_MAX))
    await kill()
    return { by, primary, reply: undefined }
  }
  const transfer: Transfer = { bytes: REPLY_BYTES_MIN + random.below(REPLY_BYTES_SPREAD), received: 0 }
  const share = (random.below(1000) / 1000) * (by === 'llft kill primary' ? EARLY : 1)
  let reply: Kill['reply']
  let killed: Promise<void> | undefined
  const strike = async (): Promise<void> => {
    const before = transfer.received
    await kill()
    reply = { before, after: transfer.received, of: transfer.bytes }
  }
  await reader.transfer(transfer, PACE_MS[by], () => {
    if (killed !== undefined || transfer.received <= share * transfer.bytes) return
    killed = strike()
    // Awaited below, unless the reply itself fails before.
    killed.catch(() => {})
  })
  await killed
  return { by, primary, reply }
}
