import { GROUP } from '../../message/index.js'
import type { EdgeTerms } from '../edge-terms.js'
import { type Offer, Snapshots } from './snapshots.js'
import { Upgrades } from './upgrades.js'

/** Where `llft/app` finds its replica; threads have none. */
const HOOK = Symbol.for('llft.snapshot')

/** A program can hand what it knows to the next generation of replicas (ADR 55). */
export function installSnapshots(terms: EdgeTerms): void {
  const { operations } = terms
  const upgrades = new Upgrades()
  upgrades.install(terms)
  const snapshots = new Snapshots(terms, upgrades)
  Object.defineProperty(globalThis, HOOK, { value: (offer: Offer) => snapshots.offer(offer) })
  operations.onFrame(GROUP.gateway, (frame) => {
    if (frame.frame === 'snapshot') snapshots.receive(frame)
  })
  operations.onPeerChange(
    GROUP.gateway,
    () => snapshots.lost(),
    () => snapshots.found(),
  )
}
