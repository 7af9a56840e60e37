/** Where the program's one number lives. */
export type StoreName = 'memory' | 'redis' | 'etcd' | 'nats' | 'postgres' | 'cpg'

/** How the suite tells the program, in `BENCH_STORE`. */
export interface StoreTerms {
  readonly store: StoreName
  /** Ports of the servers on 127.0.0.1, the likely leader first; for Redis those of its sentinels. */
  readonly ports: readonly number[]
  /** For Corosync instead: Unix sockets of two members, the one that sends and the one that must have it. */
  readonly sockets?: readonly string[]
  /** Several requests share one wait for the replicas. */
  readonly batch: boolean
}

export interface Store {
  /** Adds one and gives a number that nobody else gets, once one more machine could answer for it. */
  next(): number | Promise<number>
}

/** Between attempts to find a leader that answers. */
const RETRY_MS = 10
/** A request is tried again for longer than any peer takes to elect; after that it is not answered at all. */
const TRIES_MS = 60_000

/** What every client of a cluster does: again, until somebody leads. */
export async function retrying<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + TRIES_MS
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}
