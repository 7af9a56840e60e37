import { afterEach, expect, test } from 'vitest'
import type { GroupEvent } from '../../src/admin/index.js'
import { until } from '../supervisor/support.js'
import type { Scene } from './command-run.js'
import { startFaulty } from './harness/crash-point.js'
import { SEQUENCE_GUEST, SequenceClient } from './harness/sequence.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

function eventsIn(text: string): readonly GroupEvent[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as GroupEvent)
}

test('events of a takeover, a backup and the gateway; followed until the group ends', async () => {
  const { scene, run, port } = await startFaulty(SEQUENCE_GUEST, {})
  scenes.push(scene)
  await run.printed(/^up$/m)
  const following = scene.start('events', '-f', '--json')
  // On a busy machine the program does not wait for its gateway for ever.
  await scene.statusWhen(({ gateway }) => gateway.listeners.length === 1)
  const client = new SequenceClient(port)
  await client.more(20)
  await scene.llft('kill', 'primary')
  await following.printed(/"caught-up"/)
  await scene.llft('kill', 'r3')
  await following.printed(/"caught-up".*\n(.*\n)*.*"caught-up"/)
  await client.more(20)
  await client.finish()
  const { gateway, failovers, events } = await scene.status()
  process.kill(gateway.pid as number, 'SIGKILL')
  await following.printed(/"gateway-started"/)
  const seen = eventsIn(following.stdout)
  const [first, takeover] = [seen.slice(0, 1), seen.filter(({ view }) => view.primary === 2).slice(0, 4)]
  expect(first).toMatchObject([{ kind: 'founded', replica: 'r1', proposer: null }])
  const about = takeover.map(({ kind, replica, proposer }) => ({ kind, replica, proposer }))
  expect(about).toEqual(
    expect.arrayContaining([
      { kind: 'proposed', replica: 'r2', proposer: 'r2' },
      { kind: 'established', replica: 'r2', proposer: 'r2' },
      { kind: 'removed', replica: 'r1', proposer: 'r2' },
      { kind: 'resumed', replica: 'r2', proposer: 'r2' },
    ]),
  )
  const resumed = seen.find(({ kind }) => kind === 'resumed')
  expect(resumed).toMatchObject({
    phases: failovers[0]?.phases,
    cause: expect.stringMatching(/^r1 \(pid \d+\) SIGKILL$/),
  })
  expect(resumed?.members).toEqual([
    { id: 'r2', role: 'primary', caughtUp: true },
    { id: 'r3', role: 'backup', caughtUp: true },
  ])
  expect(Object.values(resumed?.phases ?? {}).every((phase) => typeof phase === 'number' && phase >= 0)).toBe(true)
  const joined = seen.filter(({ kind }) => kind === 'joined' || kind === 'caught-up')
  expect(joined.map(({ kind, replica, cause, proposer }) => [kind, replica, cause, proposer])).toEqual([
    ['joined', 'r4', 'in place of r1', 'r2'],
    ['caught-up', 'r4', 'in place of r1', 'r2'],
    ['joined', 'r5', 'in place of r3', 'r2'],
    ['caught-up', 'r5', 'in place of r3', 'r2'],
  ])
  expect(seen.map(({ sequence }) => sequence)).toEqual(seen.map((_, place) => place + 1))
  expect(events.at(-1)).toMatchObject({ kind: 'caught-up', replica: 'r5' })
  expect(eventsIn((await scene.llft('events', '--json')).stdout)).toEqual(seen)
  run.child.kill('SIGTERM')
  await run.code()
  expect(await following.code()).toBe(0)
})

test('in words; a reader that hangs up ends the command; no group is an error', async () => {
  const { scene, run } = await startFaulty(SEQUENCE_GUEST, {})
  scenes.push(scene)
  await run.printed(/^up$/m)
  const words = await scene.llft('events')
  expect(words.stdout).toMatch(/^\S+Z {2}founded {9}r1 {3}start {2}view 1\.0 · members r1\* r2 r3\n$/)
  await scene.llft('kill', 'primary')
  await scene.statusWhen(({ failovers }) => typeof failovers[0]?.phases.resumedMs === 'number')
  const status = await scene.llft('status')
  expect(status.stdout).toMatch(/^last fail-over \S+Z: r1 \(pid \d+\) SIGKILL, r2 leads view 2; silence [\d.]+ · /m)
  expect(status.stdout).toMatch(
    /resumed {9}r2 {3}r1 .* proposed by r2 · silence .* recovery [\d.]+ · resumed [\d.]+ ms$/m,
  )
  const reader = scene.start('events', '-f')
  await reader.printed(/founded/)
  reader.child.stdout?.destroy()
  await scene.llft('kill', 'primary')
  expect(await reader.code()).toBe(0)
  run.child.kill('SIGKILL')
  await until(() => run.child.exitCode !== null || run.child.signalCode !== null)
  const alone = await scene.llft('events', '-f')
  expect([await alone.code(), alone.stderr]).toEqual([5, expect.stringContaining('LLFT_E_ADMIN_NOT_RUNNING')])
})
