import { randomInt } from 'node:crypto'
import { LOOPBACK, SystemClock, SystemEntropy, Udp } from '../adapters/index.js'
import { ATTACH_ENV, openPeer, peerTermsOf } from '../driver/index.js'
import type { TestFaults } from '../driver/index.js'
import { Generations } from './generations.js'
import { openJournal } from './journal.js'
import type { LeaseKeeper } from './lease/lease-keeper.js'
import { leaseKeeper } from './lease/production.js'
import { localReplicas } from './local-replicas.js'
import type { CheckedReplica } from './local-replicas.js'
import type { GenerationTerms } from './succession.js'
import { Supervisor } from './supervisor.js'
import type { SupervisorTerms } from './supervisor-terms.js'
import { bufferWarning, chooseTransport } from './transport-choice.js'

export interface ProductionTerms extends Pick<SupervisorTerms, 'options' | 'output' | 'openInput' | 'notice'> {
  readonly environment: NodeJS.ProcessEnv
  readonly paths: { readonly node: string; readonly preload: string; readonly gateway: string }
  /** Undefined where nothing is fenced. */
  readonly lease?: LeaseKeeper | undefined
  /** By slot; undefined but in `llft check`. */
  readonly check?: ((slot: string) => CheckedReplica) | undefined
}

/** `--random-seed` is a signed 32-bit number. */
const RANDOM_SEED_BOUND = 2 ** 31

export type Generation = Omit<GenerationTerms, 'replicas' | 'notice'>
const FIRST: Generation = { generation: 1, predecessor: undefined, numberedBefore: 0 }

/** A run whose replicas are processes of this host. */
export function makeGenerations(terms: ProductionTerms): Generations {
  const { options } = terms
  const lease = leaseKeeper(options, LOOPBACK, (what) => terms.notice({ notice: 'report', report: what }))
  return new Generations({
    ...terms,
    make: ({ replicas, notice, ...generation }) =>
      makeSupervisor({ ...terms, lease, notice, options: { ...options, replicas } }, generation),
  })
}

/** A supervisor on real time, real randomness and real sockets. */
export function makeSupervisor(terms: ProductionTerms, generation: Generation = FIRST): Supervisor {
  const { [ATTACH_ENV.faults]: faults, ...environment } = terms.environment
  const journal = openJournal(terms.options.journal, `console-${process.pid}`)
  const transport = new Udp({ address: LOOPBACK, port: 0 })
  // Every process of the group asks the same kernel.
  const warning = bufferWarning(transport.facts)
  if (warning !== undefined) terms.notice({ notice: 'report', report: warning })
  const injected = faults === undefined ? {} : (JSON.parse(faults) as Record<string, TestFaults>)
  const randomSeed = randomInt(RANDOM_SEED_BOUND)
  return new Supervisor({
    ...terms,
    ...generation,
    replicas: localReplicas({
      ...terms,
      ...generation,
      environment,
      randomSeed,
      address: LOOPBACK,
      faults: injected,
    }),
    address: LOOPBACK,
    foundMs: terms.options.guestStartMs,
    hostSilenceMs: undefined,
    lease: terms.lease,
    faults: injected,
    clock: new SystemClock(),
    entropy: new SystemEntropy(),
    transport,
    journal: journal.folder,
    chooseTransport: async (epoch) => {
      const choice = await chooseTransport(terms.options, epoch)
      if (choice.multicast !== undefined) transport.reach(choice.multicast)
      return choice
    },
    openConsole: (start, ports, listener) => openPeer(peerTermsOf(start, { ...ports, store: journal.store }, listener)),
  })
}
