/** Faults that tests inject through the composition; never set otherwise. */
export interface TestFaults {
  /** Kill the own process (SIGKILL) exactly before the n-th datagram is sent as primary. */
  readonly killAtSend?: number
  /** Kill the own process when it has recorded its n-th value as primary: from 1 on, those of operation 0. */
  readonly killAtStartRead?: number
  /** Kill the own process when it proposes itself, at `proposed`, or when it is established, at `established`. */
  readonly killAtTakeover?: 'proposed' | 'recovered' | 'established'
  /** Peers keep order entries to themselves, heartbeats carry none. */
  readonly noReflection?: boolean
  /** Names of determinizer hooks that are left out, to prove that the digest notices. */
  readonly hooksOff?: readonly string[]
  /** Folder in which each replica writes the datagrams it sends: locator (8 bytes), length (4 bytes), datagram. */
  readonly datagramFolder?: string
  /** Folder in which each replica writes its digest chain, a line `index digest` per operation. */
  readonly digestFolder?: string
}
