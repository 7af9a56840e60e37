import { describe, expect, test } from 'vitest'
import type { GuestOptions, Run } from './conductor/run-guest.js'
import { runGuest } from './conductor/run-guest.js'

const GATEWAY = 2
const CONSOLE = 3
const SIGTERM = 15

type Step = NonNullable<GuestOptions['script']>[number]

const name = (port: number): object => ({ address: '127.0.0.1', family: 4, port })
const facts = {
  protocol: 'TLSv1.3',
  cipher: { name: 'A', standardName: 'B', version: 'C' },
  alpnProtocol: false,
  servername: 'x',
  sessionReused: false,
}

const open = (stream: number, more: object = {}): Step => [
  20,
  GATEWAY,
  { frame: 'open', stream, listener: 1, remote: name(5000 + stream), local: name(8080), ...more },
]
const data = (stream: number, bytes: string): Step => [5, GATEWAY, { frame: 'data', stream, bytes }]
const end = (stream: number): Step => [5, GATEWAY, { frame: 'end', stream }]
const reset = (stream: number): Step => [5, GATEWAY, { frame: 'reset', stream }]
const terminate: Step = [30, CONSOLE, { frame: 'signal', signal: SIGTERM }]

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
const post = (body: string): string =>
  `POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const handshake = (path: string): string =>
  get(
    path,
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
  )
const message = (text: string): string => `\x81${String.fromCodePoint(0x80 | text.length)}\0\0\0\0${text}`

const web = [
  open(1),
  open(2),
  data(1, post('{"a":1}')),
  data(2, get('/file')),
  data(1, get('/later') + get('/error')),
  data(2, get('/x').slice(0, 9)),
  data(2, get('/x').slice(9)),
  end(2),
]
const GUESTS: readonly {
  readonly guest: string
  readonly script: readonly Step[]
  readonly says: string
  readonly code: number | null
}[] = [
  { guest: 'express.cjs', script: [...web, terminate], says: 'ready', code: 3 },
  { guest: 'fastify.cjs', script: [...web, terminate], says: 'closed', code: 0 },
  { guest: 'koa.cjs', script: [...web, terminate], says: 'closed', code: 0 },
  {
    guest: 'ws.cjs',
    script: [
      open(1),
      open(2),
      data(1, handshake('/')),
      data(2, handshake('/')),
      data(1, message('hi')),
      data(2, message('there')),
      end(1),
      terminate,
    ],
    says: 'close 1006',
    code: 0,
  },
  {
    guest: 'socketio.cjs',
    script: [
      open(1),
      data(1, handshake('/socket.io/?EIO=4&transport=websocket')),
      data(1, message('40')),
      data(1, message('421["say","hello"]')),
      terminate,
      end(1),
    ],
    says: 'connected',
    code: 0,
  },
  {
    guest: 'https.cjs',
    script: [open(1, { tls: { json: JSON.stringify(facts) } }), data(1, get('/a')), data(1, get('/b')), terminate],
    says: '',
    // Killed by its own SIGUSR2.
    code: null,
  },
  {
    guest: 'net.cjs',
    script: [
      open(1),
      open(2),
      data(1, 'one'),
      data(1, 'two'),
      data(2, 'three'),
      reset(2),
      data(1, 'four'),
      end(1),
      terminate,
    ],
    says: 'exit 0',
    code: 0,
  },
]

const at = (guest: string): string => `../../fixtures/guests/${guest}`

function expectSame(replayed: Run, live: Run): void {
  expect(replayed.errors).toBe(live.errors)
  expect(replayed.output).toBe(live.output)
  expect(replayed.frames).toEqual(live.frames)
  expect(replayed.digests).toEqual(live.digests)
  expect(replayed.code).toBe(live.code)
}

describe('programs on the edge, recorded and replayed', () => {
  test.each(GUESTS)('$guest', async ({ guest, script, says, code }) => {
    const live = await runGuest(at(guest), { script })
    expect(live.errors).toBe('')
    expect(live.output).toContain(says)
    expect(live.code).toBe(code)
    expect(live.frames.filter((frame) => frame.includes('"data"')).length).toBeGreaterThan(0)
    expectSame(await runGuest(at(guest), { follow: live }), live)
  })
})

describe('a history that ends in the middle is gone on with', () => {
  test.each(['express.cjs', 'ws.cjs', 'net.cjs'])('%s', async (guest) => {
    const script = GUESTS.find((candidate) => candidate.guest === guest)?.script ?? []
    const live = await runGuest(at(guest), { script })
    const last = live.entries.length
    for (const cut of [2, Math.floor(last / 3), Math.floor((2 * last) / 3), last - 1]) {
      const successor = await runGuest(at(guest), { follow: live, cut })
      expect(successor.errors).toBe('')
      expect(successor.promoted).toBe(cut)
      for (const [index, digest] of successor.digests) if (index <= cut) expect(digest).toBe(live.digests.get(index))
      // All the clients' frames are there already, so that a program which is timed can only differ after the cut.
      expect(successor.code).toBe(live.code)
    }
  })
})
