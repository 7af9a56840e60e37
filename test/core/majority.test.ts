import { describe, expect, test } from 'vitest'
import type { LeaseQuestion, LeaseTerms } from '../../src/core/index.js'
import { LeaseCandidate, LeaseVoter } from '../../src/core/index.js'
import type { Instant } from '../../src/message/index.js'

const LEASE: LeaseTerms = { ttl: 1000, driftBound: 100 }
const VOTERS = ['a', 'b', 'c']
const STATE = 7000

const at = (time: number): Instant => time as Instant
const granted = { vote: 'granted' } as const

function asks(candidate: number, nonce: number, more: Partial<LeaseQuestion> = {}): LeaseQuestion {
  return { candidate, nonce, wish: 'take', seen: null, voters: VOTERS, terms: LEASE, ...more }
}

/** One that was started so long ago that it knows what it granted. */
const voter = (): LeaseVoter => new LeaseVoter(at(-1100), STATE)

describe('a voter', () => {
  test('grants nothing before whatever it granted in an earlier life has run out', () => {
    const started = new LeaseVoter(at(0), STATE)
    expect(started.ask(at(1099), asks(1, 1))).toEqual({ vote: 'starting' })
    expect(started.ask(at(1100), asks(1, 2))).toEqual(granted)
  })

  test('grants to one at a time, until its lease has run out and clocks may be wrong', () => {
    const asked = voter()
    expect(asked.ask(at(0), asks(1, 1))).toEqual(granted)
    expect(asked.ask(at(1099), asks(2, 1))).toEqual({ vote: 'promised' })
    expect(asked.ask(at(1099), asks(1, 2, { wish: 'keep' }))).toEqual(granted)
    expect(asked.ask(at(2198), asks(2, 2))).toEqual({ vote: 'held' })
    expect(asked.ask(at(2199), asks(2, 3))).toEqual(granted)
  })

  test('grants it again to who had it last, and never to one who was followed', () => {
    const asked = voter()
    asked.ask(at(0), asks(1, 1))
    expect(asked.ask(at(9000), asks(1, 2, { wish: 'keep' }))).toEqual(granted)
    expect(asked.ask(at(20_000), asks(2, 1))).toEqual(granted)
    expect(asked.ask(at(30_000), asks(1, 3, { wish: 'keep' }))).toMatchObject({ vote: 'free' })
  })

  test('believes who says that it has the lease still, if nothing has changed since', () => {
    const asked = voter()
    asked.ask(at(0), asks(1, 1))
    asked.ask(at(2000), asks(2, 1))
    const refused = asked.ask(at(4000), asks(1, 2, { wish: 'keep' }))
    const seen = refused.vote === 'free' ? refused.state : null
    asked.ask(at(4000), asks(3, 1))
    expect(asked.ask(at(6000), asks(1, 3, { wish: 'keep', seen }))).toMatchObject({ vote: 'free' })
    const again = asked.ask(at(6000), asks(1, 4, { wish: 'keep', seen }))
    expect(asked.ask(at(6000), asks(1, 5, { wish: 'keep', seen: again.vote === 'free' ? again.state : null }))).toEqual(
      granted,
    )
  })

  test('takes a promise back that came to nothing: who had it before has it again', () => {
    const asked = voter()
    asked.ask(at(0), asks(1, 1, { wish: 'take' }))
    asked.ask(at(2000), asks(2, 5))
    // Of an earlier question: it has asked again since.
    asked.returned({ candidate: 2, nonce: 4, had: false })
    expect(asked.ask(at(2001), asks(1, 2, { wish: 'keep' }))).toEqual({ vote: 'promised' })
    asked.returned({ candidate: 2, nonce: 5, had: false })
    expect(asked.ask(at(2001), asks(1, 3, { wish: 'keep' }))).toEqual(granted)
  })

  test('lets the next one have it at once when it is given back', () => {
    const asked = voter()
    asked.ask(at(0), asks(1, 1))
    asked.returned({ candidate: 1, nonce: 1, had: true })
    expect(asked.ask(at(1), asks(2, 1))).toEqual(granted)
    expect(asked.ask(at(2), asks(1, 2, { wish: 'keep' }))).toEqual({ vote: 'promised' })
  })

  test.each([
    [['a', 'b', 'd'], 'unlike'],
    [['a'], 'unlike'],
    [['a', 'b', 'c', 'd'], 'granted'],
    [['c', 'a', 'b'], 'granted'],
  ])('that has granted by a majority of a, b and c, asked for one of %s: %s', (voters, vote) => {
    const asked = voter()
    asked.ask(at(0), asks(1, 1))
    expect(asked.ask(at(2000), asks(2, 1, { voters }))).toEqual({ vote })
  })
})

describe('a candidate', () => {
  const candidate = (): LeaseCandidate => new LeaseCandidate({ candidate: 1, voters: VOTERS, lease: LEASE })

  test('has the lease with more than half of the answers to one question, from when it was put', () => {
    const asking = candidate()
    expect(asking.ask(at(0)).map(({ nonce, wish }) => [nonce, wish])).toEqual([1, 1, 1].map((nonce) => [nonce, 'take']))
    asking.answered(0, 1, granted)
    expect(asking.outcome(at(10))).toBe('open')
    asking.ask(at(100))
    asking.answered(1, 1, granted)
    asking.answered(2, 2, granted)
    asking.answered(2, 2, granted)
    expect([asking.outcome(at(110)), asking.had]).toEqual(['open', false])
    asking.answered(0, 2, granted)
    expect([asking.outcome(at(900)), asking.holds(at(999)), asking.holds(at(1000))]).toEqual(['granted', true, false])
    expect(asking.ask(at(901)).every(({ wish }) => wish === 'keep')).toBe(true)
  })

  test('that wants it new is refused as soon as no majority can come together', () => {
    const asking = candidate()
    asking.ask(at(0))
    asking.answered(0, 1, { vote: 'starting' })
    expect(asking.outcome(at(1))).toBe('open')
    asking.answered(1, 1, { vote: 'promised' })
    expect(asking.outcome(at(1))).toBe('refused')
  })

  test('that has it is not refused because of one voter, of promises, or while it has it', () => {
    const asking = candidate()
    asking.ask(at(0))
    for (const each of [0, 1]) asking.answered(each, 1, granted)
    asking.ask(at(500))
    for (const each of [0, 1, 2]) asking.answered(each, 2, { vote: 'held' })
    expect(asking.outcome(at(899))).toBe('open')
    expect(asking.outcome(at(900))).toBe('refused')
    asking.ask(at(1000))
    asking.answered(0, 3, { vote: 'held' })
    for (const each of [1, 2]) asking.answered(each, 3, { vote: 'promised' })
    expect(asking.outcome(at(1100))).toBe('open')
    asking.answered(1, 3, { vote: 'free', state: 3 })
    expect(asking.outcome(at(1100))).toBe('refused')
  })

  test('tells a voter that knows nothing what it has seen, only while it has the lease', () => {
    const asking = candidate()
    asking.ask(at(0))
    for (const each of [0, 1]) asking.answered(each, 1, granted)
    asking.answered(2, 1, { vote: 'free', state: 44 })
    expect(asking.ask(at(899)).map(({ seen }) => seen)).toEqual([null, null, 44])
    expect(asking.ask(at(900)).map(({ seen }) => seen)).toEqual([null, null, null])
  })

  test('counts no answer to what it has given back', () => {
    const asking = candidate()
    asking.ask(at(0))
    asking.answered(0, 1, granted)
    expect(asking.giveBack()).toEqual({ candidate: 1, nonce: 1, had: false })
    for (const each of [0, 1, 2]) asking.answered(each, 1, granted)
    expect([asking.outcome(at(1)), asking.had]).toEqual(['open', false])
  })
})
