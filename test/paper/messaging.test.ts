import { describe, expect, test } from 'vitest'
import { CALM } from '../../src/sim/index.js'
import { DELAY, MILLISECOND, Stage } from '../simulation/stage/stage.js'
import { failOver, lose, loseNext, passed, seen, SETTLED, words } from './seen.js'

/** "LLFT Messaging Protocol: entrega fiável". Gateway and replicated program are groups C and S, either way round. */
describe('reliable delivery', () => {
  test('the primary of a group sends each of its messages to all members of the destination group', () => {
    const stage = new Stage({ replicas: 3 })
    stage.ask(1, 'a')
    stage.ask(2, 'b')
    // Sooner than anything is sent a second time.
    stage.run(5 * MILLISECOND)
    for (const member of ['r1', 'r2', 'r3']) {
      const sequences = seen(stage, 'Data', 'gateway', member).flatMap(({ message: { sequence, payloads } }) => {
        return payloads.map((_, at) => sequence + at)
      })
      expect(sequences, member).toEqual([1, 2])
    }
  })

  test('a virtual connection carries messages both ways, and each way has numbers of its own', () => {
    const stage = new Stage({ replicas: 2 })
    stage.breakOff(2)
    stage.breakOff(2)
    stage.ask(1, 'a')
    stage.run(SETTLED)
    expect(seen(stage, 'Data', 'gateway', 'r1').map(({ message }) => message.sequence)).toEqual([1, 2, 3])
    expect(seen(stage, 'Data', 'r1', 'gateway').map(({ message }) => message.sequence)).toEqual([1])
  })

  test('a backup creates and logs the messages that its primary sends, and does not send them', () => {
    const stage = new Stage({ replicas: 3 })
    lose(stage, { kind: 'Data', from: 'r1', to: 'gateway' })
    stage.ask(1, 'a')
    stage.run(15 * MILLISECOND)
    const [first] = seen(stage, 'Data', 'r1', 'gateway')
    expect(stage.find('r2')?.member.executed).toBe(1)
    for (const backup of ['r2', 'r3']) expect(seen(stage, 'Data', backup)).toEqual([])

    failOver(stage, 'r1')
    stage.run(5 * MILLISECOND)
    const [again] = seen(stage, 'Data', 'r2', 'gateway')
    expect(again?.message.payloads).toEqual(first?.message.payloads)
    expect(again?.message.sequence).toBe(first?.message.sequence)
    expect(stage.find('r2')?.member.executed).toBe(1)
    expect(stage.answers(1)).toEqual(['a'])
  })

  test('the primary keeps what it sends in its sent list, and sends it again until it is acknowledged', () => {
    const stage = new Stage({ replicas: 2 })
    // Nobody asks for it either.
    lose(stage, { kind: 'Data', from: 'r1', to: 'gateway' }, { kind: 'Nack', from: 'gateway' })
    stage.ask(1, 'a')
    stage.run(200 * MILLISECOND)
    const tries = seen(stage, 'Data', 'r1', 'gateway')
    expect(tries.length).toBeGreaterThan(2)
    for (const { message } of tries) expect(message.payloads).toEqual(tries[0]?.message.payloads)

    stage.direction.end()
    stage.run(1000 * MILLISECOND)
    expect(stage.answers(1)).toEqual(['a'])
    const acknowledged = seen(stage, 'Data', 'r1', 'gateway').length
    stage.run(5000 * MILLISECOND)
    expect(seen(stage, 'Data', 'r1', 'gateway').length).toBe(acknowledged)
  })

  test('the primary of the destination says in its messages how far it has received in sequence', () => {
    const stage = new Stage({ replicas: 3 })
    for (const word of ['a', 'b', 'c']) {
      stage.ask(1, word)
      stage.run(SETTLED)
    }
    expect(seen(stage, 'Data', 'r1', 'gateway').map(({ message }) => message.ack)).toEqual([1, 2, 3])
    expect(seen(stage, 'FirstAck', 'r1', 'gateway')).toEqual([])
  })

  test('what arrived beyond a gap is not acknowledged before the gap is closed', () => {
    const stage = new Stage({ replicas: 2 })
    loseNext(stage, { kind: 'Data', to: 'r1' })
    stage.ask(1, 'a')
    stage.ask(1, 'b')
    stage.run(SETTLED)
    const said = passed(stage, 'r1', 'gateway').map(({ message: { kind, ack } }) => `${kind} ${ack}`)
    expect(said).toContain('Nack 0')
    expect(said.slice(0, said.indexOf('Nack 0')).every((each) => each.endsWith(' 0'))).toBe(true)
    expect(said.at(-1)).toMatch(/ 2$/)
    expect(stage.answers(1)).toEqual(['a', 'b'])
  })

  test('a primary of the destination that has no message to send acknowledges with a FirstAck', () => {
    const stage = new Stage({ replicas: 3 })
    stage.breakOff(2)
    stage.run(SETTLED)
    expect(seen(stage, 'Data', 'r1', 'gateway')).toEqual([])
    expect(seen(stage, 'FirstAck', 'r1', 'gateway').map(({ message }) => message.ack)).toEqual([1])
  })

  test('a backup of the group that sent the messages confirms a FirstAck with a SecondAck, at once', () => {
    const stage = new Stage({ replicas: 3 })
    stage.ask(1, 'a')
    stage.run(1.5 * MILLISECOND)
    // No request is left for the acknowledgement to ride on: it comes with the reflected order of the next message.
    stage.breakOff(2)
    stage.run(SETTLED)
    for (const backup of ['r2', 'r3']) {
      const [heard] = seen(stage, 'FirstAck', 'gateway', backup)
      expect(heard?.message.ack).toBe(1)
      for (const to of ['gateway', 'r1']) {
        const confirmed = seen(stage, 'SecondAck', backup, to).filter(({ at }) => at === (heard?.at ?? 0) + DELAY)
        expect(confirmed.length, `${backup} to ${to}`).toBeGreaterThan(0)
      }
    }
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'datagrams that are lost, repeated, late and out of order change nothing for a client (seed %i)',
    (seed) => {
      const stage = new Stage({ replicas: 3, seed })
      const rough = { ...CALM, loss: 150, duplication: 200, delaySpread: 400, spike: 100 }
      stage.cluster.network.weather = rough
      for (const word of words(100)) {
        stage.ask(1, word)
        stage.run(2 * MILLISECOND)
      }
      stage.run(20_000 * MILLISECOND)
      expect(stage.cluster.network.lost).toBeGreaterThan(30)
      expect(stage.answers(1)).toEqual(words(100))
      expect(stage.cluster.violations).toEqual([])
    },
  )

  test('over multicast one datagram reaches all members of the destination group', () => {
    const calls = [3, 7].map((replicas) => {
      const stage = new Stage({ replicas, multicast: true })
      const { network, gateway } = stage.cluster
      const carry = network.carry.bind(network)
      let sends = 0
      network.carry = (from, to, datagram): void => {
        if (from === gateway) sends++
        carry(from, to, datagram)
      }
      stage.ask(1, 'a')
      stage.run(SETTLED)
      expect(stage.cluster.processes.map(({ member }) => member.executed)).toEqual(Array(replicas).fill(1))
      return sends
    })
    expect(calls[0]).toBe(calls[1])
  })
})
