import { describe, expect, test } from 'vitest'
import type { Weather } from '../../src/sim/index.js'
import { CALM, Cluster } from '../../src/sim/index.js'

const SECOND = 1_000_000
const ROUGH: Weather = { loss: 30, duplication: 30, delayMin: 30, delaySpread: 200, spike: 50 }

/** Drives clients and timers until every request is answered, or virtual time runs out. */
function drive(cluster: Cluster, during: (step: number) => void = () => {}): void {
  for (let step = 0; step < 4000 && !(cluster.clients.done && step > 50); step++) {
    cluster.pump()
    if (step % 7 === 0) cluster.tick()
    during(step)
    cluster.world.run(cluster.world.now + 1000)
  }
}

function build(seed: number, weather: Weather = CALM, requests = 50): Cluster {
  const cluster = new Cluster({ seed, replicas: 3, streams: 4, requestsPerStream: requests })
  cluster.network.weather = weather
  return cluster
}

function crashesOnALossyNetwork(seed: number): void {
  const cluster = build(seed, ROUGH, 120)
  drive(cluster, (step) => {
    const { random } = cluster.world
    if (step > 3 && random.chance(12) && cluster.caughtUp >= 2 && cluster.primary !== undefined) {
      cluster.crash(cluster.primary, true)
    } else if (random.chance(8) && cluster.caughtUp >= 3) {
      cluster.crash(cluster.backups[0] as never, true)
    }
  })
  expect(cluster.violations).toEqual([])
  expect(cluster.clients.done).toBe(true)
}

describe('a replicated program on a simulated network', () => {
  test('answers every request once and in order, and its replicas stay equal', () => {
    const cluster = build(1)
    drive(cluster)
    expect(cluster.violations).toEqual([])
    expect(cluster.clients.answered).toBe(200)
    expect(cluster.compared).toBeGreaterThan(300)
  })

  test('goes on after the primary crashes, and a replacement catches up', () => {
    const cluster = build(2)
    drive(cluster, (step) => {
      if (step === 10 && cluster.primary !== undefined) cluster.crash(cluster.primary, true)
    })
    cluster.world.run(cluster.world.now + SECOND)
    expect(cluster.violations).toEqual([])
    expect(cluster.clients.done).toBe(true)
    expect(cluster.takeovers).toBe(1)
    expect(cluster.caughtUp).toBe(3)
  })

  test.each([...Array(200).keys()])('seed %i: crashes at random moments on a lossy network', (seed) => {
    crashesOnALossyNetwork(seed + 100)
  })

  test('regression, seed 516: the State of a primary that has crashed arrives after a new view is established', () => {
    crashesOnALossyNetwork(516)
  })

  test('regression, seed 1683: the same with a newcomer that is not caught up', () => {
    crashesOnALossyNetwork(1683)
  })

  test('the same seed gives the same run', () => {
    const runs = [7, 7, 8].map((seed) => {
      const cluster = build(seed, ROUGH)
      drive(cluster)
      return cluster.fingerprint
    })
    expect(runs[0]).toBe(runs[1])
    expect(runs[0]).not.toBe(runs[2])
  })
})
