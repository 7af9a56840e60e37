import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { expectSame } from './conductor/expect-same.js'
import { runGuest } from './conductor/run-guest.js'

const guest = new URL('conductor/guests/datagrams.cjs', import.meta.url).pathname

test.each(['ipv6', 'IPv4 within IPv6', 'multicast', 'buffer sizes'])(
  'UDP, %s: what it is on plain Node; a backup opens no socket',
  async (kind) => {
    const plain = execFileSync(process.execPath, [guest, kind], { encoding: 'utf8' })
    const live = await runGuest('datagrams.cjs', { host: true, args: [kind] })
    expect(live.errors).toBe('')
    expect(live.output).toBe(plain)
    expectSame(await runGuest('datagrams.cjs', { follow: live, args: [kind] }), live)
  },
)
