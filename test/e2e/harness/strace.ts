import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import { SEQUENCE_GUEST, SequenceClient } from './sequence.js'
import { startFaulty } from './crash-point.js'

const SENDS = 'sendmsg,sendmmsg'

/** Why a suite with strace cannot run here; empty when it can. */
export const WITHOUT_STRACE: string = reason()

function reason(): string {
  const { error, status } = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true'])
  if (error !== undefined) return ' (skipped: strace is not installed)'
  return status === 0 ? '' : ' (skipped: tracing is not permitted here)'
}

/** The kernel kills the process at its n-th send from now on; resolves when it is dead. */
async function killAtSend(pid: number, n: number): Promise<void> {
  const inject = ['-e', `trace=${SENDS}`, '-e', `inject=${SENDS}:signal=KILL:when=${n}`]
  const tracer = spawn('strace', ['-f', '-qq', '-o', '/dev/null', ...inject, '-p', String(pid)], { stdio: 'ignore' })
  await once(tracer, 'close')
}

/** One group whose primaries die one after the other, each at its n-th send after the tracer came. */
export async function surviveTracedKills(sends: readonly number[]): Promise<void> {
  const { scene, run, port } = await startFaulty(SEQUENCE_GUEST, {})
  try {
    await run.printed(/^up$/m)
    const clients = [1, 2].map(() => new SequenceClient(port))
    for (const [at, n] of sends.entries()) {
      const { replicas, primary } = await scene.statusWhen((status) => isWhole(status.replicas))
      await killAtSend(replicas.find(({ id }) => id === primary)?.pid as number, n)
      await scene.statusWhen((status) => status.failoverCount === at + 1)
      for (const client of clients) await client.more(10)
    }
    for (const client of clients) await client.finish()
    expect(run.stdout).toBe('up\n')
  } catch (error) {
    throw new Error(`${String(error)}\n${run.stdout}\n${run.stderr}`, { cause: error })
  } finally {
    await scene.close()
  }
}

function isWhole(replicas: readonly { readonly state: string }[]): boolean {
  return replicas.filter(({ state }) => state === 'ready').length === 3
}
