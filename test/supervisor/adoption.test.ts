import { describe, expect, test } from 'vitest'
import type { MemberId } from '../../src/message/index.js'
import { Adoption, Losses } from '../../src/supervisor/remote/adoption.js'
import type { Sighting } from '../../src/supervisor/remote/sightings.js'

const SOON = 300
const LATE = 2_000

interface Guest {
  readonly origin?: number
  readonly epoch?: number
  /** Of the generation. */
  readonly number?: number
  readonly decided?: boolean
  readonly view?: number
  /** Whom it knows as members. */
  readonly members?: readonly number[]
  readonly behind?: readonly number[]
  readonly silent?: boolean
}

function sighting(
  memberId: number,
  { view = 1, members = [1, 2, 3], behind = [], silent = true, decided = true, ...group }: Guest = {},
): Sighting {
  const { epoch = 1, origin = epoch, number = 1 } = group
  const standing = {
    view: { number: view, precedence: 1, backupView: 0 },
    members: members.map((each) => ({ memberId: each, caughtUp: !behind.includes(each) })),
    peers: [],
    leaving: [],
  }
  const guest = { claim: { memberId }, started: true, end: null, founding: { epoch }, standing }
  const gateway = { speaker: 9, term: 1, address: 'lost', silent }
  const generation = { origin, number, epoch }
  return { host: `host${memberId}`, guest, gateway, generation, decided } as unknown as Sighting
}

describe('who may adopt', () => {
  const look = (sightings: readonly Sighting[], after = SOON, terms: object = {}): unknown => {
    const adoption = new Adoption({ wanted: 3, speaker: 5, fenced: false, ...terms })
    expect(adoption.look(sightings, 0)).toBeUndefined()
    const found = adoption.look(sightings, after)
    return typeof found === 'object' ? found.members.map(({ memberId }) => memberId) : found
  }

  test('all are heard: soon; some are missing: later; fewer than half: never', () => {
    expect(look([1, 2, 3].map((each) => sighting(each)))).toEqual([1, 2, 3])
    expect(look([1, 2].map((each) => sighting(each)))).toBeUndefined()
    expect(
      look(
        [1, 2].map((each) => sighting(each)),
        LATE,
      ),
    ).toEqual([1, 2])
    expect(look([sighting(1)], LATE)).toBe('few')
    expect(look([sighting(1)], LATE, { wanted: 1 })).toEqual([1])
    expect(look([], LATE)).toBeUndefined()
  })

  test('nobody, while one host hears another gateway, or has begun to again', () => {
    const all = [1, 2, 3].map((each) => sighting(each))
    expect(look([...all.slice(1), sighting(1, { silent: false })], LATE)).toBeUndefined()
    const adoption = new Adoption({ wanted: 3, speaker: 5, fenced: false })
    adoption.look(all, 0)
    adoption.look([sighting(1, { silent: false })], 100)
    expect(adoption.look(all, SOON)).toBeUndefined()
  })

  test('members of the newest view alone, and of them those that could lead', () => {
    const newer = { view: 2, members: [2, 3] }
    expect(look([sighting(1), sighting(2, newer), sighting(3, newer)], LATE)).toEqual([2, 3])
    expect(
      look(
        [1, 2, 3].map((each) => sighting(each, { behind: [3] })),
        LATE,
      ),
    ).toEqual([1, 2])
    expect(look([sighting(1, { behind: [1] })], LATE)).toBeUndefined()
  })

  test('of two groups with one name, the one that more have', () => {
    const other = { epoch: 2, members: [2, 3] }
    expect(look([sighting(1, { members: [1] }), sighting(2, other), sighting(3, other)], LATE)).toEqual([2, 3])
  })

  test('of two generations the last that a host knows to be the group, with all that run it', () => {
    const next = { origin: 1, epoch: 2, number: 2, members: [11, 12, 13], decided: false }
    const both = [1, 2, 3].flatMap((each) => [sighting(each), sighting(10 + each, next)])
    expect(look(both)).toEqual([1, 2, 3])
    // One of them had heard the decision: clients may have, too.
    expect(look([...both, sighting(13, { ...next, decided: true })])).toEqual([11, 12, 13])
    // Of an attempt that was given up, and one that succeeded, under the same number.
    const given = [1, 2, 3].map((each) => sighting(20 + each, { ...next, epoch: 3, members: [21, 22, 23] }))
    expect(look([...given, ...both, sighting(13, { ...next, decided: true })])).toEqual([11, 12, 13])
    expect(look(both.filter(({ decided }) => !decided))).toBeUndefined()
  })

  test('of two standbys the one that hears more, then the larger number; under a lease, that decides', () => {
    const all = [1, 2, 3].map((each) => sighting(each))
    const beside = (speaker: number, orphans: number, fenced = false, heardMs = SOON): unknown => {
      const adoption = new Adoption({ wanted: 3, speaker: 5, fenced })
      adoption.look(all, 0)
      adoption.heard(speaker, { orphans, heardMs })
      return adoption.look(all, SOON)
    }
    expect(beside(6, 3)).toBeUndefined()
    expect(beside(4, 4)).toBeUndefined()
    expect(beside(4, 3)).toBeDefined()
    expect(beside(6, 2)).toBeDefined()
    expect(beside(6, 3, true)).toBeDefined()
    expect(beside(6, 3, false, SOON - 2_000)).toBeDefined()
  })
})

describe('whom replicas that were adopted are told to be lost', () => {
  const id = (member: number): MemberId => member as MemberId
  const standing = (members: readonly number[], peers: readonly number[], leaving: readonly number[] = []): never => {
    const view = { number: 1, precedence: 1, backupView: 0 }
    return { view, members: members.map((memberId) => ({ memberId })), peers, leaving } as never
  }

  test('connected groups that are not this gateway’s; members that are not heard, until the group can be told', () => {
    let connected = false
    const losses = new Losses({ at: 0 as never, own: () => [id(20), undefined], connected: () => connected })
    const heard = { isHeard: (member: number): boolean => member < 3, runs: () => false }
    expect(losses.among([standing([1, 2, 3], [10, 11]), standing([1, 2, 3], [10, 20])], heard)).toEqual([10, 11, 3])
    // The primary has left it out: who hears so later must still be told.
    expect(losses.among([standing([1, 2], [20])], heard)).toEqual([3])
    losses.add(id(2))
    expect(losses.among([standing([1, 2], [20])], heard)).toEqual([3, 2])
    connected = true
    losses.add(id(1))
    expect(losses.among([standing([1, 2, 3], [11, 20])], heard)).toEqual([11])
  })

  test('removed members that are still counted, once they run no more', () => {
    let connected = false
    const isHeard = (member: number): boolean => member < 3
    const losses = new Losses({ at: 0 as never, own: () => [id(20), undefined], connected: () => connected })
    const standings = [standing([1, 2], [20], [3, 4]), standing([1, 2], [20])]
    expect(losses.among(standings, { isHeard, runs: (member) => member === 3 })).toEqual([4])
    expect(losses.among(standings, { isHeard, runs: () => false })).toEqual([4, 3])
    connected = true
    expect(losses.among(standings, { isHeard: () => false, runs: () => false })).toEqual([])
  })
})
