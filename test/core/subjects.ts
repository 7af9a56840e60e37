import { expect } from 'vitest'
import type { PeerOutput, ReplicaInput, ReplicaOutput, ReplicaTerms } from '../../src/core/index.js'
import { DEFAULT_LIMITS, NO_MEMBERSHIP, Peer, Replica } from '../../src/core/index.js'
import type { EntryBlock, Epoch, GroupId, Instant, KindName, Message, PeerInfo, View } from '../../src/message/index.js'
import { ENTRY, GROUP, KIND, NO_ENTRIES, NO_VIEW } from '../../src/message/index.js'
import { decode, Encoder } from '../../src/wire/index.js'

/** A small service group: members 1, 2 and 3 of the application, a gateway, a console; locators are the ids. */
export const APPLICATION = { group: GROUP.application, epoch: 7 as Epoch }
export const GATEWAY = { group: GROUP.gateway, epoch: 9, memberId: 90, locator: 90 } as unknown as PeerInfo
export const CONSOLE = { group: GROUP.console, epoch: 8, memberId: 80, locator: 80 } as unknown as PeerInfo
export const MEMBERS = [1, 2, 3].map((id) => ({ memberId: id, precedence: id, locator: id, caughtUp: true }))
export const FIRST = { number: 1, precedence: 1, backupView: 0 } as unknown as View
export const SECOND = { number: 2, precedence: 2, backupView: 0 } as unknown as View

const FOUNDING = { view: FIRST, members: MEMBERS, length: 0 } as unknown as ReplicaTerms['membership']

export const ENTRIES = Array.from({ length: 5 }, (_, at) => Uint8Array.of(ENTRY.timers, at + 1))
const HISTORY = { first: 1, entries: ENTRIES } as unknown as EntryBlock
const PAYLOADS = Array.from({ length: 3 }, (_, at) => Uint8Array.of(4, at + 1))

export function replicaTerms(id: number): ReplicaTerms {
  const founder = id <= MEMBERS.length
  return {
    identity: { memberId: id, locator: id, ...APPLICATION } as unknown as ReplicaTerms['identity'],
    limits: DEFAULT_LIMITS,
    membership: founder ? FOUNDING : NO_MEMBERSHIP,
    peers: [GATEWAY, CONSOLE],
    contacts: founder ? [] : MEMBERS.map(({ locator }) => locator as never),
    heartbeatsCarryOrder: true,
  }
}

/** A datagram's contents; the header is the application's own, and `rest` overrides any of it. */
export function inside(kind: KindName, sourceMember: number, rest: object): Message {
  return {
    kind,
    sourceGroup: APPLICATION.group,
    sourceEpoch: APPLICATION.epoch,
    sourceMember,
    destinationGroup: APPLICATION.group,
    destinationEpoch: APPLICATION.epoch,
    view: FIRST,
    peerView: FIRST,
    ack: 0,
    window: 0,
    orderIndex: 0,
    stableIndex: 0,
    heldIndex: 0,
    order: NO_ENTRIES,
    reflected: NO_ENTRIES,
    ...rest,
  } as unknown as Message
}

export function fromPeer(kind: KindName, peer: PeerInfo, rest: object): Message {
  const { group, epoch, memberId } = peer
  return inside(kind, memberId, { sourceGroup: group, sourceEpoch: epoch, view: NO_VIEW, ...rest })
}

export function toGateway(kind: KindName, sourceMember: number, rest: object): Message {
  const { group, epoch } = GATEWAY
  return inside(kind, sourceMember, { destinationGroup: group, destinationEpoch: epoch, peerView: NO_VIEW, ...rest })
}

/** One machine under attack: takes a message or a deadline, and says what can be seen of it. */
export interface Subject {
  readonly receive: (message: Message) => readonly (PeerOutput | ReplicaOutput)[]
  readonly expire: () => readonly (PeerOutput | ReplicaOutput)[]
  readonly observed: () => unknown
}

export function replica(id: number): { readonly subject: Subject; readonly step: (input: ReplicaInput) => void } {
  const machine = new Replica(replicaTerms(id))
  let now = 1
  machine.start(now as Instant)
  const step = (input: ReplicaInput): readonly ReplicaOutput[] => machine.step(now as Instant, input)
  const messages = (group: GroupId): readonly unknown[] => [1, 2, 3, 4, 5].map((at) => machine.message(group, at))
  const subject: Subject = {
    receive: (message) => step({ input: 'received', message }),
    expire: () => {
      now = Math.max(now, machine.deadline ?? now)
      return step({ input: 'deadline' })
    },
    observed: () => ({
      role: machine.role,
      view: machine.view,
      held: machine.held,
      executed: machine.executed,
      deadline: machine.deadline,
      draining: machine.draining,
      settled: machine.settled,
      entries: [0, 1, 4].map((ahead) => machine.entry(ahead)),
      messages: [messages(GROUP.gateway), messages(GROUP.console)],
    }),
  }
  return { subject, step }
}

function primary(): Subject {
  const { subject, step } = replica(1)
  subject.receive(fromPeer('Data', GATEWAY, { peerView: FIRST, sequence: 1, payloads: PAYLOADS }))
  for (const entry of ENTRIES) step({ input: 'decided', entry })
  for (const payload of PAYLOADS) step({ input: 'submitted', to: GROUP.gateway, payload })
  step({ input: 'flush' })
  expect(subject.observed()).toMatchObject({ role: 'primary', held: 5, executed: 5, settled: false })
  return subject
}

function backup(): Subject {
  const { subject, step } = replica(2)
  subject.receive(
    fromPeer('Data', GATEWAY, { peerView: FIRST, sequence: 1, payloads: PAYLOADS, reflected: HISTORY, heldIndex: 5 }),
  )
  step({ input: 'consumed' })
  step({ input: 'consumed' })
  expect(subject.observed()).toMatchObject({ role: 'backup', held: 5, executed: 2 })
  return subject
}

function recovering(): Subject {
  const subject = backup()
  subject.receive(fromPeer('FaultNotice', CONSOLE, { group: GROUP.application, member: 1, members: [], length: 0 }))
  expect(subject.observed()).toMatchObject({ role: 'recovering', draining: false })
  return subject
}

function frozen(): Subject {
  const subject = backup()
  const members = MEMBERS.slice(2)
  const proposed = { number: 2, precedence: 3, backupView: 0 }
  subject.receive(
    inside('ProposePrimary', 3, { proposed, supersedes: FIRST, supersededLength: 0, members, held: 0, received: [] }),
  )
  expect(subject.observed()).toMatchObject({ role: 'frozen' })
  return subject
}

function joining(): Subject {
  const { subject } = replica(4)
  expect(subject.observed()).toMatchObject({ role: 'joining' })
  return subject
}

function peer(): Subject {
  const machine = new Peer({
    identity: GATEWAY,
    application: APPLICATION,
    contacts: [],
    limits: DEFAULT_LIMITS,
    reflects: true,
  })
  let now = 1
  machine.start(now as Instant)
  const subject: Subject = {
    receive: (message) => machine.step(now as Instant, { input: 'received', message }),
    expire: () => {
      now = Math.max(now, machine.deadline ?? now)
      return machine.step(now as Instant, { input: 'deadline' })
    },
    observed: () => ({
      membership: machine.membership,
      deadline: machine.deadline,
      congested: machine.congested,
      historyIndex: machine.historyIndex,
      keptBytes: machine.keptBytes,
      receivers: MEMBERS.map(({ memberId }) => ({ ...machine.receivers.of(memberId as never) })),
    }),
  }
  subject.receive(toGateway('Establish', 1, { established: FIRST, members: MEMBERS, length: 0 }))
  for (const payload of PAYLOADS) machine.step(now as Instant, { input: 'submitted', payload })
  machine.step(now as Instant, { input: 'flush' })
  subject.receive(toGateway('Data', 1, { sequence: 1, payloads: PAYLOADS, order: HISTORY, orderIndex: 5 }))
  expect(subject.observed()).toMatchObject({ historyIndex: 5, membership: { view: FIRST } })
  return subject
}

/** A gateway that has adopted what member 2 proposes. */
function judging(): Subject {
  const subject = peer()
  const members = MEMBERS.slice(1)
  subject.receive(
    toGateway('ProposePrimary', 2, {
      proposed: SECOND,
      supersedes: FIRST,
      supersededLength: 0,
      members,
      held: 0,
      received: [],
    }),
  )
  return subject
}

/** Datagrams that must have no effect: what `from` and `rest` say of their headers, and which kinds it is about. */
interface Foreign {
  readonly from: Readonly<Record<string, readonly number[]>>
  readonly rest?: object
  readonly kinds?: readonly KindName[]
}

const NEVER_ADOPTED = { number: 5, precedence: 9, backupView: 0 }
const STRANGER = [55]
const ANY_MEMBER = [1, 2, 3]
const OWN = { sourceGroup: [1], sourceEpoch: [7], destinationGroup: [1], destinationEpoch: [7] }
const ALL_BUT_JOINING = (Object.keys(KIND) as KindName[]).filter((kind) => kind !== 'ProposeBackup')

/** To members of the application. */
const OUTSIDE: Readonly<Record<string, Foreign>> = {
  'to another group': { from: { ...OWN, destinationGroup: [0, 2, 3, 77] } },
  'to another epoch': { from: { ...OWN, destinationEpoch: [0, 8, 9, 66] } },
  'from a group of no service': { from: { ...OWN, sourceGroup: [0, 77] } },
  'from another epoch of its group': { from: { ...OWN, sourceEpoch: [0, 8, 9, 66], sourceMember: ANY_MEMBER } },
  'from another member of the gateway': {
    from: { ...OWN, sourceGroup: [2], sourceEpoch: [9], sourceMember: [1, 80, 55] },
  },
  'from another member of the console': {
    from: { ...OWN, sourceGroup: [3], sourceEpoch: [8], sourceMember: [1, 90, 55] },
  },
}
const OUTSIDE_MEMBERS: Readonly<Record<string, Foreign>> = {
  ...OUTSIDE,
  'from a stranger to its group': { from: { ...OWN, sourceMember: STRANGER }, kinds: ALL_BUT_JOINING },
  'under a view that it has not adopted': {
    from: { ...OWN, sourceMember: ANY_MEMBER },
    rest: { peerView: NEVER_ADOPTED },
    kinds: ['Heartbeat', 'SecondAck', 'State', 'Nack', 'Data', 'FirstAck', 'KeepAlive'],
  },
}

/** To the gateway. */
const INTO = { ...OWN, destinationGroup: [2], destinationEpoch: [9] }
const OUTSIDE_PEERS: Readonly<Record<string, Foreign>> = {
  'to another group': { from: { ...INTO, destinationGroup: [0, 1, 3, 77] } },
  'to another epoch': { from: { ...INTO, destinationEpoch: [0, 7, 8, 66] } },
  'from another group': { from: { ...INTO, sourceGroup: [0, 2, 3, 77] } },
  'from another epoch': { from: { ...INTO, sourceEpoch: [0, 8, 9, 66] } },
  'from a stranger': { from: { ...INTO, sourceMember: STRANGER } },
  'under a view that it has not adopted': {
    from: { ...INTO, sourceMember: ANY_MEMBER },
    rest: { view: NEVER_ADOPTED },
    kinds: ['Data', 'FirstAck', 'SecondAck', 'AcceptBackup', 'RemoveBackup', 'Heartbeat', 'State', 'KeepAlive'],
  },
}

interface Target {
  readonly make: () => Subject
  readonly foreign: Readonly<Record<string, Foreign>>
}

export const SUBJECTS = {
  'a primary': { make: primary, foreign: OUTSIDE_MEMBERS },
  'a backup': { make: backup, foreign: OUTSIDE_MEMBERS },
  'a recovering replica': { make: recovering, foreign: OUTSIDE_MEMBERS },
  'a frozen replica': { make: frozen, foreign: OUTSIDE_MEMBERS },
  'a joining replica': { make: joining, foreign: OUTSIDE },
  'a peer': { make: peer, foreign: OUTSIDE_PEERS },
  'a peer that judges': { make: judging, foreign: OUTSIDE_PEERS },
} satisfies Readonly<Record<string, Target>>

/** What goes out is one datagram each, and can be read. */
export function expectReadable(outputs: readonly (PeerOutput | ReplicaOutput)[]): void {
  const encoder = new Encoder()
  for (const output of outputs) {
    if (output.output === 'send') expect(decode(encoder.encode(output.message))).toMatchObject({ ok: true })
  }
}
