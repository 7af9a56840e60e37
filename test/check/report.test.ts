import { describe, expect, test } from 'vitest'
import { Findings, type Sighting } from '../../src/check/findings.js'
import { reportText, roundText } from '../../src/check/report.js'
import { ROUNDS } from '../../src/check/rounds.js'
import type { CheckResults } from '../../src/check/run-check.js'
import type { RoundResult } from '../../src/check/run-round.js'
import type { Place } from '../../src/driver/index.js'

const placeText = ({ file, line }: Place): string => `${file}:${line}`
const at = (line: number): Sighting['site'] => ({ call: 'net.write()', at: { file: 'server.js', line, column: 1 } })

function differs(line: number, stream: number): Sighting {
  const what = `\`data\` of stream ${stream} to the gateway`
  return { kind: 'differs', what, site: at(line), primary: '"1"', backup: '"2"' }
}

const REFUSED: Sighting = {
  kind: 'refused',
  what: 'LLFT_E_REFUSED_WORKER',
  site: { ...at(40), call: 'new Worker()' },
}

const LOADED = { what: 'built in, GET / to http://127.0.0.1:3000', did: '96/96 requests answered' }

function roundOf(round: RoundResult['round'], more: Partial<RoundResult> = {}): RoundResult {
  const exercised = { operations: 10, reads: 20, messages: 30, overflowed: false }
  const nothing = { sightings: [], allowed: 0, ended: undefined, printed: '' }
  return { round, loaded: LOADED, listening: true, exercised, compared: 50, tookMs: 1234, ...nothing, ...more }
}

function resultsOf(rounds: readonly RoundResult[]): CheckResults {
  const findings = new Findings()
  for (const { round, sightings } of rounds) findings.add(round, sightings)
  return { command: ['node', 'server.js'], seed: 7, rounds, findings: findings.all }
}

describe('findings', () => {
  test('a place is one, whichever stream and however often; refusals come first', () => {
    const findings = new Findings()
    findings.add('plain', [differs(12, 1), differs(12, 2), differs(13, 1)])
    findings.add('clock', [differs(12, 3), REFUSED])
    expect(findings.all).toMatchObject([
      { kind: 'refused', rounds: ['clock'], count: 1 },
      { kind: 'differs', site: at(12), rounds: ['plain', 'clock'], count: 3 },
      { kind: 'differs', site: at(13), rounds: ['plain'], count: 1 },
    ])
    expect(findings.size).toBe(3)
  })
})

describe('the report', () => {
  test('of nothing says what was done all the same', () => {
    const text = reportText(resultsOf([roundOf('plain'), roundOf('clock')]), placeText)
    expect(text.split('\n')).toEqual([
      'Nothing was found that is not the same at every replica.',
      '',
      'Load      built in, GET / to http://127.0.0.1:3000',
      'Compared  100 values and messages in 2 rounds: plain, clock',
      'Repeat    --seed 7',
      'What this load does not reach was not checked: give your own with --load.',
    ])
  })

  test('names each place with both values, the rounds, the reason and the remedy', () => {
    const rounds = [roundOf('plain'), roundOf('clock', { sightings: [differs(12, 1), differs(12, 2), REFUSED] })]
    const text = reportText(resultsOf(rounds), placeText)
    expect(text).toContain('2 places are not the same at every replica:')
    expect(text).toMatch(/1\. server\.js:40 {2}new Worker\(\) is refused: LLFT_E_REFUSED_WORKER/)
    expect(text).toMatch(/2\. server\.js:12 {2}`data` of stream 1 to the gateway differs, by net\.write\(\)/)
    expect(text).toMatch(/primary {2}"1"\n {5}backup {3}"2"\n {5}seen {5}2 times, in clock\n/)
    expect(text).toMatch(/why .* a clock that is read past LLFT\n/)
    expect(text.match(/ fix {2}/g)).toHaveLength(2)
  })

  test('a difference that needs no disturbance is not blamed on one', () => {
    const rounds = ROUNDS.map(({ name }) => roundOf(name, { sightings: [differs(12, 1)] }))
    const text = reportText(resultsOf(rounds), placeText)
    expect(text).toContain('seen     6 times, in plain, clock, seed, order, disk, engine')
    expect(text).not.toContain('a clock that is read past LLFT')
  })

  test('says where there was no load, and where a trace was too long', () => {
    const quiet = { loaded: undefined, listening: false }
    expect(reportText(resultsOf([roundOf('plain', quiet)]), placeText)).toContain('none: no port was opened')
    const long = { exercised: { operations: 1, reads: 1, messages: 1, overflowed: true } }
    expect(reportText(resultsOf([roundOf('plain', long)]), placeText)).toContain('in part, in plain')
    expect(reportText(resultsOf([roundOf('plain', { allowed: 3 })]), placeText)).toContain('Allowed   3 refusals')
  })

  test('a round is a line', () => {
    expect(roundText(roundOf('plain'))).toBe(
      '  plain   ok     10 operations, 20 values, 30 messages, 96/96 requests answered, 1.2 s',
    )
    const ended = { end: { code: 3, signal: 0 }, outcome: 'code 3' }
    expect(roundText(roundOf('disk', { sightings: [REFUSED], ended }))).toMatch(
      /^ {2}disk {4}FOUND .* the program ended by itself: code 3$/,
    )
  })
})
