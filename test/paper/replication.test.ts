import { describe, expect, test } from 'vitest'
import type { TakeoverStage } from '../../src/sim/index.js'
import { CALM } from '../../src/sim/index.js'
import { DELAY, MILLISECOND, Stage } from '../simulation/stage/stage.js'
import { failOver, lose, seen, serve, SETTLED, words } from './seen.js'

/** Moments of one request: before it arrives, while its answer is under way, while its order is reflected, after it. */
const MOMENTS = [0, 1, 2, 3, 4, 5, 10, 20, 21, 22, 23, 24, 40, 80].map((delays) => delays * DELAY)
const STAGES: readonly TakeoverStage[] = ['proposed', 'recovered', 'established']

/** "Modelo de falhas" and "tipos de replicação". */
describe('crash faults and semi-active replication', () => {
  test.each(MOMENTS)('a crash of the primary %i microseconds into a request is masked', (moment) => {
    const stage = new Stage({ replicas: 3 })
    serve(stage, 3, MILLISECOND)
    stage.ask(1, '4')
    stage.run(moment)
    failOver(stage, 'r1')
    stage.ask(1, '5')
    stage.run(SETTLED)
    expect(stage.find('r2')?.replica.role).toBe('primary')
    expect(stage.answers(1)).toEqual(words(5))
    expect(stage.cluster.violations).toEqual([])
  })

  test('a crash of a backup is not noticed by anybody outside', () => {
    const answeredAt = [false, true].map((crashes) => {
      const stage = new Stage({ replicas: 3 })
      const times: number[] = []
      stage.witness = ({ what }): void => {
        if (what === 'answered') times.push(stage.cluster.world.now)
      }
      for (let request = 1; request <= 30; request++) {
        if (crashes && request === 10) failOver(stage, 'r2')
        if (crashes && request === 20) failOver(stage, 'r3')
        stage.ask(1, String(request))
        stage.run(MILLISECOND)
      }
      return times
    })
    expect(answeredAt[0]?.length).toBe(30)
    expect(answeredAt[1]).toEqual(answeredAt[0])
  })

  test('semi-active: a backup executes the operations in the order of its primary and sends nothing outside', () => {
    const stage = new Stage({ replicas: 3, clients: 3 })
    for (const word of words(30)) {
      for (const client of [1, 2, 3]) stage.ask(client, word)
      stage.run(MILLISECOND)
    }
    stage.run(SETTLED)
    expect(stage.cast.map(({ process }) => process.member.executed)).toEqual([90, 90, 90])
    // Each digest covers everything that a replica has ever done, the random numbers that it drew included.
    expect(stage.cluster.compared).toBe(2 * 90)
    expect(stage.cluster.violations).toEqual([])
    for (const backup of ['r2', 'r3']) expect(seen(stage, 'Data', backup)).toEqual([])
  })

  test('a backup that has the messages and not their order executes nothing', () => {
    const stage = new Stage({ replicas: 3, reflects: false })
    serve(stage, 20, MILLISECOND)
    stage.run(SETTLED)
    expect(stage.answers(1)).toEqual(words(20))
    for (const backup of ['r2', 'r3']) {
      expect(seen(stage, 'Data', 'gateway', backup).length).toBeGreaterThan(5)
      expect(stage.find(backup)?.member.executed, backup).toBe(0)
    }
  })

  test('exactly once: every request is executed once and answered once, over any number of takeovers', () => {
    const stage = new Stage({ replicas: 6, seed: 9 })
    stage.cluster.network.weather = { ...CALM, loss: 50, duplication: 100, delaySpread: 300, spike: 100 }
    for (let request = 1; request <= 100; request++) {
      stage.ask(1, String(request))
      stage.run(2 * MILLISECOND)
      if (request % 20 === 0) failOver(stage, `r${request / 20}`)
    }
    stage.run(20_000 * MILLISECOND)
    expect(stage.answers(1)).toEqual(words(100))
    expect(stage.cast.map(({ name, process }) => [name, process.member.executed])).toEqual([['r6', 100]])
    expect(stage.cluster.violations).toEqual([])
  })

  test.each(STAGES)('a takeover that is itself cut short when it has %s keeps the replicas consistent', (reached) => {
    const stage = new Stage({ replicas: 4 })
    serve(stage, 5, MILLISECOND)
    stage.killWhen('r2', reached)
    failOver(stage, 'r1')
    stage.ask(1, '6')
    stage.run(5 * MILLISECOND)
    stage.suspect('r2')
    stage.run(SETTLED)
    expect(stage.unused).toEqual([])
    expect(stage.find('r3')?.replica.role).toBe('primary')
    expect(stage.find('r4')?.member.executed).toBe(6)
    expect(stage.answers(1)).toEqual(words(6))
    expect(stage.cluster.violations).toEqual([])
  })

  test('whoever has been superseded causes no release any more', () => {
    const stage = new Stage({ replicas: 3 })
    serve(stage, 3, MILLISECOND)
    lose(stage, { kind: 'FaultNotice', to: 'r1' })
    stage.suspect('r1')
    stage.run(MILLISECOND)
    expect(stage.find('r1')?.replica.role).toBe('primary')
    for (let request = 4; request <= 13; request++) {
      stage.ask(1, String(request))
      stage.tick()
      stage.run(5 * MILLISECOND)
    }
    expect(stage.find('r1')).toBeUndefined()
    expect(stage.answers(1)).toEqual(words(13))
    expect(stage.cluster.violations).toEqual([])
  })
})
