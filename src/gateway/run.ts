import type { Readable, Writable } from 'node:stream'
import { openChunkFile, SystemClock, Udp } from '../adapters/index.js'
import type { PeerListener, PeerPort, PeerPorts } from '../driver/index.js'
import { lineOf, LineReader } from './control.js'
import type { GatewayCommand, GatewayReport, GatewayStart } from './control.js'
import { Gateway } from './gateway.js'
import type { GatewayObserver } from './gateway.js'

/** Opens the gateway's side of the connection with the application group. */
export type OpenPort = (start: GatewayStart, ports: PeerPorts, listener: PeerListener) => PeerPort

export interface ControlPipe {
  readonly input: Readable
  readonly output: Writable
}

/** Serves commands until `stop` or the end of the control pipe; resolves when everything is closed. */
export async function runGateway(pipe: ControlPipe, openPort: OpenPort): Promise<void> {
  const report = (value: GatewayReport): void => {
    pipe.output.write(lineOf(value))
  }
  let running: RunningGateway | undefined
  await new Promise<void>((resolve) => {
    const commands = new LineReader((value) => {
      const command = value as GatewayCommand
      if (command.type === 'start') running ??= new RunningGateway(command, report, openPort)
      else if (command.type === 'stats') running?.reportStatistics()
      else if (command.type === 'granted') running?.granted(command.nonce)
      else resolve()
    })
    pipe.input.setEncoding('utf8')
    pipe.input.on('data', (text: string) => commands.push(text))
    pipe.input.once('close', resolve)
    // A supervisor that is gone reads no reports either.
    pipe.output.once('error', () => resolve())
  })
  await running?.stop()
}

class RunningGateway {
  readonly #transport: Udp
  readonly #gateway: Gateway
  readonly #report: (value: GatewayReport) => void

  constructor(start: GatewayStart, report: (value: GatewayReport) => void, openPort: OpenPort) {
    this.#report = report
    const transport = new Udp({ address: start.address, port: 0 })
    if (start.settings.multicast !== undefined) transport.reach(start.settings.multicast)
    this.#transport = transport
    const store = openChunkFile(start.settings.journal, String(start.identity.memberId))
    const ports = { transport, clock: new SystemClock(), store }
    this.#gateway = new Gateway({
      listen: start.listen,
      observer: observerOf(report),
      openPort: (listener) => openPort(start, ports, listener),
    })
    report({ type: 'ready', locator: transport.locator })
  }

  reportStatistics(): void {
    const { datagramsIn, datagramsOut } = this.#transport.facts
    const { counters, streams, datagramsRejected } = this.#gateway
    this.#report({ type: 'stats', streams, ...counters, datagramsIn, datagramsOut, datagramsRejected })
  }

  granted(nonce: number): void {
    this.#gateway.granted(nonce)
  }

  async stop(): Promise<void> {
    await this.#gateway.stop()
    this.#transport.close()
  }
}

function observerOf(report: (value: GatewayReport) => void): GatewayObserver {
  return {
    listening: (requested, bound, tls) => report({ type: 'listening', requested, bound, tls }),
    unlistening: (bound) => report({ type: 'unlistening', bound }),
    askLease: (nonce) => report({ type: 'ask', nonce }),
    follows: (view) => report({ type: 'follows', view }),
    warning: (warning, detail) => report({ type: 'warning', warning, detail }),
  }
}
