import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChunkStore } from '../../src/base/index.js'
import { RecordLog } from '../../src/base/index.js'

type Step =
  | { readonly append: Uint8Array }
  | { readonly truncate: number }
  | { readonly drop: number }
  | { readonly restart: number }

/** A store that is full now and then. */
class Shelf implements ChunkStore {
  readonly #kept = new Map<number, Uint8Array>()
  puts = 0

  get size(): number {
    return this.#kept.size
  }

  put(bytes: Uint8Array): number | undefined {
    const place = this.puts++
    if (place % 5 === 4) return undefined
    this.#kept.set(place, bytes.slice())
    return place
  }

  get(place: number, length: number): Uint8Array {
    const bytes = this.#kept.get(place)
    if (bytes === undefined || bytes.length < length) throw new Error(`nothing of ${length} bytes is at ${place}`)
    return bytes.slice(0, length)
  }

  drop(place: number): void {
    if (!this.#kept.delete(place)) throw new Error(`dropped twice: ${place}`)
  }
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ append: fc.uint8Array({ maxLength: 300_000, size: 'small' }) }) },
  { weight: 1, arbitrary: fc.record({ truncate: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ drop: fc.nat(100) }) },
)
/** Of ten megabytes or so, of which the end is in memory. */
const longSteps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 400,
    arbitrary: fc
      .integer({ min: 20_000, max: 100_000 })
      .map((length) => ({ append: new Uint8Array(length).fill(length % 251) })),
  },
  { weight: 1, arbitrary: fc.record({ truncate: fc.nat(400) }) },
  { weight: 2, arbitrary: fc.record({ drop: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.constantFrom({ restart: 3 }) },
)

describe('a record log', () => {
  test('holds what a plain list would hold', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 60 }), (list) => {
        const log = new RecordLog(1)
        const model = new Map<number, Uint8Array>()
        for (const step of list) apply(log, model, step)
        compare(log, model)
      }),
    )
  })

  test('holds the same where all but its end is laid away', () => {
    let laidAway = 0
    const property = fc.property(fc.array(longSteps, { minLength: 300, maxLength: 600, size: 'max' }), (list) => {
      const shelf = new Shelf()
      const log = new RecordLog(1, shelf)
      const model = new Map<number, Uint8Array>()
      for (const step of list) apply(log, model, step)
      laidAway += shelf.puts
      compare(log, model)
      log.restart(1)
      expect(shelf.size).toBe(0)
    })
    fc.assert(property, { numRuns: 20 })
    expect(laidAway).toBeGreaterThan(20)
  })

  test('keeps the last megabytes in memory and gives back what is laid away in any order', () => {
    const shelf = new Shelf()
    const log = new RecordLog(1, shelf)
    const records = Array.from({ length: 2000 }, (_, at) => new Uint8Array(10_000).fill(at % 251))
    for (const record of records) log.append(record)
    expect(shelf.size).toBeGreaterThan(20)
    for (let at = 0; at < records.length; at++) {
      const index = 1 + ((at * 701) % records.length)
      expect(Buffer.compare(log.get(index), records[index - 1] as Uint8Array)).toBe(0)
    }
  })

  test('a record larger than a chunk keeps its neighbours intact', () => {
    const log = new RecordLog(1)
    const records = [10, 400_000, 20].map((length, at) => new Uint8Array(length).fill(at + 1))
    for (const record of records) log.append(record)
    expect([1, 2, 3].map((index) => log.get(index))).toEqual(records)
  })
})

function compare(log: RecordLog, model: Map<number, Uint8Array>): void {
  for (const [index, record] of model) {
    expect(Buffer.compare(log.get(index), record)).toBe(0)
    expect(log.lengthOf(index)).toBe(record.length)
    expect(log.bytesThrough(index) - log.bytesThrough(index - 1)).toBe(record.length)
  }
  expect(log.next - log.first).toBe(model.size)
  expect(log.bytes).toBe([...model.values()].reduce((sum, record) => sum + record.length, 0))
}

function apply(log: RecordLog, model: Map<number, Uint8Array>, step: Step): void {
  if ('append' in step) {
    model.set(log.append(step.append), step.append)
  } else if ('restart' in step) {
    log.restart(log.next + step.restart)
    model.clear()
  } else if ('truncate' in step) {
    const from = Math.min(log.next, log.first + step.truncate)
    log.truncate(from)
    for (const index of model.keys()) if (index >= from) model.delete(index)
  } else {
    const upTo = Math.min(log.next - 1, log.first + step.drop - 1)
    if (upTo < log.first) return
    log.dropThrough(upTo)
    for (const index of model.keys()) if (index <= upTo) model.delete(index)
  }
}
