import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../../bench/core.js', import.meta.url))
const DIST = fileURLToPath(new URL('../../dist', import.meta.url))

type Row = Readonly<Record<string, number | null>> & { readonly name: string }
interface Part {
  readonly figures: readonly Row[]
  readonly ratios?: readonly Row[]
}

function measure(...args: readonly string[]): Readonly<Record<string, Part>> {
  const text = execFileSync(process.execPath, [SCRIPT, '--quick', '--rounds', '1', '--json', ...args], {
    encoding: 'utf8',
  })
  return JSON.parse(text) as Readonly<Record<string, Part>>
}

test('every part of bench/core.js measures something at every place', () => {
  const parts = measure()
  expect(Object.keys(parts)).toEqual(['cost', 'allocation', 'simulation', 'loss'])
  for (const { figures } of Object.values(parts)) {
    expect(figures.length).toBeGreaterThan(2)
    for (const { name, ...columns } of figures) {
      const empty = Object.keys(columns).filter((column) => !((columns[column] ?? 0) > 0))
      expect([name, ...empty]).toEqual(name.startsWith('1 replica,') ? [name, 'backup'] : [name])
    }
  }
  const datagramsOf = (name: string): number | null | undefined => {
    return parts['cost']?.figures.find((row) => row.name === name)?.['datagrams']
  }
  // A request and its answer are two messages in two datagrams; backups get theirs by the millisecond.
  expect(datagramsOf('1 replica, 1 at once')).toBeCloseTo(1, 2)
  expect(datagramsOf('7 replicas, 1 at once')).toBeLessThan(1.5)
})

test('another build has its turns in between; against itself nothing that is simulated differs', () => {
  const { figures, ratios = [] } = measure('--part', 'loss', '--against', DIST)['loss'] as Part
  expect(ratios.map(({ name }) => name)).toEqual(figures.map(({ name }) => name))
  for (const { name, ...columns } of ratios) expect([name, ...new Set(Object.values(columns))]).toEqual([name, 1])
})
