import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../src/base/index.js'
import { byRank, DEFAULT_LIMITS, Peer } from '../../src/core/index.js'
import type { Header, MemberId, Message, MessageOf } from '../../src/message/index.js'
import { NO_ENTRIES } from '../../src/message/index.js'
import type { Weather } from '../../src/sim/index.js'
import { CALM, Cluster } from '../../src/sim/index.js'
import { decode, Encoder } from '../../src/wire/index.js'
import type { Subject } from './subjects.js'
import { APPLICATION, CONSOLE, FIRST, fromPeer, GATEWAY, inside, MEMBERS, SUBJECTS, toGateway } from './subjects.js'

const asked = (member: number): Message => fromPeer('HandOver', CONSOLE, { member })
const report = (member: number, executed: number): Message =>
  inside('SecondAck', member, { held: executed, executed, keptBytes: 0, received: [] })
const roleOf = (subject: Subject): unknown => (subject.observed() as { role: unknown }).role

function sent(outputs: ReturnType<Subject['receive']>): readonly string[] {
  return outputs.flatMap((output) => {
    if (output.output !== 'send') return []
    const { kind } = output.message
    return output.to.map((to) => (kind === 'HandOver' ? `HandOver ${output.message.member} to ${to}` : `${kind} ${to}`))
  })
}

/** A primary that has decided five entries, and been asked to hand over to member 3. */
function handing(): Subject {
  const subject = SUBJECTS['a primary'].make()
  expect(sent(subject.receive(asked(3)))).toContain('Heartbeat 3')
  return subject
}

describe('a primary that is asked to hand over', () => {
  test('tells the successor once that has executed all that was decided, again until it proposes, then ends', () => {
    const subject = handing()
    expect(sent(subject.receive(report(3, 4)))).not.toContain('HandOver 3 to 3')
    expect(sent(subject.receive(report(2, 5)))).not.toContain('HandOver 3 to 3')
    expect(sent(subject.receive(report(3, 5)))).toContain('HandOver 3 to 3')
    expect(sent(subject.receive(asked(3)))).toEqual([])
    let repeats = 0
    for (let at = 0; at < 20; at++) repeats += Number(sent(subject.expire()).includes('HandOver 3 to 3'))
    expect(repeats).toBeGreaterThan(2)
    const proposed = { number: 3, precedence: 3, backupView: 0 }
    const body = { proposed, supersedes: FIRST, supersededLength: 0, members: MEMBERS.slice(1), held: 5, received: [] }
    subject.receive(inside('ProposePrimary', 3, body))
    expect(roleOf(subject)).toBe('stopped')
  })

  test('goes on when the successor does not catch up in time, and may be asked again', () => {
    const subject = handing()
    const works: unknown[] = []
    for (let at = 0; at < 600; at++) works.push(...subject.expire().filter(({ output }) => output === 'work'))
    expect(works.length).toBeGreaterThan(0)
    expect(roleOf(subject)).toBe('primary')
    expect(sent(subject.receive(report(3, 5)))).not.toContain('HandOver 3 to 3')
    subject.receive(asked(2))
    expect(sent(subject.receive(report(2, 5)))).toContain('HandOver 2 to 2')
  })

  test('goes on when the successor fails before it was told; ends when it fails afterwards', () => {
    const failed = fromPeer('FaultNotice', CONSOLE, { group: APPLICATION.group, member: 3, members: [], length: 0 })
    const before = handing()
    before.receive(failed)
    expect(roleOf(before)).toBe('primary')
    const after = handing()
    after.receive(report(3, 5))
    after.receive(failed)
    expect(roleOf(after)).toBe('stopped')
  })

  test.each([1, 4, 77])('does nothing for member %i, which is itself or none', (member) => {
    const subject = SUBJECTS['a primary'].make()
    expect(sent(subject.receive(asked(member)))).toEqual([])
  })
})

describe('a backup', () => {
  test('proposes itself when its primary says so, to all but that primary', () => {
    const subject = SUBJECTS['a backup'].make()
    const outputs = subject.receive(inside('HandOver', 1, { member: 2 }))
    const proposal = outputs.find((output) => output.output === 'send' && output.message.kind === 'ProposePrimary')
    expect(proposal).toMatchObject({ message: { proposed: { number: 2, precedence: 2 } } })
    expect(proposal).toMatchObject({ message: { members: [{ memberId: 2 }, { memberId: 3 }] } })
    expect(roleOf(subject)).toBe('recovering')
  })

  test.each([
    ['another than its primary', inside('HandOver', 3, { member: 2 })],
    ['a connected group', fromPeer('HandOver', CONSOLE, { member: 2 })],
    ['its primary, about another', inside('HandOver', 1, { member: 3 })],
    ['its primary, under an older view', inside('HandOver', 1, { member: 2, peerView: { ...FIRST, number: 0 } })],
  ])('is not moved by %s', (_, message) => {
    const subject = SUBJECTS['a backup'].make()
    expect(sent(subject.receive(message))).toEqual([])
    expect(roleOf(subject)).toBe('backup')
  })
})

describe('a connected group', () => {
  test('asks until a view follows, or for so long', () => {
    const { handOverTimeout: timeout, repeatDelay: delay } = DEFAULT_LIMITS
    const terms = { identity: GATEWAY, application: APPLICATION, contacts: [], limits: DEFAULT_LIMITS, reflects: true }
    const peer = new Peer(terms)
    const step = (now: number, input: Parameters<Peer['step']>[1]): readonly string[] =>
      sent(peer.step(now as Parameters<Peer['step']>[0], input))
    const receive = (message: Message) => ({ input: 'received', message }) as const
    step(1, receive(toGateway('Establish', 1, { established: FIRST, members: MEMBERS, length: 0 })))
    const to = 2 as MemberId
    expect(step(2, { input: 'handOver', to })).toEqual(['HandOver 2 to 1'])
    expect(step(2 + delay, { input: 'deadline' })).toContain('HandOver 2 to 1')
    expect(step(2 + timeout, { input: 'deadline' })).not.toContain('HandOver 2 to 1')
    step(timeout * 2, { input: 'handOver', to })
    const proposed = { number: 2, precedence: 2, backupView: 0 }
    const members = MEMBERS.slice(1)
    const body = { proposed, supersedes: FIRST, supersededLength: 0, members, held: 0, received: [] }
    step(timeout * 2 + 1, receive(toGateway('ProposePrimary', 2, body)))
    const next = toGateway('Establish', 2, { established: proposed, members, length: 0, view: proposed })
    step(timeout * 2 + 2, receive(next))
    expect(step(timeout * 2 + delay + 1, { input: 'deadline' })).not.toContain('HandOver 2 to 2')
  })
})

test('members by rank: the primary, those after it, those before it', () => {
  const ranks = (precedence: number): readonly number[] =>
    byRank({ view: { ...FIRST, precedence } as never, members: MEMBERS as never }).map((member) => member.precedence)
  expect([ranks(1), ranks(2), ranks(3)]).toEqual([
    [1, 2, 3],
    [2, 3, 1],
    [3, 1, 2],
  ])
})

const ROUGH: Weather = { ...CALM, loss: 100, duplication: 100, spike: 100 }
/** What planned changes, and failures beside them, make a replica stop of. */
const STOPS: ReadonlySet<string> = new Set([
  'handed over',
  'superseded by a newer view',
  'superseded',
  'declared to have failed',
  'removed from the group',
  'left out of the established view',
])

/** A cluster whose console asks for planned changes, as a supervisor does. */
class Directed {
  readonly cluster: Cluster
  readonly #encoder = new Encoder()
  #header: Header | undefined

  constructor(seed: number, replicas: number) {
    const terms = { seed, replicas, streams: 4, requestsPerStream: 400, stops: STOPS }
    this.cluster = new Cluster(terms)
    const { observe } = this.cluster.network
    this.cluster.network.observe = (passage): void => {
      const decoded = passage.from === this.cluster.console ? decode(passage.datagram) : undefined
      if (decoded?.ok === true) {
        const { message } = decoded
        this.#header = { ...message, order: NO_ENTRIES, reflected: NO_ENTRIES }
      }
      observe(passage)
    }
  }

  /** Says it once to whoever leads; a network may lose it. */
  ask(to: MemberId): void {
    const primary = this.cluster.processes.find((process) => process.member.live)
    if (this.#header === undefined || primary === undefined) return
    const message = { ...this.#header, kind: 'HandOver', member: to } as MessageOf<'HandOver'>
    const { console: from, network } = this.cluster
    network.carry(from, primary.locator, this.#encoder.encode(message).slice())
  }
}

const STEPS = 6000
const CALLS = 8

function play(seed: number, weather: Weather, crashes: number): Directed {
  const random = new SeededRandom(seed)
  const directed = new Directed(seed, 3 + (seed % 2))
  const { cluster } = directed
  cluster.network.weather = weather
  for (let step = 0; step < STEPS && !(cluster.clients.done && step > 2000); step++) {
    cluster.pump()
    cluster.tick()
    if (step > 50 && step < 2000 && step % Math.floor(2000 / CALLS) === 0) {
      const able = cluster.backups.filter((memberId) => cluster.isCaughtUp(memberId))
      const to = able[random.below(Math.max(1, able.length))]
      if (to !== undefined) {
        directed.ask(to)
        if (random.below(100) < crashes && cluster.caughtUp > 2) {
          // The successor, or another, dies in some step of the change.
          const victim = random.chance(500) ? to : able.find((memberId) => memberId !== to)
          const after = random.below(8000)
          if (victim !== undefined) cluster.world.after(after, () => cluster.crash(victim, true))
        }
      }
    }
    cluster.world.run(cluster.world.now + 1000)
  }
  return directed
}

describe('planned changes in a cluster under load', () => {
  test.each([
    ['in calm weather', CALM, 0],
    ['with loss, duplication and reordering', ROUGH, 0],
    ['with members that die beside them', ROUGH, 50],
  ])('%s: no law broken, everything answered', (_, weather, crashes) => {
    let takeovers = 0
    for (let seed = 1; seed <= 20; seed++) {
      const { cluster } = play(seed, weather, crashes)
      expect({ seed, violations: cluster.violations }).toEqual({ seed, violations: [] })
      expect({ seed, done: cluster.clients.done }).toEqual({ seed, done: true })
      takeovers += cluster.takeovers
    }
    expect(takeovers).toBeGreaterThan(20 * (CALLS / 4))
  })

  test('the order of succession goes round: members of lower precedence take over after those of higher', () => {
    const { cluster, ask } = ((directed) => ({ cluster: directed.cluster, ask: directed.ask.bind(directed) }))(
      new Directed(5, 3),
    )
    const run = (ms: number): void => {
      for (let at = 0; at < ms; at++) {
        cluster.pump()
        cluster.world.run(cluster.world.now + 1000)
      }
    }
    run(30)
    const [first, second, third] = cluster.processes.map(({ memberId }) => memberId) as [MemberId, MemberId, MemberId]
    expect(cluster.primary).toBe(first)
    ask(third)
    run(4)
    expect(cluster.primary).toBe(third)
    // Before a replacement is there: only the member of lower precedence is left.
    cluster.crash(third, true)
    run(20)
    expect(cluster.primary).toBe(second)
    run(3000)
    expect(cluster.violations).toEqual([])
    expect(cluster.clients.done).toBe(true)
  })
})
