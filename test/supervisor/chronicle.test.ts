import { describe, expect, test } from 'vitest'
import type { PeerEvent } from '../../src/driver/index.js'
import type { Instant, MemberId, ViewNumber } from '../../src/message/index.js'
import { Chronicle } from '../../src/supervisor/chronicle.js'
import { FailoverTimeline } from '../../src/supervisor/failover-timeline.js'

const at = (microseconds: number): Instant => microseconds as Instant
const successor = (number: number): { id: string; view: ViewNumber } => ({
  id: `r${number}`,
  view: number as ViewNumber,
})
const loss = {
  cause: 'r1 SIGKILL',
  planned: false,
  wallTimeMs: 0,
  silent: at(1000),
  suspected: at(3000),
  announced: at(3500),
}

describe('FailoverTimeline', () => {
  test('phases of a fail-over; the last when the gateway follows', () => {
    const timeline = new FailoverTimeline()
    expect(timeline.established(successor(1), at(0), 0)).toBeUndefined()
    timeline.lost(loss)
    timeline.adopted(at(3800))
    const phases = { silenceMs: 2, suspicionMs: 0.5, proposalMs: 0.3, recoveryMs: 0.6, resumedMs: null }
    const failover = { cause: loss.cause, primary: 'r2', view: 2, phases }
    expect(timeline.established(successor(2), at(4400), 0)).toMatchObject(failover)
    expect(timeline.resumed(1 as ViewNumber, at(4500))).toBeUndefined()
    expect(timeline.resumed(2 as ViewNumber, at(4600))?.phases).toEqual({ ...phases, resumedMs: 0.2 })
    expect(timeline.resumed(2 as ViewNumber, at(9000))).toBeUndefined()
    expect(timeline.recent.map((each) => each.phases.resumedMs)).toEqual([0.2])
    expect(timeline.established(successor(2), at(9000), 0)).toBeUndefined()
  })

  test('a new primary that is lost during its takeover belongs to the same gap', () => {
    const timeline = new FailoverTimeline()
    timeline.established(successor(1), at(0), 0)
    timeline.lost(loss)
    timeline.adopted(at(3800))
    timeline.lost({ ...loss, cause: 'r2', silent: at(4000), suspected: at(4100) })
    timeline.adopted(at(5500))
    const phases = { silenceMs: 2, suspicionMs: 0.5, proposalMs: 2, recoveryMs: 1 }
    expect(timeline.established(successor(3), at(6500), 0)?.phases).toMatchObject(phases)
    expect(timeline.count).toBe(1)
  })

  test('keeps a bounded number and counts all', () => {
    const timeline = new FailoverTimeline()
    for (let number = 1; number <= 151; number++) timeline.established(successor(number), at(number), 0)
    expect(timeline.count).toBe(150)
    expect(timeline.recent).toHaveLength(100)
  })
})

/** An event that the console tells of: who leads, in which view, with whom; `4?` has not caught up. */
function event(kind: PeerEvent['event'], view: readonly [number, number], members: string): PeerEvent {
  const list = members.split(' ').map((text) => {
    const number = Number.parseInt(text, 10)
    return { memberId: number, precedence: number, locator: number, caughtUp: !text.endsWith('?') }
  })
  const precedence = list[0]?.precedence
  return {
    event: kind,
    at: at(4000),
    view: { number: view[0], backupView: view[1], precedence },
    members: list,
  } as unknown as PeerEvent
}

describe('Chronicle', () => {
  function founded(): Chronicle {
    const chronicle = new Chronicle()
    for (const number of [1, 2, 3, 4]) {
      chronicle.named(number as MemberId, { id: `r${number}`, origin: number < 4 ? 'start' : 'in place of r1' })
    }
    chronicle.established(event('established', [1, 0], '1 2 3'))
    return chronicle
  }

  const told = (chronicle: Chronicle): readonly string[] =>
    chronicle.log.recent.map(({ kind, replica, cause, view, members, proposer }) => {
      const names = members.map(
        ({ id, role, caughtUp }) => `${id}${role === 'primary' ? '*' : ''}${caughtUp ? '' : '?'}`,
      )
      return `${kind} ${replica}: ${cause}; ${view.primary}.${view.backup} ${names.join(' ')} by ${proposer}`
    })

  test('a takeover and the replacement', () => {
    const chronicle = founded()
    chronicle.suspected(1 as MemberId, loss, true)
    chronicle.adopted(event('adopted', [2, 0], '2 3'))
    expect(chronicle.established(event('established', [2, 0], '2 3'))).toMatchObject({ primary: 'r2', view: 2 })
    chronicle.resumed(2 as ViewNumber, at(4200))
    chronicle.members(event('members', [2, 1], '2 3 4?'))
    chronicle.members(event('members', [2, 2], '2 3 4'))
    expect(told(chronicle)).toEqual([
      'founded r1: start; 1.0 r1* r2 r3 by null',
      'suspected r1: r1 SIGKILL; 1.0 r1* r2 r3 by null',
      'proposed r2: r1 SIGKILL; 2.0 r2* r3 by r2',
      'established r2: r1 SIGKILL; 2.0 r2* r3 by r2',
      'removed r1: r1 SIGKILL; 2.0 r2* r3 by r2',
      'resumed r2: r1 SIGKILL; 2.0 r2* r3 by r2',
      'joined r4: in place of r1; 2.1 r2* r3 r4? by r2',
      'caught-up r4: in place of r1; 2.2 r2* r3 r4 by r2',
    ])
    const { recent } = chronicle.log
    expect(recent.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(recent.map(({ phases }) => phases?.resumedMs)).toEqual([
      undefined,
      undefined,
      undefined,
      null,
      undefined,
      0.2,
      undefined,
      undefined,
    ])
  })

  test('a gateway that hears of the new view first', () => {
    const chronicle = founded()
    chronicle.suspected(1 as MemberId, loss, true)
    chronicle.resumed(2 as ViewNumber, at(3900))
    chronicle.established(event('established', [2, 0], '2 3'))
    expect(chronicle.log.recent.at(-1)).toMatchObject({ kind: 'resumed', phases: { resumedMs: 0 } })
    expect(chronicle.timeline.recent[0]?.phases.resumedMs).toBe(0)
  })

  test('a backup that the primary removes of itself; one that ended', () => {
    const chronicle = founded()
    chronicle.members(event('members', [1, 1], '1 3'))
    chronicle.suspected(3 as MemberId, { ...loss, cause: 'r3 SIGSEGV' }, false)
    chronicle.members(event('members', [1, 2], '1'))
    expect(told(chronicle).slice(1)).toEqual([
      'removed r2: silent, or too far behind; 1.1 r1* r3 by r1',
      'suspected r3: r3 SIGSEGV; 1.1 r1* r3 by null',
      'removed r3: r3 SIGSEGV; 1.2 r1* by r1',
    ])
    expect(chronicle.timeline.count).toBe(0)
  })

  test('a planned switch; one that comes to nothing', () => {
    const chronicle = founded()
    const planned = { ...loss, planned: true, cause: 'planned switch to r3' }
    chronicle.suspected(1 as MemberId, planned, true)
    chronicle.kept(1 as MemberId, 'r3 did not catch up in time')
    chronicle.suspected(1 as MemberId, planned, true)
    const view = { number: 3, precedence: 3, backupView: 0 }
    chronicle.adopted({ ...event('adopted', [3, 0], '2 3'), view } as unknown as PeerEvent)
    const ended = chronicle.established({ ...event('established', [3, 0], '2 3'), view } as unknown as PeerEvent)
    expect(ended).toMatchObject({ planned: true, primary: 'r3', view: 3 })
    expect(told(chronicle).slice(1)).toEqual([
      'leaving r1: planned switch to r3; 1.0 r1* r2 r3 by null',
      'kept r1: r3 did not catch up in time; 1.0 r1* r2 r3 by null',
      'leaving r1: planned switch to r3; 1.0 r1* r2 r3 by null',
      'proposed r3: planned switch to r3; 3.0 r3* r2 by r3',
      'established r3: planned switch to r3; 3.0 r3* r2 by r3',
      'removed r1: planned switch to r3; 3.0 r3* r2 by r3',
    ])
  })

  test('a takeover that nobody announced', () => {
    const chronicle = founded()
    chronicle.adopted(event('adopted', [2, 0], '2 3'))
    chronicle.established(event('established', [2, 0], '2 3'))
    expect(told(chronicle).slice(1)).toEqual([
      'proposed r2: no answer; 2.0 r2* r3 by r2',
      'established r2: no answer; 2.0 r2* r3 by r2',
      'removed r1: silent, or too far behind; 2.0 r2* r3 by r2',
    ])
  })

  test('keeps a bounded number; followers hear each', () => {
    const chronicle = founded()
    let heard = 0
    const stop = chronicle.log.subscribe(() => heard++)
    for (let count = 0; count < 1500; count++) chronicle.group('gateway-lost', 'SIGKILL')
    stop()
    chronicle.group('gateway-started', 'again')
    expect(heard).toBe(1500)
    expect(chronicle.log.recent).toHaveLength(1000)
    expect(chronicle.log.recent.at(-1)).toMatchObject({ sequence: 1502, kind: 'gateway-started' })
  })
})
