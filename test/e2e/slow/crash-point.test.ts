import { describe, test } from 'vitest'
import { surviveFaults } from '../harness/crash-point.js'
import { surviveTracedKills, WITHOUT_STRACE } from '../harness/strace.js'

const SENDS = Array.from({ length: 40 }, (_, at) => at + 1)
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
