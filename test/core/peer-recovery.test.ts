import { describe, expect, test } from 'vitest'
import type { PeerOutput } from '../../src/core/index.js'
import { DEFAULT_LIMITS, Peer } from '../../src/core/index.js'
import type { Bodies, EntryBlock, KindName, Message, PeerInfo } from '../../src/message/index.js'
import { GROUP, NO_ENTRIES, NO_VIEW } from '../../src/message/index.js'
import { CALM, Cluster } from '../../src/sim/index.js'

const NOW = 1 as Parameters<Peer['step']>[0]
const EPOCH = 7
const IDENTITY = { group: GROUP.gateway, epoch: 9, memberId: 90, locator: 90 } as unknown as PeerInfo
const MEMBERS = [1, 2, 3].map((id) => ({ memberId: id, precedence: id, locator: id, caughtUp: true }))
const FIRST = { number: 1, precedence: 1, backupView: 0 }
const PROPOSED = { number: 2, precedence: 2, backupView: 0 }
const ENTRY_BYTES = 4000

function from<K extends KindName>(member: number, kind: K, body: object, order: EntryBlock = NO_ENTRIES): Message {
  return {
    kind,
    sourceGroup: GROUP.application,
    sourceEpoch: EPOCH,
    sourceMember: member,
    destinationGroup: GROUP.gateway,
    destinationEpoch: IDENTITY.epoch,
    view: FIRST,
    peerView: NO_VIEW,
    ack: 0,
    window: 0,
    orderIndex: 0,
    stableIndex: 0,
    heldIndex: 0,
    order,
    reflected: NO_ENTRIES,
    ...body,
  } as unknown as Message
}

/** A peer that holds `entries` of the group's history, and has adopted the view that member 2 proposes. */
function recoveringPeer(entries: number, reflects: boolean): { peer: Peer; report: PeerOutput[] } {
  const application = { group: GROUP.application, epoch: EPOCH } as never
  const peer = new Peer({ identity: IDENTITY, application, contacts: [], limits: DEFAULT_LIMITS, reflects })
  const receive = (message: Message): PeerOutput[] => [...peer.step(NOW, { input: 'received', message })]
  receive(from(1, 'Establish', { established: FIRST, members: MEMBERS, length: 0 }))
  const log = Array.from({ length: entries }, (_, at) => new Uint8Array(ENTRY_BYTES).fill(at + 1))
  for (const [at, entry] of log.entries()) {
    receive(from(1, 'FirstAck', {}, { first: at + 1, entries: [entry] } as unknown as EntryBlock))
  }
  expect(peer.historyIndex).toBe(entries)
  const members = MEMBERS.slice(1)
  const report = receive(
    from(2, 'ProposePrimary', {
      proposed: PROPOSED,
      supersedes: FIRST,
      supersededLength: 0,
      members,
      held: 0,
      received: [],
    }),
  )
  return { peer, report }
}

function reports(outputs: readonly PeerOutput[]): (Message & Bodies['RecoveryReport'])[] {
  return outputs.flatMap((output) =>
    output.output === 'send' && output.message.kind === 'RecoveryReport' ? [output.message] : [],
  )
}

const ALL = { entries: [{ from: 5, to: 12 }], from: GROUP.gateway, fromEpoch: IDENTITY.epoch, messages: [] }

describe('a connected group while a backup recovers', () => {
  test.each([true, false])('serves the entries that the first report had no room for (reflects: %s)', (reflects) => {
    const { peer, report } = recoveringPeer(12, reflects)
    const [first] = reports(report)
    expect(first?.held).toBe(12)
    expect(first?.reflected.entries.length).toBe(Math.floor(DEFAULT_LIMITS.orderBytesMax / (ENTRY_BYTES + 2)))
    const more = reports(peer.step(NOW, { input: 'received', message: from(2, 'Nack', ALL) }))
    expect(more.map(({ accepted, reflected }) => [accepted, reflected.first])).toEqual([[PROPOSED, 5]])
  })

  test('serves nobody but the proposer', () => {
    const { peer } = recoveringPeer(12, true)
    expect(peer.step(NOW, { input: 'received', message: from(3, 'Nack', ALL) })).toEqual([])
    expect(peer.step(NOW, { input: 'received', message: from(1, 'Nack', ALL) })).toEqual([])
  })

  test('forgets what a view that it has missed did not contain', () => {
    const { peer } = recoveringPeer(5, true)
    const third = { number: 3, precedence: 2, backupView: 0 }
    const missed = { proposed: third, supersedes: PROPOSED, supersededLength: 3, members: MEMBERS.slice(1) }
    const [report] = reports(
      peer.step(NOW, { input: 'received', message: from(2, 'ProposePrimary', { ...missed, held: 3, received: [] }) }),
    )
    expect([report?.held, peer.historyIndex]).toEqual([3, 3])
  })

  test('tells a proposer that asks on that it was outbid, and nobody else', () => {
    const { peer } = recoveringPeer(12, true)
    const body = { supersedes: FIRST, supersededLength: 0, held: 0, received: [] }
    const later = { number: 4, precedence: 3, backupView: 0 }
    const members = MEMBERS.slice(1)
    peer.step(NOW, { input: 'received', message: from(3, 'ProposePrimary', { ...body, proposed: later, members }) })
    const asked = (member: number): unknown => peer.step(NOW, { input: 'received', message: from(member, 'Nack', ALL) })
    expect(asked(2)).toMatchObject([{ output: 'send', to: [2], message: { kind: 'Refuse', adopted: later } }])
    expect(asked(1)).toEqual([])
  })

  test('which has just started does not go back to the view before', () => {
    const application = { group: GROUP.application, epoch: EPOCH } as never
    const peer = new Peer({ identity: IDENTITY, application, contacts: [], limits: DEFAULT_LIMITS, reflects: true })
    const receive = (message: Message): PeerOutput[] => [...peer.step(NOW, { input: 'received', message })]
    const body = { proposed: PROPOSED, supersedes: FIRST, supersededLength: 0, members: MEMBERS, held: 0, received: [] }
    receive(from(2, 'ProposePrimary', body))
    const answers = receive(from(1, 'Establish', { established: FIRST, members: MEMBERS, length: 0 }))
    expect(peer.membership.members).toEqual([])
    expect(answers).toMatchObject([{ output: 'send', to: [1], message: { kind: 'Refuse', adopted: PROPOSED } }])
    receive(from(2, 'Establish', { established: PROPOSED, members: MEMBERS, length: 0 }))
    expect(peer.membership.view).toEqual(PROPOSED)
  })

  test('does not mistake messages of an earlier incarnation of its group for its own', () => {
    const { peer } = recoveringPeer(1, true)
    peer.step(NOW, { input: 'submitted', payload: new Uint8Array(10) })
    peer.step(NOW, { input: 'flush' })
    const other = { entries: [], from: GROUP.gateway, fromEpoch: 8, messages: [{ from: 1, to: 1 }] }
    expect(peer.step(NOW, { input: 'received', message: from(2, 'Nack', other) })).toEqual([])
    const own = { ...other, fromEpoch: IDENTITY.epoch }
    const kinds = peer
      .step(NOW, { input: 'received', message: from(2, 'Nack', own) })
      .flatMap((output) => (output.output === 'send' ? [output.message.kind] : []))
    expect(kinds).toEqual(['Data'])
  })
})

describe('without reflection', () => {
  test.each([CALM, { ...CALM, loss: 50, duplication: 50, spike: 50 }])(
    'clients are answered, backups stand still, a new primary gets all from its peers (%j)',
    (weather) => {
      const cluster = new Cluster({ seed: 3, replicas: 3, streams: 4, requestsPerStream: 100, reflects: false })
      cluster.network.weather = weather
      const crashes = [60, 120]
      for (let step = 0; step < 4000 && !(cluster.clients.done && step > 200); step++) {
        cluster.pump()
        if (step === crashes[0] && cluster.primary !== undefined) {
          expect(cluster.clients.answered).toBeGreaterThan(10)
          for (const backup of cluster.backups) expect(cluster.executedOf(backup)).toBe(0)
          crashes.shift()
          cluster.crash(cluster.primary, false)
        }
        cluster.world.run(cluster.world.now + 1000)
      }
      expect(cluster.violations).toEqual([])
      expect(cluster.clients.done).toBe(true)
      expect(cluster.takeovers).toBe(2)
    },
  )
})
