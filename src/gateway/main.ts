import { DEFAULT_LIMITS } from '../core/index.js'
import { openPeer } from '../driver/index.js'
import { runGateway } from './run.js'
import type { OpenPort } from './run.js'

const openPort: OpenPort = (start, { transport, clock }, listener) =>
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
    group: start.multicast?.locator,
  })

// The supervisor alone ends the gateway: a Ctrl-C in its terminal must first reach the program, which may still answer.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

await runGateway({ input: process.stdin, output: process.stdout }, openPort)
process.exit(0)
