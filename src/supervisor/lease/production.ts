import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { LeaseOptions, RunOptions } from '../../config/index.js'
import type { LeaseTerms } from '../../core/index.js'
import type { Report } from '../../errors/index.js'
import { EtcdStore } from './etcd.js'
import { LeaseKeeper } from './lease-keeper.js'
import type { LeaseStore } from './lease-store.js'
import { MajorityStore } from './majority.js'

/** Four questions in a lease: one that is not answered must not hold up the next. */
const TIMEOUTS_PER_LEASE = 4
const NAME_BYTES = 4

/** The lease that the options ask for, if they do. */
export function leaseKeeper(run: RunOptions, address: string, tell: (what: Report) => void): LeaseKeeper | undefined {
  const { fencing: options, name: group } = run
  if (options === undefined) return undefined
  const holder = `${hostname()} (${address}, pid ${process.pid}, ${randomBytes(NAME_BYTES).toString('hex')})`
  return new LeaseKeeper({ group, options, store: storeOf({ options, group, holder, address }), tell })
}

interface StoreTerms {
  readonly options: LeaseOptions
  readonly group: string
  readonly holder: string
  readonly address: string
}

function storeOf({ options, group, holder, address: host }: StoreTerms): LeaseStore {
  const { ttlMs, clockDriftMs } = options
  const timeoutMs = ttlMs / TIMEOUTS_PER_LEASE
  if (options.kind === 'lease') {
    return new EtcdStore({ urls: options.etcd, group, holder, ttlMs, clockDriftMs, timeoutMs })
  }
  return new MajorityStore({ group, holder, host, voters: options.voters, lease: leaseTermsOf(options), timeoutMs })
}

/** In the protocol's unit. */
export function leaseTermsOf({ ttlMs, clockDriftMs }: LeaseOptions): LeaseTerms {
  return { ttl: ttlMs * 1000, driftBound: clockDriftMs * 1000 }
}
