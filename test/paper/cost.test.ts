import { beforeAll, describe, expect, test } from 'vitest'
import { DELAY, Stage } from '../simulation/stage/stage.js'

const DEGREES = [1, 2, 3, 4, 5, 6, 7]
const REQUESTS = 400
/** Requests come one after the other, so close that acknowledgements find messages to ride on. */
const PACE = 200

interface Cost {
  readonly answered: number
  readonly all: number
  readonly primary: number
  /** Microseconds from a request to its answer, each different one once. */
  readonly delays: readonly number[]
}

/** Datagrams per request under steady traffic. */
function costOf(replicas: number): Cost {
  const stage = new Stage({ replicas })
  const delays = new Set<number>()
  let asked = 0
  stage.witness = ({ what }): void => {
    if (what === 'answered') delays.add(stage.cluster.world.now - asked)
  }
  for (let request = 1; request <= REQUESTS; request++) {
    asked = stage.cluster.world.now
    stage.ask(1, String(request))
    stage.run(PACE)
  }
  const by = (name: string): number => stage.sent.filter(({ from }) => from === name).length / REQUESTS
  return {
    answered: stage.answers(1).length,
    all: stage.sent.length / REQUESTS,
    primary: by('r1'),
    delays: [...delays],
  }
}

/** "Desempenho". Datagrams are counted, not time: they are the same on every machine. */
describe('the cost of messaging', () => {
  let costs: readonly Cost[] = []
  beforeAll(() => {
    costs = DEGREES.map(costOf)
  })

  test('no round trip is added: an answer takes two message delays, with any number of replicas', () => {
    expect(costs.map(({ answered }) => answered)).toEqual(DEGREES.map(() => REQUESTS))
    for (const [at, { delays }] of costs.entries()) expect(delays, `${at + 1} replicas`).toEqual([2 * DELAY])
  })

  test('the overhead of messaging is moderate: a further replica costs less than a datagram per request', () => {
    for (const [at, { all }] of costs.slice(1).entries()) {
      expect(all - (costs[at]?.all ?? 0), `${at + 2} replicas`).toBeLessThan(1)
    }
    // The request and the answer alone, without acknowledgements and the console's lines, are two.
    expect(costs[0]?.all).toBeLessThan(3)
  })

  test('the overhead grows no faster than the degree of replication', () => {
    const steps = costs.slice(1).map(({ all }, at) => all - (costs[at]?.all ?? 0))
    for (const step of steps) expect(step).toBeLessThanOrEqual((steps[0] ?? 0) * 1.01)
  })

  test('the primary sends the same number of datagrams, whatever the degree of replication', () => {
    for (const { primary } of costs) expect(primary).toBeCloseTo(costs[0]?.primary ?? 0, 1)
  })
})
