import { describe, test } from 'vitest'
import { surviveFaults } from '../harness/crash-point.js'
import { surviveTracedKills, WITHOUT_STRACE } from '../harness/strace.js'

const SENDS_MAX = 40
/** `.ci/run` has 40 minutes for everything, and leaves some out; `npx vitest run --project slow` tries each. */
const STEP = Number(process.env['LLFT_TEST_SENDS_STEP'] ?? 1)
const SENDS = Array.from({ length: Math.ceil(SENDS_MAX / STEP) }, (_, at) => at * STEP + 1)
/** Tracing makes every start slow: the sweep by the fault port above covers each n. */
const TRACED_SENDS = [1, 2, 3, 5, 8, 13, 21, 34, 40]

describe('crash-point sweep: the primary is killed exactly at its n-th send', () => {
  test.each(SENDS)('n = %i: every client sees one unbroken stream', async (killAtSend) => {
    await surviveFaults({ r1: { killAtSend } }, 1)
  })
})

describe('the same by the kernel, at the entry of the system call', () => {
  test.skipIf(WITHOUT_STRACE !== '')(`n = ${TRACED_SENDS.join(', ')}${WITHOUT_STRACE}`, async () => {
    await surviveTracedKills(TRACED_SENDS)
  })
})
