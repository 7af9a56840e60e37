// All cores are kept busy by others; nobody must be taken for dead.
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { startGroup } from '../subject.js'
import { watched } from './watched.js'

const PROGRAM = fileURLToPath(new URL('../../dist/bench/guest/main.js', import.meta.url))
const REPLICAS = 3
const PAUSE_MS = 10_000

/** Resolves with how many takeovers there were. */
export async function busy(minutes) {
  const group = await startGroup(PROGRAM, REPLICAS)
  const spinners = Array.from({ length: availableParallelism() }, () => new Worker('for (;;);', { eval: true }))
  try {
    for (const endsAt = performance.now() + minutes * 60_000; performance.now() < endsAt;) {
      await watched(group.port, () => sleep(PAUSE_MS))
      const { failoverCount } = await group.admin.status()
      process.stderr.write(`${Math.ceil((endsAt - performance.now()) / 1000)} s left, ${failoverCount} takeovers\n`)
    }
    return (await group.admin.status()).failoverCount
  } finally {
    for (const spinner of spinners) await spinner.terminate()
    await group.stop()
  }
}
