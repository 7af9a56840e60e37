import { SystemClock, SystemEntropy, Udp } from '../adapters/index.js'
import { DEFAULT_LIMITS } from '../core/index.js'
import { ATTACH_ENV, openPeer } from '../driver/index.js'
import type { TestFaults } from '../driver/index.js'
import type { OpenConsole } from './console-application.js'
import { Supervisor } from './supervisor.js'
import type { SupervisorTerms } from './supervisor.js'

export type ProductionTerms = Pick<SupervisorTerms, 'options' | 'environment' | 'paths' | 'output' | 'notice'>

/** A supervisor on real time, real randomness and real sockets. */
export function makeSupervisor(terms: ProductionTerms): Supervisor {
  const { [ATTACH_ENV.faults]: faults, ...environment } = terms.environment
  return new Supervisor({
    ...terms,
    environment,
    faults: faults === undefined ? {} : (JSON.parse(faults) as Record<string, TestFaults>),
    clock: new SystemClock(),
    entropy: new SystemEntropy(),
    transport: new Udp({ address: '127.0.0.1', port: 0 }),
    openConsole,
  })
}

/** The console's side of the protocol, on the production core. */
const openConsole: OpenConsole = (start, { transport, clock }, listener) =>
  openPeer({
    peer: {
      identity: { ...start.identity, locator: transport.locator },
      application: start.application,
      contacts: start.contacts,
      limits: { ...DEFAULT_LIMITS, historyBytesMax: start.historyBytesMax },
      reflects: start.faults.noReflection !== true,
    },
    transport,
    clock,
    listener,
  })
