import { test } from 'vitest'
import { HttpConnection } from '../harness/http-connection.js'
import { survive } from '../harness/survival.js'

const KILLS = 4

test('four threads that share memory (a spin lock, a mutex that waits) under clients that never notice', async () => {
  await survive({ guest: 'shared-memory.cjs', open: (port) => HttpConnection.open(port), kills: KILLS, sharedMin: 300 })
})
