import { describe, test } from 'vitest'
import { GUESTS } from '../harness/guest-list.js'
import { survive } from '../harness/survival.js'

const KILLS = 24

describe('clients never notice that primaries are killed, one after the other', () => {
  test.each(Object.entries(GUESTS))('%s', async (_, guest) => {
    await survive({ ...guest, kills: KILLS, sharedMin: KILLS * 40 })
  })
})
