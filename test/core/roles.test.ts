import { expect, test } from 'vitest'
import { assert } from '../../src/base/index.js'
import type { Role } from '../../src/core/index.js'
import { MOVES, Replica } from '../../src/core/index.js'
import type { Instant, Message, MessageOf } from '../../src/message/index.js'
import type { Subject } from './subjects.js'
import {
  APPLICATION,
  CONSOLE,
  FIRST,
  fromPeer,
  GATEWAY,
  inside,
  MEMBERS,
  replica,
  replicaTerms,
  SECOND,
  SUBJECTS,
} from './subjects.js'

const roleOf = (subject: Subject): Role => (subject.observed() as { role: Role }).role

/** A takeover's deadlines are many: all of them within this many. */
const DEADLINES_MAX = 5000

function expireUntil(subject: Subject, role: Role): void {
  for (let at = 0; at < DEADLINES_MAX && roleOf(subject) !== role; at++) subject.expire()
}

const CAUSE = { received: [], held: 0, supersedes: FIRST, supersededLength: 0 }
const proposal = (number: number, by: number, members: readonly object[]): Message =>
  inside('ProposePrimary', by, { proposed: { number, precedence: by, backupView: 0 }, members, ...CAUSE })
const WITHOUT_2 = MEMBERS.filter(({ memberId }) => memberId !== 2)
const gone = fromPeer('FaultNotice', CONSOLE, { group: APPLICATION.group, member: 1, members: [], length: 0 })

/** Everybody has answered the proposal of member 2, and holds this many entries. */
function answer(subject: Subject, held: number): void {
  subject.receive(inside('AcceptPrimary', 3, { accepted: SECOND, held, received: [] }))
  for (const peer of [GATEWAY, CONSOLE]) {
    subject.receive(fromPeer('RecoveryReport', peer, { accepted: SECOND, held, receivedUpTo: 0, released: 0 }))
  }
}

/** The view that was proposed by somebody who is no member any more, and by member 2. */
const GONE = { number: 4, precedence: 9, backupView: 0 }
const OF_A_MEMBER = { number: 4, precedence: 2, backupView: 0 }
/** The gateway does not take the established view: it has adopted another, and waits for its proposer. */
const waitsFor = (adopted: object): Message =>
  fromPeer('Refuse', GATEWAY, { known: FIRST, members: MEMBERS, length: 0, adopted })

/** What the primary proposes then, once everybody has answered it. */
function outbid(subject: Subject): MessageOf<'ProposePrimary'> {
  const [proposed] = subject
    .receive(waitsFor(GONE))
    .flatMap((output) => (output.output === 'send' && output.message.kind === 'ProposePrimary' ? output.message : []))
  assert(proposed !== undefined, 'it proposes itself')
  const accepted = proposed.proposed
  for (const member of [2, 3]) subject.receive(inside('AcceptPrimary', member, { accepted, held: 5, received: [] }))
  for (const peer of [GATEWAY, CONSOLE]) {
    subject.receive(fromPeer('RecoveryReport', peer, { accepted, held: 5, receivedUpTo: 0, released: 0 }))
  }
  return proposed
}

function founder(): Subject {
  const machine = new Replica(replicaTerms(1))
  const subject = { observed: () => ({ role: machine.role }), receive: () => [], expire: () => [] }
  expect(roleOf(subject)).toBe('joining')
  machine.start(1 as Instant)
  return subject
}

type Play = readonly [make: () => Subject, act: (subject: Subject) => void]
const on = (name: keyof typeof SUBJECTS): (() => Subject) => SUBJECTS[name].make
const hears =
  (...messages: readonly Message[]) =>
  (subject: Subject): void => {
    for (const message of messages) subject.receive(message)
  }
const newcomer = { memberId: 4, precedence: 4, locator: 4, caughtUp: false }

/** How each move of the table is made. */
const PLAYS: Readonly<Record<string, Play>> = {
  'joining -> primary': [founder, () => {}],
  'joining -> backup': [
    on('a joining replica'),
    hears(inside('AcceptBackup', 1, { members: [...MEMBERS, newcomer], joinIndex: 1, length: 0 })),
  ],
  'joining -> stopped': [
    on('a joining replica'),
    hears(inside('Refuse', 1, { known: FIRST, members: MEMBERS, length: 0 })),
  ],
  'backup -> recovering': [on('a backup'), hears(gone)],
  'backup -> frozen': [on('a backup'), hears(proposal(2, 3, WITHOUT_2))],
  'backup -> stopped': [on('a backup'), hears(inside('RemoveBackup', 1, { members: WITHOUT_2 }))],
  'frozen -> backup': [on('a frozen replica'), hears(proposal(3, 1, MEMBERS))],
  'frozen -> recovering': [
    on('a frozen replica'),
    hears(gone, fromPeer('FaultNotice', CONSOLE, { group: APPLICATION.group, member: 3, members: [], length: 0 })),
  ],
  'frozen -> stopped': [on('a frozen replica'), (subject) => expireUntil(subject, 'stopped')],
  'recovering -> primary': [
    () => replica(2).subject,
    (subject) => {
      subject.receive(gone)
      expect(roleOf(subject)).toBe('recovering')
      answer(subject, 0)
    },
  ],
  'recovering -> backup': [on('a recovering replica'), hears(proposal(2, 1, MEMBERS))],
  'recovering -> frozen': [on('a recovering replica'), hears(proposal(2, 1, WITHOUT_2))],
  'recovering -> stopped': [
    on('a recovering replica'),
    (subject) => {
      answer(subject, 5)
      expireUntil(subject, 'stopped')
    },
  ],
  'primary -> outbidding': [on('a primary'), hears(waitsFor(GONE))],
  'outbidding -> primary': [on('a primary'), (subject): void => void outbid(subject)],
  'outbidding -> stopped': [on('a primary'), hears(waitsFor(GONE), proposal(9, 2, MEMBERS))],
  'primary -> stopped': [on('a primary'), hears(proposal(2, 2, MEMBERS))],
}

test('there is a play for every move, and a move for every play', () => {
  expect(Object.keys(PLAYS).toSorted()).toEqual(MOVES.map(({ from, to }) => `${from} -> ${to}`).toSorted())
})

test.each(Object.entries(PLAYS))('%s', (move, [make, act]) => {
  const subject = make()
  act(subject)
  expect(roleOf(subject)).toBe(move.split(' -> ')[1])
})

test('a primary outbids a proposer that is gone, by number, and leads all who answer', () => {
  const subject = on('a primary')()
  const { proposed, members } = outbid(subject)
  expect(proposed.number).toBeGreaterThan(GONE.number)
  expect(members).toEqual(MEMBERS)
  expect(subject.observed()).toMatchObject({ role: 'primary', view: proposed })
})

test('a primary outbids no member that may be alive, but does once that has failed', () => {
  const subject = on('a primary')()
  subject.receive(waitsFor(OF_A_MEMBER))
  expect(roleOf(subject)).toBe('primary')
  subject.receive(fromPeer('FaultNotice', CONSOLE, { group: APPLICATION.group, member: 2, members: [], length: 0 }))
  subject.receive(waitsFor(OF_A_MEMBER))
  expect(roleOf(subject)).toBe('outbidding')
})

test('who stops stays stopped', () => {
  const subject = on('a primary')()
  subject.receive(proposal(2, 2, MEMBERS))
  const before = subject.observed()
  hears(proposal(9, 2, MEMBERS), gone)(subject)
  expect(subject.observed()).toEqual(before)
})
