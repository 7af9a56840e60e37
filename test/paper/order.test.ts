import { describe, expect, test } from 'vitest'
import { DELAY, MILLISECOND, Stage } from '../simulation/stage/stage.js'
import { lose, passed, seen, serve, SETTLED, words } from './seen.js'

/** "LLFT Messaging Protocol: ordenação total". S is the replicated program, C the gateway that is connected with it. */
describe('total order', () => {
  const orderOf = ({
    message,
  }: {
    readonly message: { readonly order: { first: number; entries: readonly unknown[] } }
  }) => {
    const { first, entries } = message.order
    return entries.map((_, at) => first + at)
  }

  test('the primary piggybacks on each message the order of what has happened since its last one', () => {
    const stage = new Stage({ replicas: 3 })
    stage.ask(1, 'a')
    stage.run(SETTLED)
    stage.tick()
    stage.tick()
    stage.ask(1, 'b')
    stage.run(SETTLED)
    expect(seen(stage, 'Data', 'r1', 'gateway').map(orderOf)).toEqual([[1], [2, 3, 4]])
  })

  test('the primary goes on carrying order until it has come back', () => {
    const stage = new Stage({ replicas: 3 })
    for (const word of ['a', 'b', 'c']) stage.ask(1, word)
    stage.run(SETTLED)
    stage.ask(1, 'd')
    stage.run(SETTLED)
    expect(seen(stage, 'Data', 'r1', 'gateway').map(orderOf)).toEqual([[1], [1, 2], [1, 2, 3], [4]])
  })

  test('backups do not receive the order directly from their primary', () => {
    const stage = new Stage({ replicas: 3 })
    serve(stage, 100, MILLISECOND)
    stage.run(SETTLED)
    for (const backup of ['r2', 'r3']) {
      const direct = passed(stage, 'r1', backup).filter(({ message }) => message.order.entries.length > 0)
      expect(direct, backup).toEqual([])
      expect(stage.find(backup)?.member.executed).toBe(100)
    }
  })

  test('the other group reflects the order in the next message that it sends', () => {
    const stage = new Stage({ replicas: 3 })
    serve(stage, 20, 3 * MILLISECOND)
    stage.run(SETTLED)
    const carried = seen(stage, 'Data', 'r1', 'gateway')
    expect(carried.length).toBe(20)
    for (const { message, at } of carried) {
      const last = message.order.first + message.order.entries.length - 1
      for (const backup of ['r2', 'r3']) {
        const next = passed(stage, 'gateway', backup).find((wire) => wire.at > at + DELAY)?.message.reflected
        expect(next?.entries.length, `${backup}, entry ${last}`).toBeGreaterThan(0)
        expect((next?.first ?? 0) + (next?.entries.length ?? 0) - 1).toBeGreaterThanOrEqual(last)
      }
    }
  })

  test('a message is delivered outside only once the order that it depends on is held there', () => {
    // So little room that order and message travel apart.
    const stage = new Stage({ replicas: 3, limits: { orderBytesMax: 1, orderRepeatBytesMax: 0 } })
    lose(stage, { kind: 'FirstAck', from: 'r1', to: 'gateway' })
    stage.tick()
    stage.ask(1, 'a')
    stage.run(5 * MILLISECOND)
    expect(seen(stage, 'Data', 'r1', 'gateway').length).toBeGreaterThan(0)
    expect(stage.answers(1)).toEqual([])

    stage.direction.end()
    stage.run(SETTLED)
    expect(stage.answers(1)).toEqual(['a'])
    expect(stage.cluster.violations).toEqual([])
  })

  test('backups execute what their primary has executed, in its order, whatever becomes of the messages', () => {
    const stage = new Stage({ replicas: 5, clients: 4 })
    stage.cluster.network.weather = { ...stage.cluster.network.weather, loss: 100, delaySpread: 500, spike: 200 }
    for (const word of words(40)) {
      for (const client of [1, 2, 3, 4]) stage.ask(client, word)
      stage.tick()
      stage.run(2 * MILLISECOND)
    }
    stage.run(20_000 * MILLISECOND)
    const executed = stage.cast.map(({ process }) => process.member.executed)
    expect(new Set(executed)).toEqual(new Set([40 * 5]))
    expect(stage.cluster.compared).toBe(4 * 40 * 5)
    expect(stage.cluster.violations).toEqual([])
  })
})
