import { expect, test } from 'vitest'
import { runGuest } from '../conductor/run-guest.js'
import { expectSame } from '../conductor/expect-same.js'
const G = 2
const name = { address: '127.0.0.1', family: 4, port: 3000 }
test('x', async () => {
  const live = await runGuest('snapshot.cjs', { script: [
   [50, G, { frame: 'open', stream: 1, listener: 1, remote: { ...name, port: 5555 }, local: name }],
   [4, G, { frame: 'data', stream: 1, bytes: 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n' }],
   [20, G, { frame: 'snapshot', ask: 'save', bytes: '' }],
   [200, G, { frame: 'snapshot', ask: 'thaw', bytes: '' }],
   [50, G, { frame: 'data', stream: 1, bytes: 'GET /end HTTP/1.1\r\nConnection: close\r\nHost: x\r\n\r\n' }],
  ] })
  console.log(live.errors, live.frames)
  expectSame(await runGuest('snapshot.cjs', { follow: live }), live)
})
