// What a message costs at each member, in processor time and in bytes allocated, and how that grows with replicas.
import { recordGroup } from './group.js'
import { replay, requireSame } from './replay.js'

const REPLICAS = [1, 2, 3, 5, 7]
const AT_ONCE = [1, 16]
const BODY_BYTES = 64
/** Of each of them one is what a request is answered with. */
const MESSAGES_PER_REQUEST = 2

export function cost(rooms, { requests, replays }) {
  const rows = table(rooms, requests, (recorded) => {
    const times = Array.from({ length: replays }, () => replay(rooms, recorded, processorMicroseconds))
    // What disturbs a replay makes it slower, never faster.
    return Math.min(...times)
  })
  // Both ends on one core: what the gateway and the primary spend on a message.
  return rows.map((row) => ({ ...row, 'messages/s': 1e6 / (row.gateway + row.primary) }))
}

/**
 * In a process whose young generation holds all that is allocated, and that collects on demand: nothing is collected
 * meanwhile.
 */
export function allocation(rooms, { requests }) {
  return table(rooms, requests, (recorded) => replay(rooms, recorded, allocatedBytes))
}

function table(rooms, requests, measure) {
  return REPLICAS.flatMap((replicas) => AT_ONCE.map((atOnce) => row(rooms, { replicas, atOnce, requests }, measure)))
}

function row(rooms, { replicas, atOnce, requests }, measure) {
  const recorded = recordGroup(rooms, { replicas, requests, atOnce, bodyBytes: BODY_BYTES })
  const each = new Map()
  for (const one of recorded.nodes) {
    requireSame(rooms, one)
    each.set(one.role, measure(one) / requests)
  }
  const backups = [...each].filter(([role]) => role.startsWith('backup')).map(([, value]) => value)
  const [gateway, primary] = [each.get('gateway'), each.get('primary')]
  const all = gateway + primary + backups.reduce((sum, value) => sum + value, 0)
  return {
    name: `${replicas} ${replicas === 1 ? 'replica' : 'replicas'}, ${atOnce} at once`,
    gateway: gateway / MESSAGES_PER_REQUEST,
    primary: primary / MESSAGES_PER_REQUEST,
    backup: backups.length === 0 ? null : (all - gateway - primary) / backups.length / MESSAGES_PER_REQUEST,
    all: all / MESSAGES_PER_REQUEST,
    datagrams: recorded.datagrams / requests / MESSAGES_PER_REQUEST,
    bytes: recorded.bytes / requests / MESSAGES_PER_REQUEST,
  }
}

function processorMicroseconds(run) {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function allocatedBytes(run) {
  const used = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  globalThis.gc()
  const before = used()
  run()
  const after = used()
  // A collection would have taken away more than was allocated.
  if (after < before) throw new Error('something was collected while allocation was measured')
  return after - before
}
