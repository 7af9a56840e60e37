import { openPeer, peerTermsOf } from '../driver/index.js'
import { runGateway } from './run.js'
import type { OpenPort } from './side.js'

const openPort: OpenPort = (start, ports, listener) => openPeer(peerTermsOf(start, ports, listener))

// The supervisor alone ends the gateway: a Ctrl-C in its terminal must first reach the program, which may still answer.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

await runGateway({ input: process.stdin, output: process.stdout }, openPort)
process.exit(0)
