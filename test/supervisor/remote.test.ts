import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Link } from '../../src/supervisor/remote/link.js'
import { parseWord } from '../../src/supervisor/remote/parse.js'
import type { HostOrder, HostReport, Word } from '../../src/supervisor/remote/words.js'

const claim = {
  type: 'claim',
  slot: 'r1',
  memberId: 5,
  locator: 6,
  pid: 7,
  argv: ['node', 'a.js'],
  cwd: '/',
  fingerprint: { hash: 'h', parts: { node: 'v20' } },
}
const stamp = { group: 'far', speaker: 3, sequence: 9 }
const standing = {
  view: { number: 1, precedence: 1, backupView: 0 },
  members: [{ memberId: 5, locator: 6 }],
  peers: [7],
  leaving: [3],
}
const group = { founding: { epoch: 11, name: 'far' }, standing }
const gateway = { speaker: 4, term: 1, address: '10.0.0.9:7702', silent: true }
const guest = { claim, started: true, ...group, answers: 4, looped: true, end: null, evidence: '' }
const generation = { origin: 10, number: 2, epoch: 11 }
const place = { generation, decided: true, gateway }
const report = { word: 'report', ...stamp, ...place, guest } as unknown as HostReport
const order = {
  word: 'order',
  ...stamp,
  term: 1,
  generation,
  decided: false,
  member: 5,
  start: { founding: { name: 'far' }, join: null },
  kill: false,
  lost: [8],
  over: null,
  probeMs: 100,
  beatMs: 50,
} as unknown as HostOrder
const vote = {
  word: 'vote',
  ...stamp,
  wish: 'keep',
  seen: 5,
  voters: ['10.0.0.1:7702'],
  ttl: 3_000_000,
  driftBound: 100_000,
  name: 'host (10.0.0.9, pid 7)',
} satisfies Word
const voted = {
  word: 'voted',
  ...stamp,
  candidate: 3,
  nonce: 9,
  answer: { vote: 'free', state: 5 },
  holder: '',
} satisfies Word

const parsed = (value: unknown): Word | undefined => parseWord(Buffer.from(JSON.stringify(value)))

describe('what hosts and gateways say', () => {
  test('is read as it was said', () => {
    expect(parsed(report)).toEqual({ ...report, guest: { ...guest, claim: { ...claim, token: '' } } })
    expect(parsed({ ...report, guest: null })).toEqual({ ...report, guest: null })
    expect(parsed(order)).toEqual(order)
    const unknown = { ...guest, founding: null, standing: null }
    expect(parsed({ ...report, generation: null, gateway: null, guest: unknown })).toMatchObject({
      generation: null,
      gateway: null,
      guest: { founding: null },
    })
    const standby = { word: 'standby', ...stamp, orphans: 2 }
    expect(parsed(standby)).toEqual(standby)
    for (const word of [vote, { ...vote, wish: 'take', seen: null }, voted]) expect(parsed(word)).toEqual(word)
    expect(parsed({ ...voted, answer: { vote: 'held', state: 1 } })).toEqual({ ...voted, answer: { vote: 'held' } })
    const back = { word: 'return', ...stamp, had: false }
    expect(parsed(back)).toEqual(back)
  })

  test.each([
    ['no word', { ...stamp }],
    ['no sequence', { ...report, sequence: -1 }],
    ['a guest that claims nothing', { ...report, guest: { ...guest, claim: {} } }],
    ['a guest with half an end', { ...report, guest: { ...guest, end: { code: 1 } } }],
    ['a gateway without a term', { ...report, gateway: { ...gateway, term: undefined } }],
    ['a founding of no group', { ...report, guest: { ...guest, founding: {} } }],
    ['a standing without peers', { ...report, guest: { ...guest, standing: { ...standing, peers: null } } }],
    ['a standing with half a name', { ...report, guest: { ...guest, standing: { ...standing, leaving: [0.5] } } }],
    ['a standby that counts nothing', { word: 'standby', ...stamp }],
    ['a place of no generation', { ...report, generation: { ...generation, number: 0 } }],
    ['a place that is decided perhaps', { ...report, decided: null }],
    ['an order to every generation', { ...order, generation: null }],
    ['lost members without numbers', { ...order, lost: ['5'] }],
    ['a start without a founding', { ...order, start: {} }],
    ['a probe without pause', { ...order, probeMs: 0 }],
    ['a vote for nothing', { ...vote, wish: 'get' }],
    ['a vote by what nobody has seen', { ...vote, seen: undefined }],
    ['a vote with voters without names', { ...vote, voters: [7] }],
    ['a vote with more voters than there are', { ...vote, voters: Array.from({ length: 65 }, () => 'a:1') }],
    ['a lease of no time', { ...vote, ttl: 0 }],
    ['a lease that nobody outlives', { ...vote, ttl: 2 ** 44 }],
    ['a lease that clocks eat up', { ...vote, driftBound: 4_000_000 }],
    ['a name without end', { ...vote, name: 'n'.repeat(513) }],
    ['an answer that says nothing', { ...voted, answer: { vote: 'maybe' } }],
    ['an answer in no state', { ...voted, answer: { vote: 'free' } }],
    ['an answer to no question', { ...voted, nonce: null }],
    ['a return of what nobody had', { word: 'return', ...stamp }],
    ['an end without reason', { ...order, over: { end: { code: 0, signal: 0 } } }],
  ])('is dropped with %s', (_, value) => {
    expect(parsed(value)).toBeUndefined()
  })

  test('whatever arrives is read or dropped, and never raises', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        parseWord(Buffer.from(text))
      }),
    )
    const fields = fc.record({
      name: fc.constantFrom(...[order, report, vote, voted].flatMap((word) => Object.keys(word))),
      value: fc.jsonValue(),
    })
    fc.assert(
      fc.property(
        fields,
        ({ name, value }) => void [order, report, vote, voted].map((word) => parsed({ ...word, [name]: value })),
      ),
    )
  })
})

describe('Link', () => {
  const links: Link[] = []
  afterEach(() => links.splice(0).forEach((link) => link.close()))

  function make(port: number, group: string, peers: readonly number[]): { link: Link; heard: Word[] } {
    const heard: Word[] = []
    const link = new Link({
      own: { host: '127.0.0.1', port },
      peers: peers.map((peer) => ({ host: 'localhost', port: peer })),
      group,
      heard: (word) => heard.push(word),
    })
    links.push(link)
    return { link, heard }
  }

  test('names are looked up, oneself left out; another group is not heard', async () => {
    const [first, second, other] = [
      make(47_701, 'far', [47_701, 47_702]),
      make(47_702, 'far', []),
      make(47_703, 'near', []),
    ]
    for (const { link } of [first, second, other]) await link.open()
    expect(first.link.known).toEqual([{ address: '127.0.0.1', port: 47_702 }])
    const [peer] = first.link.known
    if (peer !== undefined) first.link.say(report, peer)
    other.link.say({ ...report, group: 'near' }, { address: '127.0.0.1', port: 47_702 })
    await vi.waitUntil(() => second.heard.length === 1 && second.link.dropped === 1)
    first.link.close()
    first.link.say(report, { address: '127.0.0.1', port: 47_702 })
  })

  test('an address that is not of this host is an error with a remedy', async () => {
    const link = new Link({ own: { host: '203.0.113.9', port: 7702 }, peers: [], group: 'far', heard: () => {} })
    links.push(link)
    await expect(link.open()).rejects.toMatchObject({ code: 'LLFT_E_NET_ADVERTISE', exitCode: 3 })
  })
})
