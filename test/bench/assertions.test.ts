import { describe, expect, test } from 'vitest'
import { formatFigure, missedBy, parseAssertion } from '../../src/bench/index.js'
import { faultOf, measuredOf, resultsWith } from './results.js'

const ratio = {
  system: 'llft',
  baseline: 'plain',
  connections: 1,
  figure: 'p50Us',
  median: 2.1,
  min: 2,
  max: 3,
} as const
const results = resultsWith({
  measured: [
    measuredOf('llft'),
    measuredOf('llft', { connections: 16, cpuUs: 70 }),
    measuredOf('plain', { cpuUs: 900 }),
  ],
  faults: [faultOf('llft', { gapMs: 12 }), faultOf('llft', { gapMs: 30 }), faultOf('redis', { gapMs: 2000 })],
  ratios: [ratio, { ...ratio, connections: 16, median: 4 }],
})

describe('an objective', () => {
  test.each([
    'p50<101us',
    'p50<=100us',
    ' p99 < 0.5ms ',
    'p99.9<1ms',
    'max<=400us',
    'mean>100us',
    'throughput>4999/s',
    'throughput>=5000',
    'cpu<71us',
    'cpu@plain<1ms',
    'gap<=30ms',
    'gap@redis<3s',
    'lost<=0',
    'dropped<1',
    'p50/plain<=4',
  ])('%s holds', (text) => {
    expect(missedBy(parseAssertion(text), results)).toBeUndefined()
  })

  test.each<[string, string]>([
    ['p50<100us', '0.100 ms'],
    ['cpu<70us', '0.070 ms'],
    ['gap<30ms', '30.000 ms'],
    ['throughput>5000/s', '5000'],
    ['lost>0', '0'],
    ['p50/plain<2.2', '4'],
    ['p50@nobody<1s', 'not measured'],
    ['p50/redis<9', 'not measured'],
  ])('%s is missed: %s', (text, figure) => {
    const assertion = parseAssertion(text)
    const missed = missedBy(assertion, results)
    expect(missed === undefined ? 'holds' : formatFigure(assertion, missed)).toBe(figure)
  })

  test.each([
    '',
    'p99',
    'p99<',
    'p99<50',
    'p98<1ms',
    '<5ms',
    'p99=5ms',
    'lost<5ms',
    'gap/plain<2',
    'p99<-1ms',
    'p50/plain<2ms',
  ])('%j is none', (text) => {
    expect(() => parseAssertion(text)).toThrow('LLFT_E_USAGE_BENCH_ASSERT')
  })
})
