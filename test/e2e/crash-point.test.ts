import { describe, expect, test } from 'vitest'
import { surviveFaults } from './harness/crash-point.js'
import { surviveTracedKills, WITHOUT_STRACE } from './harness/strace.js'

describe('the primary is killed exactly at its n-th send; all of 1 to 40 in the slow lane', () => {
  // Regression: at 1 and 2 the founder died before the supervisor knew any view, and its loss was no fail-over.
  test.each([1, 2, 5, 17, 36])('n = %i: every client sees one unbroken stream', async (killAtSend) => {
    await surviveFaults({ r1: { killAtSend } }, 1)
  })

  test.skipIf(WITHOUT_STRACE !== '')(`by the kernel, at the entry of the system call${WITHOUT_STRACE}`, async () => {
    await surviveTracedKills([1, 2, 7])
  })
})

describe('the new primary is killed during its takeover', () => {
  test.each(['proposed', 'recovered', 'established'] as const)(
    'when it has %s, the next one takes over',
    async (stage) => {
      const faults = { r1: { killAtSend: 30 }, r2: { killAtTakeover: stage } }
      const status = await surviveFaults(faults, stage === 'established' ? 2 : 1)
      expect(status.primary).toBe('r3')
    },
  )
})
