import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { GROUP } from '../../src/message/index.js'
import type { Message } from '../../src/message/index.js'
import type { Scene } from './command-run.js'
import { startFaulty } from './harness/crash-point.js'
import { datagramFolder, sentDatagrams } from './harness/datagrams.js'
import { SEQUENCE_GUEST, SequenceClient } from './harness/sequence.js'

let folder: string
const scenes: Scene[] = []
beforeEach(() => {
  folder = datagramFolder()
})
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Kinds of the datagrams inside the group that carry order entries, with how many entries each kind carried. */
function orderInside(messages: readonly Message[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind, destinationGroup, order } of messages) {
    if (destinationGroup !== GROUP.application || order.entries.length === 0) continue
    counts[kind] = (counts[kind] ?? 0) + order.entries.length
  }
  return counts
}

test('under load no datagram inside the group carries order, and the backups follow by reflection alone', async () => {
  const { scene, run, port } = await startFaulty(SEQUENCE_GUEST, {
    '*': { noReflection: true, datagramFolder: folder },
  })
  scenes.push(scene)
  await run.printed(/^up$/m)
  const clients = [1, 2, 3].map(() => new SequenceClient(port))
  await Promise.all(clients.map((client) => client.more(1000)))
  for (const client of clients) await client.finish()
  const messages = sentDatagrams(folder)
  expect(orderInside(messages)).toEqual({})
  const length = Math.max(...messages.map(({ orderIndex }) => orderIndex))
  expect(messages.filter(({ kind }) => kind === 'Data').length).toBeGreaterThan(500)
  expect(length).toBeGreaterThan(1000)
  const executed = new Map<number, number>()
  for (const message of messages) {
    if (message.kind === 'SecondAck') executed.set(message.sourceMember, message.executed)
  }
  expect(executed.size).toBe(2)
  for (const index of executed.values()) expect(index).toBeGreaterThan(length / 2)
})

test('in normal operation order inside the group rides on Heartbeats only', async () => {
  const { scene, run, port } = await startFaulty(SEQUENCE_GUEST, { '*': { datagramFolder: folder } })
  scenes.push(scene)
  await run.printed(/^up$/m)
  const client = new SequenceClient(port)
  await client.more(500)
  await client.finish()
  const { Heartbeat: _, ...others } = orderInside(sentDatagrams(folder))
  expect(others).toEqual({})
})

test('without reflection clients are answered, backups stand still, successors get all by RecoveryReport', async () => {
  const off = { noReflection: true, datagramFolder: folder }
  const { scene, run, port } = await startFaulty(SEQUENCE_GUEST, { '*': off, 'gateway': off, 'console': off })
  scenes.push(scene)
  await run.printed(/^up$/m)
  const clients = [1, 2].map(() => new SequenceClient(port))
  for (const client of clients) await client.more(500)
  const before = await scene.status()
  const backups = before.replicas.filter(({ role }) => role === 'backup')
  expect(backups.map(({ historyIndex }) => historyIndex)).toEqual([0, 0])

  await scene.llft('kill', 'primary')
  for (const client of clients) await client.more(500)
  const after = await scene.statusWhen(({ failoverCount }) => failoverCount === 1)
  expect(after.primary).toBe('r2')
  expect(after.replicas.find(({ id }) => id === 'r3')?.historyIndex).toBe(0)

  await scene.llft('kill', 'primary')
  for (const client of clients) await client.more(500)
  for (const client of clients) await client.finish()
  expect(run.stdout).toBe('up\n')

  // Only newcomers got any order from inside, and yet each successor went from nothing to everything.
  const messages = sentDatagrams(folder)
  expect(orderInside(messages)).toEqual({ State: expect.any(Number) as number })
  const lengths = messages.flatMap((message) =>
    message.kind === 'Establish' && message.view.number > 1 ? [message.length] : [],
  )
  const held = messages.flatMap((message) =>
    message.kind === 'ProposePrimary' ? [`${message.sourceMember} proposed with ${message.held}`] : [],
  )
  // A proposal that is repeated tells what the reports have brought meanwhile.
  expect(held.filter((each) => each.endsWith(' with 0')).length).toBeGreaterThanOrEqual(2)
  expect(new Set(lengths).size).toBe(2)
  expect(Math.min(...lengths)).toBeGreaterThan(500)
})
