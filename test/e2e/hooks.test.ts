import { afterEach, expect, test } from 'vitest'
import { until } from '../supervisor/support.js'
import type { Scene } from './command-run.js'
import { startFaulty } from './harness/crash-point.js'
import { datagramFolder } from './harness/datagrams.js'
import { compareDigests } from './harness/digests.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

/** Shows on stdout, which the digest covers, one source of chance or time. */
const SHOWING = {
  date: 'Date.now()',
  hrtime: 'process.hrtime.bigint()',
  performance: 'performance.now()',
  cryptoRandom: `require('node:crypto').randomUUID()`,
  identity: 'process.pid',
} as const

/** Enough operations that every replica has written a part of its chain; it is written by 64. */
const SHARED_MIN = 64

async function chainsOf(hook: keyof typeof SHOWING, hooksOff: readonly string[]): Promise<string | undefined> {
  const digestFolder = datagramFolder()
  const program = `let n = 0; setInterval(() => console.log(++n, String(${SHOWING[hook]})), 2)`
  const { scene, run } = await startFaulty(program, { '*': { hooksOff, digestFolder } })
  scenes.push(scene)
  const seen = (): boolean => {
    const { difference, replicas, shared } = compareDigests(digestFolder)
    if (difference !== undefined || run.stderr.includes('LLFT_W_REPLICA_DIVERGED')) return true
    return replicas === 3 && shared.every((count) => count > SHARED_MIN)
  }
  await until(seen, 15_000)
  return compareDigests(digestFolder).difference ?? /LLFT_W_REPLICA_DIVERGED.*/.exec(run.stderr)?.[0]
}

test.each(Object.keys(SHOWING) as (keyof typeof SHOWING)[])(
  'with the hook %s the digests of three replicas are equal, without it they differ',
  async (hook) => {
    expect(await chainsOf(hook, [])).toBeUndefined()
    expect(await chainsOf(hook, [hook])).toBeDefined()
  },
)
