import { test } from 'vitest'
import { GUESTS } from '../harness/guest-list.js'
import { survive } from '../harness/survival.js'
test('http2', async () => {
  await survive({ ...GUESTS.http2, kills: Number(process.env.KILLS ?? 3), sharedMin: 50 })
}, 150000)
