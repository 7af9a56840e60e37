import { describe, test } from 'vitest'
import { GUESTS } from './harness/guest-list.js'
import { survive } from './harness/survival.js'

/** The soak lane kills more. */
const KILLS = 3

describe('clients never notice that primaries are killed', () => {
  test.each(Object.entries(GUESTS))('%s', async (_, guest) => {
    await survive({ ...guest, kills: KILLS, sharedMin: 150 })
  })
})
