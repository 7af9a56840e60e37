import { expect } from 'vitest'
import type { GroupStatus } from '../../../src/admin/index.js'
import type { TestFaults } from '../../../src/driver/index.js'
import { freePort, Scene } from '../command-run.js'
import type { Run } from '../command-run.js'
import { SEQUENCE_GUEST, SequenceClient } from './sequence.js'

export type Faults = Readonly<Record<string, TestFaults>>

/** Enough that a crash at any of the first hundred sends falls among them. */
const REQUESTS = 150

export interface Started {
  readonly scene: Scene
  readonly run: Run
  readonly port: number
}

/** A program under `llft run` with faults by slot; `server.js` gets its port as its argument. */
export async function startFaulty(program: string, faults: Faults, ...options: readonly string[]): Promise<Started> {
  const scene = new Scene({ 'server.js': program }, { LLFT_TEST_FAULTS: JSON.stringify(faults) })
  const port = await freePort()
  const run = scene.run(...options, '--', 'node', 'server.js', String(port))
  return { scene, run, port }
}

/** Runs clients against a group in which these faults strike, and demands unbroken streams and one output. */
export async function surviveFaults(faults: Faults, failovers: number): Promise<GroupStatus> {
  const { scene, run, port } = await startFaulty(SEQUENCE_GUEST, faults)
  try {
    await run.printed(/^up$/m)
    const clients = [1, 2].map(() => new SequenceClient(port))
    for (const client of clients) await client.more(REQUESTS)
    const status = await scene.statusWhen(({ failoverCount }) => failoverCount >= failovers)
    expect(status.failoverCount).toBe(failovers)
    for (const client of clients) await client.finish()
    expect(run.stdout).toBe('up\n')
    return status
  } catch (error) {
    throw new Error(`${String(error)}\n${run.stdout}\n${run.stderr}`, { cause: error })
  } finally {
    await scene.close()
  }
}
