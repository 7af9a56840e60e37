import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecordLog } from '../../src/base/index.js'

type Step = { readonly append: Uint8Array } | { readonly truncate: number } | { readonly drop: number }

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ append: fc.uint8Array({ maxLength: 300_000, size: 'small' }) }) },
  { weight: 1, arbitrary: fc.record({ truncate: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ drop: fc.nat(100) }) },
)

describe('a record log', () => {
  test('holds what a plain list would hold', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 60 }), (list) => {
        const log = new RecordLog(1)
        const model = new Map<number, Uint8Array>()
        for (const step of list) apply(log, model, step)
        for (const [index, record] of model) {
          expect(log.get(index)).toEqual(record)
          expect(log.lengthOf(index)).toBe(record.length)
          expect(log.bytesThrough(index) - log.bytesThrough(index - 1)).toBe(record.length)
        }
        expect(log.next - log.first).toBe(model.size)
        expect(log.bytes).toBe([...model.values()].reduce((sum, record) => sum + record.length, 0))
      }),
    )
  })

  test('a record larger than a chunk keeps its neighbours intact', () => {
    const log = new RecordLog(1)
    const records = [10, 400_000, 20].map((length, at) => new Uint8Array(length).fill(at + 1))
    for (const record of records) log.append(record)
    expect([1, 2, 3].map((index) => log.get(index))).toEqual(records)
  })
})

function apply(log: RecordLog, model: Map<number, Uint8Array>, step: Step): void {
  if ('append' in step) {
    model.set(log.append(step.append), step.append)
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
