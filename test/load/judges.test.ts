import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Ledger, SequenceJudge } from '../../src/load/index.js'
import type { Judgement } from '../../src/load/index.js'

describe('the judge of a sequence', () => {
  function judged(asked: number, answers: readonly number[]): { judgements: readonly Judgement[]; unanswered: number } {
    const judge = new SequenceJudge()
    for (let at = 0; at < asked; at++) judge.ask()
    return { judgements: answers.map((sequence) => judge.answer(sequence)), unanswered: judge.unanswered }
  }

  test.each<[string, number, readonly number[], readonly Judgement[], number]>([
    ['all in order', 3, [0, 1, 2], ['right', 'right', 'right'], 0],
    ['one lost', 3, [0, 2], ['right', 'right'], 1],
    ['one repeated', 2, [0, 0, 1], ['right', 'repeated', 'right'], 0],
    ['one late', 3, [0, 2, 1], ['right', 'right', 'reordered'], 0],
    ['one late, and then again', 2, [1, 0, 0], ['right', 'reordered', 'repeated'], 0],
    ['one that was never asked', 1, [0, 1], ['right', 'unknown'], 0],
  ])('%s', (_, asked, answers, judgements, unanswered) => {
    expect(judged(asked, answers)).toEqual({ judgements, unanswered })
  })

  test('whatever the order: each request is answered once, and the rest is unanswered', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(19), { maxLength: 60 }), (answers) => {
        const { judgements, unanswered } = judged(20, answers)
        const distinct = new Set(answers).size
        expect(unanswered).toBe(20 - distinct)
        expect(judgements.filter((judgement) => judgement === 'repeated')).toHaveLength(answers.length - distinct)
        const sorted = answers.every((answer, at) => at === 0 || answer > (answers[at - 1] as number))
        expect(judgements.every((judgement) => judgement === 'right')).toBe(sorted)
      }),
    )
  })
})

describe('the ledger', () => {
  test('takes each number once, and counts what nobody was given', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500_000 }), { minLength: 1, maxLength: 100 }), (numbers) => {
        const ledger = new Ledger()
        const given = new Set<number>()
        for (const number of numbers) {
          expect(ledger.enter(number, 0)).toBe(!given.has(number))
          given.add(number)
        }
        expect(ledger.highest).toBe(Math.max(...given))
        expect(ledger.skipped).toBe(Math.max(...given) - Math.min(...given) + 1 - given.size)
      }),
    )
  })

  test('does not take a number below one that was known when it was asked for', () => {
    const ledger = new Ledger()
    expect([ledger.enter(7, 0), ledger.enter(3, 7), ledger.enter(3, 0)]).toEqual([true, false, true])
  })

  test.each([0.5, Number.NaN, -1, 2 ** 31])('takes no %d', (number) => {
    expect(new Ledger().enter(number, 0)).toBe(false)
  })
})
