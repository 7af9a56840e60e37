/** What a program asks about names and addresses, and the gateway's host answers. */
export type NameQuestion =
  /** As `getaddrinfo` is asked: by the hosts file and whatever else the host is set up for. */
  | {
      readonly ask: 'lookup'
      readonly name: string
      readonly family: 0 | 4 | 6
      readonly hints: number
      readonly order: 'verbatim' | 'ipv4first' | 'ipv6first'
    }
  /** As `getnameinfo` is asked. */
  | { readonly ask: 'service'; readonly address: string; readonly port: number }
  /** A question to name servers; `servers`: not those of the host. */
  | {
      readonly ask: 'records'
      /** Of `dns.Resolver`: `resolve4`, `resolveMx`, `reverse`, ... */
      readonly method: string
      readonly name: string
      readonly servers: readonly string[] | undefined
    }

/** `code`: as Node's library names the error; `errno`: as the system numbers it, where it does. */
export interface NameFailure {
  readonly code: string
  readonly errno: number | undefined
}

export interface NameAnswer {
  readonly failure?: NameFailure
  /** What the question's method gives. */
  readonly found?: unknown
}
