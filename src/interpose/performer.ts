import { ENTRY, type PeerInfo } from '../message/index.js'
import { type Completion, runCompletion } from './completions.js'
import type { Context } from './context.js'
import { announceEnd } from './ending.js'
import type { Subject } from './entry-heads.js'
import type { Internals } from './internals.js'
import { type Operations, VALUE_SOURCE } from './operations.js'
import type { Peers } from './peers.js'
import type { ProgramTimers } from './timers.js'

export interface PerformerTerms {
  readonly internals: Internals
  readonly context: Context
  readonly timers: ProgramTimers
  readonly peers: Peers
  readonly operations: Pick<Operations, 'recordNumber' | 'end'>
}

/** Calls the program for what an operation is about. */
export class Performer {
  readonly #terms: PerformerTerms

  constructor(terms: PerformerTerms) {
    this.#terms = terms
  }

  perform(subject: Subject): unknown {
    const { internals, context, timers, peers } = this.#terms
    const { kind, group, completion, peer } = subject
    switch (kind) {
      case ENTRY.deliver:
        return peers.deliver(group)
      case ENTRY.timers:
        return timers.fire(context.uncaught)
      case ENTRY.immediate:
        return timers.runImmediates(context.uncaught)
      case ENTRY.completion:
        subject.completion = undefined
        return runCompletion(internals, context, completion as Completion)
      case ENTRY.peerLost:
        return peers.lose(group)
      case ENTRY.peerUp:
        return peers.welcome(peer as PeerInfo)
      default:
        return this.#drained(subject)
    }
  }

  /** Nothing keeps the program alive: `beforeExit`, which may start something, or the end (determinizer.md A10). */
  #drained(subject: Subject): void {
    const { operations } = this.#terms
    const over = operations.recordNumber(VALUE_SOURCE.fact, () => Number(subject.over)) === 1
    const code = announceEnd(over)
    if (over) operations.end(code, 0)
  }
}
