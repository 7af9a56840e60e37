import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isCode } from '../../src/errors/index.js'

interface Guest {
  readonly name: string
  readonly packages: readonly string[]
  readonly program: string
  readonly traffic: string
  readonly expected: string
  readonly ci?: boolean
}

interface Result {
  readonly outcome: string
  readonly exchanges?: number
  readonly reason?: string
}

const folder = join(import.meta.dirname, '../guests')
const { GUESTS } = (await import(join(folder, 'table.js'))) as { GUESTS: readonly Guest[] }
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))
const { dependencies } = read('package.json') as { dependencies: Readonly<Record<string, string>> }
const RESULTS = read('results.json') as Readonly<Record<string, { readonly guests: Readonly<Record<string, Result>> }>>

test('every program is a guest, and every guest has its program, its traffic and its packages', () => {
  const programs = readdirSync(join(folder, 'programs')).filter((name) => name.endsWith('.mjs'))
  const own = GUESTS.map(({ program }) => program).filter((program) => !program.includes('/'))
  expect(own.toSorted()).toEqual(programs.toSorted())
  for (const { name, program, packages } of GUESTS.filter(({ program }) => program.includes('/'))) {
    expect(packages, name).toContain(program.split('/')[0])
  }
  expect(new Set(GUESTS.map(({ name }) => name)).size).toBe(GUESTS.length)
  expect(GUESTS.filter(({ traffic }) => !existsSync(join(folder, 'traffic', `${traffic}.js`)))).toEqual([])
  const used = GUESTS.flatMap(({ packages }) => packages).filter((name) => !name.startsWith('node:'))
  expect(used.filter((name) => dependencies[name] === undefined)).toEqual([])
  expect(Object.values(dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

test('what is expected is what LLFT can say, and enough of it survives', () => {
  expect(GUESTS.filter(({ expected }) => expected !== 'survives' && !isCode(expected))).toEqual([])
  expect(GUESTS.filter(({ expected }) => expected === 'survives').length).toBeGreaterThanOrEqual(20)
  expect(GUESTS.filter(({ ci }) => ci === true).length).toBeGreaterThanOrEqual(6)
})

test('every guest has a result under every version of Node, and it is the expected one', () => {
  const { dependencies: others } = read('../versions/package.json') as { dependencies: object }
  const majors = ['20', ...Object.keys(others).map((name) => name.replace('node', ''))]
  expect(Object.keys(RESULTS).toSorted()).toEqual(majors.toSorted())
  const names = GUESTS.map(({ name }) => name).toSorted()
  for (const [major, { guests }] of Object.entries(RESULTS)) {
    expect(Object.keys(guests).toSorted(), `Node ${major}`).toEqual(names)
    const wrong = GUESTS.filter(({ name, expected }) => {
      const { outcome, exchanges = 0, reason = '' } = guests[name] as Result
      if (outcome === 'not tried') return reason === ''
      return outcome !== expected || (outcome === 'survives' && exchanges < 100)
    })
    expect(wrong.map(({ name }) => `${name} under Node ${major}`)).toEqual([])
  }
})
