import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, Scene } from '../command-run.js'
import { SequenceClient } from '../harness/sequence.js'

const GUEST = fileURLToPath(new URL('../guests/snapshot.cjs', import.meta.url))

test('a `restore` that never ends is given up, and the program goes on with its clients, who waited', async () => {
  const scene = new Scene({})
  onTestFinished(() => scene.close())
  const port = await freePort()
  const run = scene.run('--', 'node', GUEST, String(port), 'never ends')
  await run.printed(/^up$/m)
  const before = await scene.statusWhen(({ gateway }) => gateway.listeners.length === 2)
  const lines = new SequenceClient(port)
  await lines.more(10)
  const [taken] = await Promise.all([scene.llft('snapshot'), lines.more(1000)])
  expect([await taken.code(), taken.stderr]).toEqual([7, expect.stringContaining('did not restore within 30 s')])
  await lines.more(10)
  await lines.finish()
  const after = await scene.status()
  expect(after.generation).toBe(1)
  expect(after.replicas.map(({ pid }) => pid)).toEqual(before.replicas.map(({ pid }) => pid))
})
