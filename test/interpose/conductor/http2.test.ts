import { describe, expect, test } from 'vitest'
import { ENTRY_CONTINUES } from '../../../src/message/index.js'
import { clientChunks } from './h2-client.js'
import { expectSame } from './expect-same.js'
import { type GuestOptions, type Run, runGuest } from './run-guest.js'

const name = { address: '127.0.0.1', family: 4, port: 3000 }
const GATEWAY = 2
const MAJOR = Number.parseInt(process.versions.node, 10)
const HEAD_BYTES = 9
const GOAWAY = 7
/** A client's preface, and SETTINGS. */
const OPENING = Buffer.from('505249202a20485454502f322e300d0a0d0a534d0d0a0d0a000000040000000000', 'hex').toString(
  'latin1',
)

type Step = NonNullable<GuestOptions['script']>[number]

const REQUEST = Buffer.from('00000401050000000182868484', 'hex').toString('latin1')
const RESET = Buffer.from('00000403000000000100000008', 'hex').toString('latin1')

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

describe('an HTTP/2 server', () => {
  test('does at a backup what it did at the primary', async () => {
    const live = await runGuest('h2.cjs', { script: await script() })
    expect(live.errors).toBe('')
    expect(live.output).toContain('trailers 10')
    expect(live.output).toContain('ping ERR_HTTP2_PING_CANCEL')
    expect(live.output.match(/LLFT_E_REFUSED_HTTP2_FILE/g)).toHaveLength(PATHS.length)
    expect(live.code).toBe(0)
    expectSame(await runGuest('h2.cjs', { follow: live }), live)
  })

  test(
    'goes on where a history ends, inside a tail, too',
    async () => {
      const live = await runGuest('h2.cjs', { script: await script() })
      const unfinished = live.entries.flatMap((entry, at) => ((entry[0] as number) & ENTRY_CONTINUES ? [at + 1] : []))
      expect(unfinished.length).toBeGreaterThan(5)
      for (const cut of [...unfinished.slice(0, 3), 12, 20]) {
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

  // What C++ limits by the real clock, and Node 20 does not let us lift: the session is closed in time.
  const few = MAJOR < 22 ? /GOAWAY 0$/ : /^$/
  test.each([
    { resets: 950, says: few },
    { resets: 1200, says: /GOAWAY 2$/ },
  ])('counts the streams that a client resets by the time of the program: $resets', async ({ resets, says }) => {
    const [opened] = (await script()) as [Step]
    const half = RESET.repeat(resets / 2)
    const parts = [OPENING + REQUEST + half, half]
    const said = parts.map((bytes) => [2, GATEWAY, { frame: 'data', stream: 1, bytes }] as const)
    const live = await runGuest('h2.cjs', { script: [opened, ...said], args: ['resets'] })
    expect(live.errors).toBe('')
    expect(goaways(live)).toMatch(says)
    expectSame(await runGuest('h2.cjs', { follow: live, args: ['resets'] }), live)
  })
})

/** The GOAWAY frames that were sent. */
function goaways(run: Run): string {
  const texts = run.frames.map((frame) => JSON.parse(frame) as { frame: string; bytes?: string })
  const sent = Buffer.concat(
    texts.map(({ frame, bytes }) => Buffer.from(frame === 'data' ? (bytes ?? '') : '', 'latin1')),
  )
  const found: string[] = []
  for (let at = 0; at < sent.length; at += HEAD_BYTES + sent.readUIntBE(at, 3)) {
    if (sent[at + 3] === GOAWAY) found.push(`GOAWAY ${sent.readUInt32BE(at + HEAD_BYTES + 4)}`)
  }
  return found.join(', ')
}
