import { test } from 'vitest'
import { GUESTS } from '../harness/guest-list.js'
import { ReplicatedGuest } from '../harness/replicated-guest.js'
import { Client } from '../harness/client.js'
import { SeededRandom } from '../../../src/base/index.js'
test('http2', async () => {
  const guest = await ReplicatedGuest.start('http2.cjs')
  try {
    const c = new Client('0', await GUESTS.http2.open(guest.port, 0), new SeededRandom(5))
    const t0 = performance.now()
    for (let i = 0; i < 200; i++) await c.exchange()
    console.log('200 exchanges', performance.now() - t0)
    for (const pace of [0, 2]) {
      const transfer = { bytes: 3_000_000, received: 0 }
      const t1 = performance.now()
      await c.transfer(transfer, pace, () => {})
      console.log('3MB', pace, performance.now() - t1)
    }
    c.close()
    const t2 = performance.now()
    console.log('stop', await guest.stop(), performance.now() - t2, guest.run.stdout)
  } finally {
    await guest.close()
  }
}, 50000)
