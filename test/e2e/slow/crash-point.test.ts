import { describe, test } from 'vitest'
import { surviveFaults } from '../harness/crash-point.js'
import { surviveTracedKills, WITHOUT_STRACE } from '../harness/strace.js'

const SENDS = Array.from({ length: 40 }, (_, at) => at + 1)

describe('crash-point sweep: the primary is killed exactly at its n-th send', () => {
  test.each(SENDS)('n = %i: every client sees one unbroken stream', async (killAtSend) => {
    await surviveFaults({ r1: { killAtSend } }, 1)
  })
})

describe('the same by the kernel, at the entry of the system call', () => {
  test.skipIf(WITHOUT_STRACE !== '')(`n = 1 to 40${WITHOUT_STRACE}`, async () => {
    await surviveTracedKills(SENDS)
  })
})
