import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { REGISTRY } from '../../src/errors/index.js'
import { EDGE_HOOKS, HOOKS } from '../../src/interpose/index.js'
import { ENTRY_CONTINUES } from '../../src/message/index.js'
import { type Run, runGuest } from '../interpose/conductor/run-guest.js'

interface Row {
  readonly what: string
  readonly how: 'ordered' | 'recorded' | 'same' | 'refused'
  readonly names: readonly string[]
  readonly code: string
  readonly hook?: string
  readonly error?: string
  readonly bytes?: number
  readonly probe?: string
  readonly shown?: string
}

const root = join(import.meta.dirname, '../..')
const page = join(root, 'docs/determinism/table.js')
const { SECTIONS } = (await import(page)) as { SECTIONS: readonly { readonly rows: readonly Row[] }[] }
const ROWS = SECTIONS.flatMap(({ rows }) => rows)
const PROBED = ROWS.filter(({ probe }) => probe !== undefined)

/** What a probe was seen to do at the primary. */
interface Seen {
  ended: readonly [how: 'is' | 'throws', value: unknown]
  values: number
  operations: number
  bytes: number
}

interface Line {
  readonly recorded?: true
  readonly entry?: string
  readonly frame?: { readonly frame: string; readonly bytes?: string; readonly fd?: number }
}

/** Reads the primary's record: output, entries and recorded values, in the order in which they came to be. */
function observe(live: Run): ReadonlyMap<number, Seen> {
  const seen = new Map<number, Seen>()
  let current: Seen | undefined
  let over = false
  for (const text of readFileSync(live.file, 'utf8').trimEnd().split('\n')) {
    const { recorded, entry, frame } = JSON.parse(text) as Line
    const word = frame?.frame === 'output' && frame.fd === 1 ? frame.bytes?.trim() : undefined
    const [, mark, index, ended] = /^(begin|end) (\d+) ?(.*)$/.exec(word ?? '') ?? []
    if (mark === 'begin') {
      over = false
      seen.set(Number(index), (current = { ended: ['is', undefined], values: 0, operations: 0, bytes: 0 }))
    } else if (mark === 'end' && current !== undefined) {
      over = true
      current.ended = JSON.parse(ended as string) as Seen['ended']
    }
    if (current === undefined) continue
    if (recorded === true && !over) current.values++
    if (entry === undefined) continue
    const bytes = Buffer.from(entry, 'base64')
    const whole = ((bytes[0] as number) & ENTRY_CONTINUES) === 0
    current.bytes += bytes.length
    if (whole && over) current = undefined
    else if (whole) current.operations++
  }
  return seen
}

/** What the column `how` says and was not seen. */
function contradiction({ how, error, bytes }: Row, seen: Seen): boolean {
  const { ended, values, operations } = seen
  if (how === 'refused') return ended[0] !== 'throws' || ended[1] !== error
  if (ended[0] !== 'is') return true
  if (how === 'same') return values > 0 || operations > 0
  if (how === 'ordered') return operations === 0
  return values === 0 || seen.bytes > (bytes ?? 0)
}

test('each row does at the primary what it says, and the same at a backup', async () => {
  const place = mkdtempSync(join(tmpdir(), 'llft-probes-'))
  onTestFinished(() => rmSync(place, { recursive: true, force: true }))
  const probes = join(place, 'probes.json')
  writeFileSync(probes, JSON.stringify(PROBED.map(({ probe }) => probe)))
  const live = await runGuest('probes.cjs', { host: true, args: [place, probes] })
  const seen = observe(live)
  const wrong = PROBED.flatMap((row, at) => {
    const found = seen.get(at)
    return found === undefined || contradiction(row, found) ? [{ what: row.what, how: row.how, ...found }] : []
  })
  expect(wrong).toEqual([])
  const replayed = await runGuest('probes.cjs', { follow: live, args: [place, probes] })
  expect(replayed.errors).toBe('')
  expect(replayed.output).toBe(live.output)
  expect(replayed.digests).toEqual(live.digests)
})

test('every module and every global of this Node belongs to a row', () => {
  const modules = builtinModules.map((name) => name.replace(/^(?:node:)?/, 'node:')).filter((name) => name[5] !== '_')
  const globals = runInNewContext('Object.getOwnPropertyNames(globalThis)') as readonly string[]
  const own = Object.getOwnPropertyNames(globalThis).filter((name) => !/^(?:__|VITEST)/.test(name))
  const names = new Set(ROWS.flatMap(({ names }) => names))
  const missing = [...modules, ...globals, ...own].filter((name) => !names.has(name))
  expect([...new Set(missing)]).toEqual([])
})

test('every hook and every refusal of the determinizer belongs to a row', () => {
  const hooks = ROWS.flatMap(({ hook }) => (hook === undefined ? [] : [hook]))
  // The refusals are a hook, too, and have a table to themselves.
  expect(hooks.toSorted()).toEqual([...HOOKS, ...EDGE_HOOKS.filter((name) => name !== 'refusals')].toSorted())
  const codes = Object.keys(REGISTRY).filter((code) => code.startsWith('LLFT_E_REFUSED_'))
  expect(ROWS.flatMap(({ error }) => (error === undefined ? [] : [error])).toSorted()).toEqual(codes.toSorted())
})

test('the code of a refusal is in the file that the row names; a suite shows what has no probe', () => {
  const text = (path: string): string => readFileSync(join(root, path), 'utf8')
  expect(ROWS.filter(({ code, error }) => !text(code).includes(error ?? '')).map(({ what }) => what)).toEqual([])
  const bare = ROWS.filter(({ probe, shown }) => (probe === undefined) === (shown === undefined))
  expect(bare.map(({ what }) => what)).toEqual([])
  const shown = ROWS.filter(({ shown }) => shown !== undefined)
  expect(
    shown.filter((row) => !text(row.shown as string).includes(row.error ?? 'test')).map(({ what }) => what),
  ).toEqual([])
})
