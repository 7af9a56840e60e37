// A gateway and a group of replicas on virtual time, their program no more than an answer: what each of them was asked
// is recorded while a client has so many requests answered.
import { Node } from './node.js'

const EPOCH = 7
const DELAY_MICROSECONDS = 30
const VIEW = { number: 1, precedence: 1, backupView: 0 }
const FIRST_REPLICA = 1

/** What a recording is of: replicas, requests, how many of them are sent in one turn, bytes of each and its answer. */
export function recordGroup(rooms, { replicas, requests, atOnce, bodyBytes }) {
  const { GROUP } = rooms.message
  const world = makeWorld(rooms)
  const identity = { group: GROUP.gateway, epoch: 9, memberId: 900, locator: 900 }
  const founders = Array.from({ length: replicas }, (_, at) => {
    return { memberId: FIRST_REPLICA + at, precedence: FIRST_REPLICA + at, locator: FIRST_REPLICA + at, caughtUp: true }
  })
  const makers = {
    gateway: () => makeGateway(rooms, identity),
    ...Object.fromEntries(
      founders.map((founder, at) => [
        at === 0 ? 'primary' : `backup ${at}`,
        () => makeReplica(rooms, founders, { founder, identity }),
      ]),
    ),
  }
  const nodes = Object.entries(makers).map(([role, make]) => ({ role, make, node: new Node(make(), world) }))
  const [gateway, ...members] = nodes
  world.ports.set(identity.locator, gateway.node)
  for (const [at, { node }] of members.entries()) world.ports.set(founders[at].locator, node)
  for (const { node } of members) node.work = runProgram(node, rooms, bodyBytes)
  for (const { node } of [...members, gateway]) node.start()
  world.settle()
  for (const { node } of nodes) forget(node)
  runClient(gateway.node, world, { requests, atOnce, bodyBytes })
  const datagrams = nodes.reduce((sum, { node }) => sum + node.datagrams, 0)
  return { nodes, requests, datagrams, bytes: nodes.reduce((sum, { node }) => sum + node.bytes, 0) }
}

/** What it was asked while the group was founded is replayed too, but does not count. */
function forget(node) {
  node.founding = node.record
  node.record = []
  node.datagrams = 0
  node.bytes = 0
  node.digest = 1
}

function makeWorld(rooms) {
  const clock = new rooms.sim.World(1)
  const ports = new Map()
  return {
    rooms,
    ports,
    gatewayGroup: rooms.message.GROUP.gateway,
    encoder: new rooms.wire.Encoder(),
    frames: new rooms.wire.FrameEncoder(),
    get now() {
      return clock.now
    },
    at: (instant, run) => clock.after(instant - clock.now, run),
    carry: (to, datagram) => clock.after(DELAY_MICROSECONDS, () => ports.get(to)?.received(datagram)),
    /** Long enough for everybody to know everybody. */
    settle: () => clock.run(clock.now + 100_000),
    runWhile(holds) {
      while (holds()) clock.run(clock.now + DELAY_MICROSECONDS)
    },
  }
}

function makeGateway({ core, message }, identity) {
  return new core.Peer({
    identity,
    application: { group: message.GROUP.application, epoch: EPOCH },
    contacts: [FIRST_REPLICA],
    limits: core.DEFAULT_LIMITS,
    reflects: true,
  })
}

function makeReplica({ core, message }, founders, { founder, identity }) {
  const { memberId, locator } = founder
  return new core.Replica({
    identity: { memberId, locator, group: message.GROUP.application, epoch: EPOCH },
    limits: core.DEFAULT_LIMITS,
    membership: core.foundingMembership(VIEW, founders),
    peers: [identity],
    contacts: [],
    heartbeatsCarryOrder: true,
  })
}

/** Answers each request with as many bytes: decided at the primary, followed at a backup. */
function runProgram(node, { message }, bodyBytes) {
  const { GROUP, ENTRY } = message
  const bytes = new Uint8Array(bodyBytes)
  const entry = Uint8Array.of(ENTRY.deliver, GROUP.gateway, 0, 0, 0, 0, 0, 0)
  let taken = 0
  const answer = () => {
    if (node.machine.role !== 'primary' && node.entry() === undefined) return false
    const frame = node.message(taken + 1)
    if (frame === undefined) return false
    node.input(node.machine.role === 'primary' ? { input: 'decided', entry } : { input: 'consumed' })
    node.input({ input: 'taken', from: GROUP.gateway, upTo: ++taken })
    node.submit({ frame: 'data', stream: frame.stream, bytes }, GROUP.gateway)
    return true
  }
  return () => {
    let answered = false
    while (answer()) answered = true
    if (answered) node.input({ input: 'flush' })
  }
}

/** Sends `atOnce` requests in one turn, and the next ones when all of them are answered. */
function runClient(gateway, world, { requests, atOnce, bodyBytes }) {
  const bytes = new Uint8Array(bodyBytes)
  let [sent, answered] = [0, 0]
  const ask = () => {
    for (let stream = 1; stream <= atOnce; stream++, sent++) gateway.submit({ frame: 'data', stream, bytes })
    gateway.input({ input: 'flush' })
  }
  gateway.released = (frame) => {
    if (frame.bytes.length !== bodyBytes) throw new Error('an answer of another length')
    answered++
  }
  gateway.work = () => {
    if (answered === sent && sent < requests) ask()
  }
  ask()
  world.runWhile(() => answered < requests)
  world.settle()
}
