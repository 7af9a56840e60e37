import { constants } from 'node:os'
import { deserialize } from 'node:v8'
import { expect, test, vi } from 'vitest'
import { ENTRY_BYTES_MAX, ENTRY_CONTINUES } from '../../../src/message/index.js'
import { expectSame } from '../conductor/expect-same.js'
import { answers, end, get, GUESTS_MS, reasons, run, runBoth, step, story } from './script.js'

vi.setConfig({ testTimeout: GUESTS_MS })

const FROZEN_MS = 500
const HOUR_MS = 3_600_000
const LONG_BYTES = 256 * 1024

interface Value {
  readonly visits: ReadonlyMap<string, number>
  readonly ticks: number
}

test('the value is what the last offer saves', async () => {
  const script = [step.open(1), step.data(1, get('/a')), step.data(1, get('/a')), step.save(), step.thaw(), ...end(1)]
  const live = await runBoth({ script, args: ['clock'] })
  expect(answers(live).map(({ outcome }) => outcome)).toEqual(['offered', 'saved'])
  const value = deserialize(Buffer.from(answers(live)[1]?.bytes ?? '', 'latin1')) as Value & { now: number }
  expect([...value.visits]).toEqual([['/a', 2]])
  expect(value.ticks).toBeGreaterThan(0)
  expect(Math.abs(value.now - Date.now())).toBeLessThan(HOUR_MS)
})

test('a value that V8 keeps in another way at a backup is the same there', async () => {
  const script = [step.open(1), step.save(), step.thaw(), ...end(1)]
  const live = await run({ script, args: ['kinds'] })
  const env = { SNAPSHOT_TEST_DOUBLES: '1' }
  expectSame(await run({ follow: live, args: ['kinds'], env }), live)
  const other = await run({ script, args: ['kinds'], env })
  expect(answers(other)[1]?.bytes).not.toBe(answers(live)[1]?.bytes)
})

test('a value of many entries', async () => {
  const script = [step.open(1), step.save(), step.thaw(), ...end(1)]
  const live = await runBoth({ script, args: ['long'] })
  const value = deserialize(Buffer.from(answers(live)[1]?.bytes ?? '', 'latin1'))
  expect(Buffer.alloc(LONG_BYTES, 'llft').equals(value as Buffer)).toBe(true)
  expect(live.entries.length).toBeGreaterThan(LONG_BYTES / ENTRY_BYTES_MAX)
})

test('nothing of a frozen program runs, and no processor either; what waited goes on when it is thawed', async () => {
  const { SIGUSR2 } = constants.signals
  const script = [
    [step.open(1), step.save(), step.signal(SIGUSR2), step.data(1, get('/a')), step.data(1, get('/b'))],
    [step.thaw(FROZEN_MS), step.data(1, get('/c')), ...end(1)],
  ].flat()
  const live = await runBoth({ script, args: ['busy'] })
  const told = story(live)
  expect(told.slice(told.indexOf('save') + 1, told.indexOf('thaw'))).toEqual([
    'tick of save',
    'microtask of save',
    'saved',
    'signal',
    'data',
    'data',
  ])
  const after = told.slice(told.indexOf('thaw') + 1)
  expect(after).toEqual(expect.arrayContaining(['immediate', 'timer true', 'completion', 'signal']))
  const replies = live.frames.flatMap((text) => /visit 1 of \/\w+/.exec(text)?.[0] ?? [])
  expect(replies).toEqual(['visit 1 of /a', 'visit 1 of /b', 'visit 1 of /c', 'visit 1 of /end'])
})

test('a gateway that is lost thaws the program; the next one hears of the offer, too', async () => {
  const script = [step.open(1), step.save(), step.lost(200), step.up(), step.open(2), ...end(2)]
  const live = await runBoth({ script, args: ['busy'] })
  expect(answers(live).map(({ outcome }) => outcome)).toEqual(['offered', 'saved', 'offered'])
  const told = story(live)
  expect(told.slice(told.indexOf('saved') + 1)).toEqual(expect.arrayContaining(['immediate', 'timer true', 'exit']))
  expect(live.code).toBe(0)
})

test('a successor of a frozen primary is frozen, until it is thawed', async () => {
  const args = ['busy']
  const live = await run({ script: [step.open(1), step.save(), step.die('"saved"')], args })
  expect(live.code).toBe(null)
  expect(story(live).at(-1)).toBe('saved')
  const script = [step.thaw(FROZEN_MS), ...end(1)]
  const successor = await run({ follow: live, cut: live.entries.length, script, args })
  expect(successor.errors).toBe('')
  expect(successor.promoted).toBe(live.entries.length)
  const told = story(successor)
  expect(told.slice(told.indexOf('saved') + 1, told.indexOf('thaw'))).toEqual([])
  expect(told).toEqual(expect.arrayContaining(['immediate', 'timer true', 'completion', 'exit']))
  expectSame(await run({ follow: successor, args }), successor)
})

test('a successor of a primary that died while it saved does that', async () => {
  const args = ['clock']
  const live = await run({ script: [step.open(1), step.save(), step.die('"saved"')], args })
  const parts = live.entries.flatMap((entry, at) => ((entry[0] as number) & ENTRY_CONTINUES ? [at + 1] : []))
  expect(parts.length).toBeGreaterThan(2)
  const script = [step.thaw(FROZEN_MS), ...end(1)]
  const successor = await run({ follow: live, cut: parts.at(-2) as number, script, args })
  expect(successor.errors).toBe('')
  expect(answers(successor)).toEqual(answers(live))
  expect(successor.code).toBe(0)
  expectSame(await run({ follow: successor, args }), successor)
})

test('a thaw, or a loss, of a program that is not frozen changes nothing', async () => {
  const script = [step.open(1), step.thaw(), step.data(1, get('/a')), step.lost(), step.up(), step.open(2), ...end(2)]
  const live = await runBoth({ script })
  expect(reasons(live)).toEqual([])
  expect(live.code).toBe(0)
})
