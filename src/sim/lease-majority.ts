import type { LeaseReturn, LeaseVote } from '../core/index.js'
import { LeaseCandidate, LeaseVoter } from '../core/index.js'
import type { SimulatedClock } from './clock.js'
import type { Grants, GrantsListener } from './lease-grants.js'
import { driftingClock, LEASE, tripOf } from './lease-grants.js'
import type { World } from './world.js'

const VOTERS: readonly number[] = [3, 3, 4, 5]
const RIVALS = 2
const LOSS = 50
const STATES = 2 ** 40
/** Per thousand steps. */
const RESTARTS = 2
/** With a partition a voter starts again, as when both have one cause. */
const RESTART_WITH_PARTITION = 150
const FAR = 300
/** Cut off from both sides. */
const ALONE = 100
/** After so long the next question is put, whoever has not answered. */
const TIMEOUT: number = LEASE.ttl / 4
const PAUSE_MAX = 15_000

interface Voter {
  readonly clock: SimulatedClock
  voter: LeaseVoter
  /** Whom it reaches. */
  place: 'all' | 'near' | 'far' | 'nobody'
}

interface Candidate {
  readonly side: number
  readonly candidate: LeaseCandidate
  readonly clock: SimulatedClock
  /** Questions of its gateway that the next one of its own answers. */
  waiting: number[]
  asking: boolean
  /** No longer wanted, or lost. */
  over: boolean
}

/** A majority of voters, on all sides of a partition, on clocks that drift; they start again and forget. */
export class MajorityGrants implements Grants {
  readonly #world: World
  readonly #listener: GrantsListener
  readonly #voters: readonly Voter[]
  /** By side. */
  readonly #holders = new Map<number, Candidate>()
  /** Who wants to be the next gateway. */
  #rivals: readonly Candidate[] = []
  #candidates = 0

  constructor(world: World, listener: GrantsListener) {
    this.#world = world
    this.#listener = listener
    const count = VOTERS[world.random.below(VOTERS.length)] as number
    this.#voters = Array.from({ length: count }, () => {
      const clock = driftingClock(world)
      return { clock, voter: this.#started(clock), place: 'all' }
    })
  }

  ask(side: number, nonce: number): void {
    const asker = this.#holders.get(side) ?? this.#candidate(side)
    this.#holders.set(side, asker)
    asker.waiting.push(nonce)
    if (!asker.asking) this.#ask(asker)
  }

  takes(side: number): boolean {
    if (this.#rivals[0]?.side !== side) this.#rivals = Array.from({ length: RIVALS }, () => this.#candidate(side))
    const winner = this.#rivals.find(({ candidate }) => candidate.had)
    if (winner !== undefined) {
      this.#rivals = this.#rivals.filter((each) => each !== winner)
      this.standsBy()
      this.#holders.set(side, winner)
      return true
    }
    for (const rival of this.#rivals) if (!rival.asking) this.#ask(rival)
    return false
  }

  standsBy(): void {
    for (const rival of this.#rivals) {
      rival.over = true
      this.#giveBack(rival)
    }
    this.#rivals = []
  }

  parts(): void {
    const { random } = this.#world
    for (const voter of this.#voters) {
      voter.place = random.chance(ALONE) ? 'nobody' : random.chance(FAR) ? 'far' : 'near'
      if (random.chance(RESTART_WITH_PARTITION)) voter.voter = this.#started(voter.clock)
    }
  }

  heals(): void {
    for (const voter of this.#voters) voter.place = 'all'
  }

  passes(): void {
    const { random } = this.#world
    if (!random.chance(RESTARTS)) return
    const voter = this.#voters[random.below(this.#voters.length)] as Voter
    voter.voter = this.#started(voter.clock)
  }

  #started(clock: SimulatedClock): LeaseVoter {
    return new LeaseVoter(clock.now(), 1 + this.#world.random.below(STATES))
  }

  #candidate(side: number): Candidate {
    const terms = { candidate: ++this.#candidates, voters: this.#voters.map((_, at) => `${at}`), lease: LEASE }
    const clock = driftingClock(this.#world)
    return { side, candidate: new LeaseCandidate(terms), clock, waiting: [], asking: false, over: false }
  }

  #ask(asker: Candidate): void {
    const { waiting, candidate, clock } = asker
    asker.asking = true
    asker.waiting = []
    let settled = false
    const settle = (outcome: 'granted' | 'refused' | 'open'): void => {
      if (settled || asker.over) return
      settled = true
      this.#settled(asker, waiting, outcome)
    }
    for (const [index, question] of candidate.ask(clock.now()).entries()) {
      this.#carry(asker, index, ({ voter, clock: own }) => {
        const vote = voter.ask(own.now(), question)
        this.#carry(asker, index, () => {
          if (asker.over) return
          candidate.answered(index, question.nonce, vote satisfies LeaseVote)
          const outcome = candidate.outcome(clock.now())
          if (outcome !== 'open') settle(outcome)
        })
      })
    }
    this.#world.after(TIMEOUT, () => settle('open'))
  }

  #settled(asker: Candidate, nonces: readonly number[], outcome: 'granted' | 'refused' | 'open'): void {
    const { side, candidate } = asker
    if (outcome === 'granted') for (const nonce of nonces) this.#listener.granted(side, nonce)
    else if (!candidate.had) this.#giveBack(asker)
    else if (outcome === 'refused') {
      asker.over = true
      return this.#listener.lost(side)
    }
    const pause = outcome === 'granted' || candidate.had ? 0 : this.#world.random.below(PAUSE_MAX)
    this.#world.after(pause, () => {
      asker.asking = false
      if (asker.waiting.length > 0 && !asker.over) this.#ask(asker)
    })
  }

  #giveBack(asker: Candidate): void {
    const given: LeaseReturn = asker.candidate.giveBack()
    for (const index of this.#voters.keys()) this.#carry(asker, index, ({ voter }) => voter.returned(given))
  }

  /** A datagram between the two; neither is there any more where the network is cut meanwhile. */
  #carry({ side }: Candidate, index: number, arrives: (voter: Voter) => void): void {
    if (this.#world.random.chance(LOSS)) return
    this.#world.after(tripOf(this.#world), () => {
      const voter = this.#voters[index] as Voter
      if (voter.place === 'all' || voter.place === (this.#listener.isFar(side) ? 'far' : 'near')) arrives(voter)
    })
  }
}
