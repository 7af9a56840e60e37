import type { OrderedAtomics } from '../shared-memory/ordered-atomics.js'
import { furnishAsynchronous, type Ordered } from './asynchronous.js'
import { furnishAtomics } from './atomics.js'
import { furnishCollection } from './collection.js'
import { furnishDate } from './date.js'
import { furnishIntl } from './intl.js'
import { furnishRandom } from './random.js'
import { makeRealm, type Realm } from './realm.js'
import { furnishTemporal } from './temporal.js'

/** What a realm's globals have instead of V8's own clock, chance and threads. */
export interface Sources {
  readonly nowMs: () => number
  readonly random: () => number
  readonly ordered: Ordered
  readonly atomics: OrderedAtomics
}

/**
 * Each piece of furniture: the hook whose absence a test shows, the global that it replaces or changes, and what does
 * it.
 */
export interface Furniture {
  readonly hook: string
  readonly global: string
  readonly furnish: (realm: Realm, source: never) => void
  readonly source: keyof Sources | undefined
}

export const FURNITURE: readonly Furniture[] = [
  { hook: 'date', global: 'Date', furnish: furnishDate, source: 'nowMs' },
  { hook: 'date', global: 'Intl', furnish: furnishIntl, source: 'nowMs' },
  { hook: 'date', global: 'Temporal', furnish: furnishTemporal, source: 'nowMs' },
  { hook: 'mathRandom', global: 'Math', furnish: furnishRandom, source: 'random' },
  { hook: 'promises', global: 'Atomics', furnish: furnishAsynchronous, source: 'ordered' },
  { hook: 'atomics', global: 'Atomics', furnish: furnishAtomics, source: 'atomics' },
  { hook: 'weakref', global: 'WeakRef', furnish: furnishCollection, source: undefined },
]

/** The realm that the program starts in. */
export function furnishMainRealm(sources: Sources, isOn: (hook: string) => boolean): void {
  const realm = makeRealm()
  for (const { hook, furnish, source } of FURNITURE) {
    if (isOn(hook)) furnish(realm, (source === undefined ? undefined : sources[source]) as never)
  }
}
