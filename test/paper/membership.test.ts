import { describe, expect, test } from 'vitest'
import { CALM } from '../../src/sim/index.js'
import { DELAY, MILLISECOND, Stage } from '../simulation/stage/stage.js'
import { failOver, lose, passed, seen, serve, SETTLED, words } from './seen.js'

const DEGREES = [2, 3, 4, 5, 6, 7]

/** Replicas that take over one after the other, and a client that is served by each of them. */
function succession(replicas: number, seed: number): Stage {
  const stage = new Stage({ replicas, seed })
  // Who hears of a fault first is chance; who follows is not.
  stage.cluster.network.weather = { ...CALM, delaySpread: MILLISECOND }
  stage.ask(1, '1')
  stage.run(SETTLED)
  for (let rank = 1; rank < replicas; rank++) {
    failOver(stage, `r${rank}`)
    stage.run(SETTLED)
    expect(stage.find(`r${rank + 1}`)?.replica.role).toBe('primary')
    stage.ask(1, String(rank + 1))
    stage.run(SETTLED)
  }
  return stage
}

/** "LLFT Membership Protocol". */
describe('membership, determined by the leader', () => {
  test.each([1, 2, 3])('who becomes the primary is determined by precedence, not by chance (seed %i)', (seed) => {
    const stage = succession(5, seed)
    expect(stage.answers(1)).toEqual(words(5))
  })

  test('one backup is enough: nobody needs a majority, at a takeover or after it', () => {
    const stage = new Stage({ replicas: 5 })
    serve(stage, 5, MILLISECOND)
    stage.run(SETTLED)
    for (const name of ['r1', 'r2', 'r3', 'r4']) failOver(stage, name)
    stage.run(SETTLED)
    expect(stage.cast.map(({ name, process }) => [name, process.replica.role])).toEqual([['r5', 'primary']])
    stage.ask(1, '6')
    stage.run(SETTLED)
    expect(stage.answers(1)).toEqual(words(6))
    expect(stage.cluster.violations).toEqual([])
  })

  test('every member, and every connected group, knows the primary of the group', () => {
    const stage = new Stage({ replicas: 4 })
    for (const dead of ['r1', 'r2']) {
      failOver(stage, dead)
      stage.run(SETTLED)
      const views = [
        ...stage.cast.map(({ process }) => process.replica.view),
        ...stage.cluster.statuses.map((s) => s.view),
      ]
      expect(new Set(views.map(({ number, precedence }) => `${number} ${precedence}`)).size).toBe(1)
      const primary = stage.cast.find(({ process }) => process.member.live)?.process.memberId
      for (const { view, members } of stage.cluster.statuses) {
        expect(members.find(({ precedence }) => precedence === view.precedence)?.memberId).toBe(primary)
      }
    }
  })

  test.each(DEGREES)(
    'no voting round: a takeover of %i replicas is a proposal, an answer of each, a result',
    (replicas) => {
      const stage = new Stage({ replicas })
      serve(stage, 3, MILLISECOND)
      stage.run(SETTLED)
      failOver(stage, 'r1')
      stage.run(5 * MILLISECOND)
      const others = replicas - 2
      const peers = 2
      expect(seen(stage, 'ProposePrimary').length).toBe(others + peers)
      expect(seen(stage, 'AcceptPrimary', undefined, 'r2').length).toBe(others)
      expect(seen(stage, 'RecoveryReport', undefined, 'r2').length).toBe(peers)
      expect(seen(stage, 'Establish').length).toBe(others + peers)
      for (let left = 3; left <= replicas; left++) {
        for (let right = 3; right <= replicas; right++) expect(passed(stage, `r${left}`, `r${right}`)).toEqual([])
      }
      // One round trip between being told of the fault and being the primary, whatever the number of replicas.
      const [proposed] = seen(stage, 'ProposePrimary', 'r2')
      const [established] = seen(stage, 'Establish', 'r2')
      expect((established?.at ?? 0) - (proposed?.at ?? 0)).toBe(2 * DELAY)
    },
  )

  test('replicas stay consistent when the membership changes: a newcomer gets the state of the others', () => {
    const stage = new Stage({ replicas: 2 })
    serve(stage, 20, MILLISECOND)
    failOver(stage, 'r2')
    stage.startReplica()
    for (let request = 21; request <= 40; request++) {
      stage.ask(1, String(request))
      stage.run(MILLISECOND)
    }
    stage.run(SETTLED)
    const before = stage.cluster.compared
    failOver(stage, 'r1')
    stage.run(SETTLED)
    stage.ask(1, '41')
    stage.run(SETTLED)
    expect(stage.find('r3')?.replica.role).toBe('primary')
    expect(stage.answers(1)).toEqual(words(41))
    expect(before).toBeGreaterThan(55)
    expect(stage.cluster.violations).toEqual([])
  })

  test('the primary alone adds and removes backups', () => {
    const stage = new Stage({ replicas: 3 })
    stage.startReplica()
    stage.run(SETTLED)
    failOver(stage, 'r3')
    stage.run(SETTLED)
    const changes = [...seen(stage, 'AcceptBackup'), ...seen(stage, 'RemoveBackup')]
    expect(new Set(changes.map(({ from }) => from))).toEqual(new Set(['r1']))
    const members = stage.cluster.statuses[0]?.members.map(({ memberId }) => stage.names.of(memberId))
    expect(members).toEqual(['r1', 'r2', 'r4'])
  })

  test('who has not caught up does not become the primary', () => {
    const stage = new Stage({ replicas: 2 })
    serve(stage, 10, MILLISECOND)
    lose(stage, { kind: 'Nack', from: 'r3' }, { kind: 'Heartbeat', to: 'r3' })
    stage.startReplica()
    stage.run(SETTLED)
    failOver(stage, 'r1')
    failOver(stage, 'r2')
    stage.run(2000 * MILLISECOND)
    expect(stage.find('r3')?.replica.role).toBe('backup')
    expect(seen(stage, 'ProposePrimary', 'r3')).toEqual([])
  })
})
