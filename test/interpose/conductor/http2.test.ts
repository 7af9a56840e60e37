import { describe, expect, test } from 'vitest'
import { ENTRY_CONTINUES } from '../../../src/message/index.js'
import { clientChunks } from './h2-client.js'
import { type GuestOptions, type Run, runGuest } from './run-guest.js'

const name = { address: '127.0.0.1', family: 4, port: 3000 }
const GATEWAY = 2
/** Dozens of guests, one after the other, on a machine that does other things too. */
const MANY_GUESTS_MS = 240_000
const PATHS = ['/0', '/1', '/2', '/3', '/4', '/5', '/6', '/7', '/8', '/9']

async function script(): Promise<NonNullable<GuestOptions['script']>> {
  const chunks = await clientChunks(PATHS, 'b'.repeat(3000))
  return [
    [20, GATEWAY, { frame: 'open', stream: 1, listener: 1, remote: { ...name, port: 5555 }, local: name }],
    ...chunks.map((chunk) => [1, GATEWAY, { frame: 'data', stream: 1, bytes: chunk.toString('latin1') }] as const),
  ]
}

function expectSame(replayed: Run, live: Run): void {
  expect(replayed.errors).toBe('')
  expect(replayed.output).toBe(live.output)
  expect(replayed.frames).toEqual(live.frames)
  expect(replayed.entries).toEqual(live.entries)
  expect(replayed.digests).toEqual(live.digests)
  expect(replayed.code).toBe(live.code)
}

describe('an HTTP/2 server', () => {
  test('does at a backup what it did at the primary', async () => {
    const live = await runGuest('h2.cjs', { script: await script() })
    expect(live.errors).toBe('')
    expect(live.output).toContain('trailers 10')
    expect(live.code).toBe(0)
    expectSame(await runGuest('h2.cjs', { follow: live }), live)
  })

  test(
    'goes on where a history ends, inside a tail, too',
    async () => {
      const live = await runGuest('h2.cjs', { script: await script() })
      const unfinished = live.entries.flatMap((entry, at) => ((entry[0] as number) & ENTRY_CONTINUES ? [at + 1] : []))
      expect(unfinished.length).toBeGreaterThan(5)
      for (const cut of [...unfinished.slice(0, 6), 7, 12, 20]) {
        const successor = await runGuest('h2.cjs', { follow: live, cut })
        expect(successor.errors).toBe('')
        expect(successor.promoted).toBe(cut)
        expect(successor.code).toBe(0)
        expect(successor.output).toContain('trailers 10')
        expectSame(await runGuest('h2.cjs', { follow: successor }), successor)
      }
    },
    MANY_GUESTS_MS,
  )
})
