/** Where the program listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

export interface LoadTerms {
  readonly addresses: readonly Address[]
  readonly boundMs: number
  /** The program has ended, or the check is to. */
  readonly signal: AbortSignal
}

/** What was asked of the program. */
export interface Loaded {
  /** For a person. */
  readonly what: string
  /** What came of it, in this round. */
  readonly did: string
  readonly trouble?: Trouble | undefined
}

/** The load was no success, which means nothing where the program was refused something meanwhile. */
export type Trouble =
  | { readonly trouble: 'failed'; readonly outcome: string; readonly output: string }
  | { readonly trouble: 'late'; readonly output: string }

/** Clients of the program. */
export type Load = (terms: LoadTerms) => Promise<Loaded>

/** One that only listens to all addresses is reached at the loopback's. */
export function reachable({ host, port }: Address): Address {
  return { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port }
}
