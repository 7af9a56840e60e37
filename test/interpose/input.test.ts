import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runGuest } from './conductor/run-guest.js'

const guest = new URL('conductor/guests/input.cjs', import.meta.url).pathname
const input = Array.from({ length: 40 }, (_, at) => `line ${at} ${'x'.repeat(500)}\n`)

test.each(['stream', 'lines', 'iterator', 'sync', 'text', 'device', 'callback', 'file', 'once', 'untouched'])(
  'standard input, read by %s',
  async (way) => {
    // A pipe, as a shell makes it; what Node makes for a child is a socket.
    const command = ['-c', 'cat | "$0" "$@"', process.execPath, guest, way]
    const plain = execFileSync('sh', command, { encoding: 'utf8', input: input.join('') })
    const live = await runGuest('input.cjs', { host: true, input, args: [way] })
    expect(live.errors).toBe('')
    expect(live.output).toBe(plain)
    expect(live.code).toBe(0)
    const replayed = await runGuest('input.cjs', { follow: live, args: [way] })
    expect(replayed.errors).toBe('')
    expect(replayed.output).toBe(plain)
    expect(replayed.digests).toEqual(live.digests)
  },
)
