// The program under measurement, the same on plain Node, under LLFT, and in front of each store.
import type { Protocol } from '../../load/index.js'
import { serve } from './serve.js'
import type { Store, StoreTerms } from './store.js'
import { countingWork } from './work.js'

async function openStore(terms: StoreTerms): Promise<Store> {
  switch (terms.store) {
    case 'memory': {
      let count = 0
      return { next: () => ++count }
    }
    case 'redis':
      return new (await import('./redis.js')).RedisStore(terms)
    case 'etcd':
      return new (await import('./etcd.js')).EtcdStore(terms)
    case 'nats':
      return new (await import('./nats.js')).NatsStore(terms)
    case 'postgres':
      return new (await import('./postgres.js')).PostgresStore(terms)
  }
}

const { PORT, BENCH_PROTOCOL = 'tcp', BENCH_STORE = '{"store":"memory"}' } = process.env
const store = await openStore(JSON.parse(BENCH_STORE) as StoreTerms)
await serve(BENCH_PROTOCOL as Protocol, Number(PORT), countingWork(store))
