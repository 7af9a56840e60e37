import { test } from 'vitest'
import { GUESTS } from '../harness/guest-list.js'
import { survive } from '../harness/survival.js'
test('http2', async () => {
  await survive({ ...GUESTS.http2, kills: 3, sharedMin: 50 })
})
