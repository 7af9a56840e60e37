import { COROSYNC } from './corosync.js'
import { ETCD } from './etcd.js'
import { llft } from './llft.js'
import { NATS } from './nats.js'
import { PLAIN, PROXIED } from './plain.js'
import { POSTGRES } from './postgres.js'
import { REDIS } from './redis.js'
import type { SystemKind } from './system.js'

export const LLFT_SYSTEMS: readonly SystemKind[] = [
  llft({ name: 'llft', replicas: 3 }),
  llft({ name: 'llft-2', replicas: 2 }),
  llft({ name: 'llft-acknowledged', replicas: 3, options: ['--commit', 'acknowledged'] }),
  llft({ name: 'llft-multicast', replicas: 3, options: ['--transport', 'multicast'] }),
]

/** Everything that can be measured, in the order in which it is shown. */
export const FIELD: readonly SystemKind[] = [
  PLAIN,
  ...PROXIED,
  ...LLFT_SYSTEMS,
  ...REDIS,
  ...NATS,
  ...ETCD,
  ...POSTGRES,
  ...COROSYNC,
]

/** What is measured when nobody says what; the rest of LLFT's settings has to be asked for. */
export const USUAL: readonly string[] = FIELD.map(({ name }) => name).filter((name) => {
  return name !== 'llft-acknowledged' && name !== 'llft-multicast'
})

/** Compared with each, in every run that has it. */
export const BASELINES: readonly string[] = ['plain', 'haproxy', 'redis-tuned']

/** A quick look at fail-over: who takes half a minute by its default settings is left out. */
export const QUICK_FAILOVER: readonly string[] = [
  'plain',
  'haproxy-tuned',
  'llft',
  'redis-tuned',
  'nats-tuned',
  'etcd-tuned',
]

/** How LLFT grows, with the floor beside it. */
export const SCALED: readonly string[] = ['plain', 'llft']

export function kindsNamed(names: readonly string[]): readonly SystemKind[] {
  return FIELD.filter(({ name }) => names.includes(name))
}
