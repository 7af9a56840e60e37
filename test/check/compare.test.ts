import { describe, expect, test } from 'vitest'
import { compareTraces, exercisedBy, refusalsIn } from '../../src/check/compare.js'
import { shownFrom } from '../../src/check/shown.js'
import type { Site, TraceLine } from '../../src/driver/index.js'

const at = (line: number, call?: string): Site => ({ call, at: { file: '/app/server.js', line, column: 1 } })

function read(source: string, line: number): TraceLine {
  return { did: 'read', source, site: at(line) }
}

function send(text: string, line: number, more: { readonly what?: string; readonly fields?: string } = {}): TraceLine {
  const { what = '`data` of stream 1 to the gateway', fields = '{"frame":"data","stream":1}' } = more
  // A sum that is not the contents' own would do: equal for equal texts.
  const sum = Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)
  return { did: 'send', what, fields, head: text, length: text.length, sum, site: at(line, 'net.write()') }
}

const operated: TraceLine = { did: 'operate' }

describe('two traces', () => {
  const trace = [read('`date`', 3), send('hello', 4), operated, read('`file`', 9), send('again', 10), operated]

  test('that are equal show nothing, and how much they have in common', () => {
    expect(compareTraces(trace, trace)).toEqual({ sightings: [], steps: 4 })
    expect(exercisedBy(trace)).toEqual({ operations: 2, reads: 2, messages: 2, overflowed: false })
  })

  test('of which one is longer are compared as far as both go', () => {
    expect(compareTraces(trace, trace.slice(0, 2))).toEqual({ sightings: [], steps: 2 })
    expect(compareTraces([], trace)).toEqual({ sightings: [], steps: 0 })
  })

  test('with other contents show each message that differs, and go on', () => {
    const backup = [read('`date`', 3), send('hallo', 4), operated, read('`file`', 9), send('again!', 10), operated]
    const { sightings, steps } = compareTraces(trace, backup)
    expect(steps).toBe(4)
    expect(sightings).toMatchObject([
      { kind: 'differs', primary: '"hello"', backup: '"hallo"', site: at(4, 'net.write()') },
      { kind: 'differs', primary: '"again"', backup: '"again!"', site: at(10, 'net.write()') },
    ])
  })

  test('that take another step depart there, and what follows says nothing any more', () => {
    const backup = [read('`date`', 3), read('`date`', 5), send('other', 10), operated]
    expect(compareTraces(trace, backup).sightings).toEqual([
      {
        kind: 'departs',
        what: 'another step than the primary',
        site: at(5),
        primary: 'sends `data` of stream 1 to the gateway',
        backup: 'reads `date`',
        primarySite: at(4, 'net.write()'),
      },
    ])
  })

  test('of a backup that stopped: its own words, its own place', () => {
    const words = '3 async ids were taken, the primary took 2'
    const backup: TraceLine[] = [...trace.slice(0, 2), { did: 'diverge', what: words, site: at(7) }]
    expect(compareTraces(trace, backup).sightings).toEqual([{ kind: 'departs', what: words, site: at(7) }])
  })

  test('fields count, and so does the end of a long content', () => {
    const one = [send('same', 1, { fields: '{"frame":"exit","code":0}' })]
    const other = [send('same', 1, { fields: '{"frame":"exit","code":1}' })]
    expect(compareTraces(one, other).sightings).toMatchObject([
      { primary: '{"frame":"exit","code":0}', backup: '{"frame":"exit","code":1}' },
    ])
    const long = { head: 'x'.repeat(2048), length: 4000 }
    expect(shownFrom(long, long).primary).toBe('differs somewhere after the first 2048 of 4000 bytes')
  })

  test('refusals are taken from one', () => {
    const refused: TraceLine = { did: 'refuse', code: 'LLFT_E_REFUSED_WORKER', call: 'new Worker()', site: at(2) }
    expect(refusalsIn([...trace, refused])).toEqual([
      { kind: 'refused', what: 'LLFT_E_REFUSED_WORKER', site: at(2, 'new Worker()') },
    ])
  })
})

describe('what is shown of two contents', () => {
  const content = (head: string): { head: string; length: number } => ({ head, length: head.length })

  test('is what is around the first difference', () => {
    const before = 'a'.repeat(100)
    const shown = shownFrom(content(`${before}one${before}`), content(`${before}two${before}`))
    expect(shown.primary).toMatch(/^…"a{24}onea{37}"… \(from byte 76\)$/)
    expect(shown.backup).toMatch(/^…"a{24}twoa{37}"… \(from byte 76\)$/)
  })

  test('is read as UTF-8', () => {
    const head = Buffer.from('Grüße').toString('latin1')
    expect(shownFrom(content(head), content(`${head}!`))).toEqual({ primary: '"Grüße"', backup: '"Grüße!"' })
  })
})
