import { expect, test } from 'vitest'
import { divergenceIn } from '../../src/driver/index.js'
import { type Run, runGuest } from './conductor/run-guest.js'

const DIVERGED = 70

/** A replica without one of its hooks is one on whose program something that LLFT does not know of has an effect. */
async function differing(live: Run, hook: string): Promise<Run & { readonly difference: string }> {
  const replayed = await runGuest('differs.cjs', { follow: live, hooksOff: [hook] })
  return { ...replayed, difference: divergenceIn(`llft: ${replayed.errors}`)?.difference ?? replayed.errors }
}

test('a backup that sends something else stops there, and says what, where, and what the primary did', async () => {
  const live = await runGuest('differs.cjs')
  expect(live.errors).toBe('')
  const { code, difference, output } = await differing(live, 'cryptoRandom')
  expect(code).toBe(DIVERGED)
  expect(output).not.toContain('more')
  expect(difference).toMatch(/^`output` to the console \(44 bytes: "answer [-0-9a-f]{36}\\n"\) is sent, digest \d+; /)
  expect(difference).toMatch(
    /the primary sent another, digest \d+, in an operation `timers`, by console\S*\.log\(\) at /,
  )
  expect(difference).toMatch(/guests\/differs\.cjs:5$/)
})

test('one that reads something else, too', async () => {
  const live = await runGuest('differs.cjs')
  const { code, difference } = await differing(live, 'date')
  expect(code).toBe(DIVERGED)
  expect(difference).toMatch(
    /^`output` to the console .* is sent where the primary read `date`, in .*guests\/differs\.cjs:5$/,
  )
})
