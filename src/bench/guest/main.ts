// The program under measurement, the same on plain Node, under LLFT, and in front of each store.
import type { Protocol } from '../../load/index.js'
import { serve } from './serve.js'
import type { Store, StoreName, StoreTerms } from './store.js'
import { countingWork } from './work.js'

/** Loaded when it is asked for, so that the program by itself is a plain one. */
const OPEN: Readonly<Record<StoreName, (terms: StoreTerms) => Promise<Store>>> = {
  async memory() {
    let count = 0
    return { next: () => ++count }
  },
  redis: async (terms) => new (await import('./redis.js')).RedisStore(terms),
  etcd: async (terms) => new (await import('./etcd.js')).EtcdStore(terms),
  nats: async (terms) => new (await import('./nats.js')).NatsStore(terms),
  postgres: async (terms) => new (await import('./postgres.js')).PostgresStore(terms),
  cpg: async (terms) => new (await import('./cpg.js')).CpgStore(terms),
}

const { PORT, BENCH_PROTOCOL = 'tcp', BENCH_STORE = '{"store":"memory"}' } = process.env
const terms = JSON.parse(BENCH_STORE) as StoreTerms
const store = await OPEN[terms.store](terms)
await serve(BENCH_PROTOCOL as Protocol, Number(PORT), countingWork(store))
