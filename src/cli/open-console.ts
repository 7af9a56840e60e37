import { DEFAULT_LIMITS } from '../core/index.js'
import { openPeer } from '../driver/index.js'
import type { OpenConsole } from '../supervisor/index.js'

/** The console's side of the protocol, on the production core. */
export const openConsole: OpenConsole = (start, { transport, clock }, listener) =>
  openPeer({
    peer: {
      identity: { ...start.identity, locator: transport.locator },
      application: start.application,
      contacts: start.contacts,
      limits: DEFAULT_LIMITS,
      reflects: start.faults.noReflection !== true,
    },
    transport,
    clock,
    listener,
  })
