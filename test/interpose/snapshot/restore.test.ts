import { serialize } from 'node:v8'
import { expect, test, vi } from 'vitest'
import { answers, end, get, GUESTS_MS, reasons, runBoth, step } from './script.js'

vi.setConfig({ testTimeout: GUESTS_MS })

const value = serialize({ visits: new Map([['/a', 41]]), ticks: 1000 })

test.each(['plain', 'slow'])('a program whose `restore` is `%s` goes on from the value', async (how) => {
  const script = [step.restore(value), step.open(1), step.data(1, get('/a')), ...end(1)]
  const live = await runBoth({ script, args: [how] })
  expect(answers(live).map(({ outcome }) => outcome)).toEqual(['offered', 'restored'])
  expect(live.output).toContain("restored 1000 [ [ '/a', 41 ] ]\n")
  expect(live.frames.join('')).toMatch(/visit 42 of \/a, tick 1\d{3}/)
})

test.each([
  ['none', 'the program offers no snapshot (llft/app)'],
  ['promise', /^restore\(\) failed: .*JSON/],
  ['throws', 'restore() failed: of no use'],
])('where the offer is `%s` it fails, and the program goes on', async (how, reason) => {
  const live = await runBoth({ script: [step.restore(value), step.open(1), ...end(1)], args: [how] })
  expect(answers(live).at(-1)?.outcome).toBe('failed')
  expect(reasons(live)).toEqual([typeof reason === 'string' ? reason : expect.stringMatching(reason)])
  expect(live.frames.at(-1)).toBe('{"frame":"exit","code":0,"signal":0,"uncaught":false}')
})

test('bytes that are no value fail', async () => {
  const script = [step.restore(Buffer.from('no value')), step.open(1), ...end(1)]
  expect(reasons(await runBoth({ script }))).toEqual([expect.stringMatching(/^restore\(\) failed: /)])
})
