import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENTRY_BYTES_MAX, ENTRY_CONTINUES } from '../../../src/message/index.js'
import { VALUE_SOURCE, type ValueSource } from '../../../src/interpose/operations.js'
import { LastValues, ValueReader, ValueWriter } from '../../../src/interpose/values.js'

type Value = readonly [ValueSource, number | string]

const KIND = 20

/** Writes an operation; returns its entries. */
function write(values: readonly Value[], asyncIds: number, last: LastValues = new LastValues()): Uint8Array[] {
  const parts: Uint8Array[] = []
  const writer: ValueWriter = new ValueWriter(last, () => {
    parts.push(writer.part(true).slice())
    writer.begin(KIND)
  })
  writer.begin(KIND)
  for (const [source, value] of values) {
    if (typeof value === 'number') writer.number(source, value)
    else writer.text(source, value)
  }
  writer.end(asyncIds)
  parts.push(writer.part(false).slice())
  return parts
}

class Mismatch extends Error {}

function reader(parts: readonly Uint8Array[]): { next: () => boolean; reader: ValueReader } {
  const reader = new ValueReader(new LastValues(), (what) => {
    throw new Mismatch(what)
  })
  let at = 0
  reader.open(parts[0] as Uint8Array)
  const next = (): boolean => {
    while (!reader.ready) reader.open(parts[++at] as Uint8Array)
    return true
  }
  return { next, reader }
}

function readAll(parts: readonly Uint8Array[], asked: readonly Value[], asyncIds: number): (number | string)[] {
  const { next, reader: from } = reader(parts)
  const values = asked.map(([source, like]) => {
    next()
    if (typeof like === 'number') return from.number(source)
    let text = from.text(source)
    while (text === undefined && next()) text = from.text(source)
    return text as string
  })
  next()
  from.end(asyncIds)
  return values
}

const source = fc.constantFrom(...Object.values(VALUE_SOURCE))
const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double(), fc.constant(-0), fc.integer({ min: 0, max: 3 }))
const text = fc.oneof(fc.string(), fc.string({ minLength: 900, maxLength: 4000, unit: 'binary' }))
const value = fc.tuple(source, fc.oneof({ weight: 9, arbitrary: number }, text))

describe('the value stream', () => {
  test('gives back what was recorded, in entries that fit', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 300 }), fc.nat(), (values, asyncIds) => {
        const parts = write(values, asyncIds)
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(ENTRY_BYTES_MAX)
        expect(parts.map((part) => ((part[0] as number) & ENTRY_CONTINUES) !== 0)).toEqual(
          parts.map((_, at) => at < parts.length - 1),
        )
        expect(readAll(parts, values, asyncIds)).toEqual(values.map(([, recorded]) => recorded))
      }),
    )
  })

  test('stays small while a program spins on the clock', () => {
    const start = 1_700_000_000_000
    const spin = Array.from({ length: 100_000 }, (_, at): Value => [VALUE_SOURCE.date, start + Math.floor(at / 10_000)])
    const bytes = write(spin, 0).reduce((sum, part) => sum + part.length, 0)
    expect(bytes).toBeLessThan(80)
  })

  test('costs two bytes for a small step', () => {
    const last = new LastValues()
    write([[VALUE_SOURCE.date, 1_700_000_000_000]], 0, last)
    const [part] = write([[VALUE_SOURCE.date, 1_700_000_000_040]], 0, last)
    expect((part as Uint8Array).length).toBe(1 + 2 + 3)
  })

  test.each([
    { what: 'another source', asked: [[VALUE_SOURCE.hrtime, 0]] as Value[], ids: 3 },
    { what: 'text for a number', asked: [[VALUE_SOURCE.date, '']] as Value[], ids: 3 },
    { what: 'too few values', asked: [] as Value[], ids: 3 },
    {
      what: 'too many values',
      asked: [
        [VALUE_SOURCE.date, 0],
        [VALUE_SOURCE.date, 0],
      ] as Value[],
      ids: 3,
    },
    { what: 'other async ids', asked: [[VALUE_SOURCE.date, 0]] as Value[], ids: 4 },
  ])('notices $what', ({ asked, ids }) => {
    expect(() => readAll(write([[VALUE_SOURCE.date, 5]], 3), asked, ids)).toThrow(Mismatch)
  })

  test('a text that a dying primary left unfinished is replaced by its successor', () => {
    const long = 'x'.repeat(3 * ENTRY_BYTES_MAX)
    const unfinished = write([[VALUE_SOURCE.fact, long]], 0).slice(0, 2)
    const parts = [...unfinished, ...write([[VALUE_SOURCE.fact, 'new']], 0)]
    expect(readAll(parts, [[VALUE_SOURCE.fact, '']], 0)).toEqual(['new'])
  })
})
