import type { Clock, Entropy, PeerEvent, PeerListener, PeerPort, PeerStart, Transport } from '../driver/index.js'
import type { Frame } from '../message/index.js'
import type { HostServer } from './host/host-server.js'
import type { OutputPump } from './output-pump.js'
import type { ProcessEnd } from './process-end.js'

export interface ConsolePorts {
  readonly transport: Transport
  readonly clock: Clock
  readonly entropy: Entropy
}

/** Opens the console's side of the connection with the application group. */
export type OpenConsole = (start: PeerStart, ports: ConsolePorts, listener: PeerListener) => PeerPort

export interface ConsoleTerms {
  readonly stdout: OutputPump
  readonly stderr: OutputPump
  /** Does what the program asks of its host. */
  readonly host: Pick<HostServer, 'receive' | 'relieved'>
  /** The program has ended, in order; `uncaught`: by an error that it did not handle. */
  exited(end: ProcessEnd, uncaught: boolean): void
  event(event: PeerEvent): void
}

/** The console group's application: what the program prints appears here once, whichever replica printed it (A11). */
export class ConsoleApplication implements PeerListener {
  readonly #terms: ConsoleTerms

  constructor(terms: ConsoleTerms) {
    this.#terms = terms
  }

  released(frame: Frame): void {
    if (frame.frame === 'output') (frame.fd === 1 ? this.#terms.stdout : this.#terms.stderr).write(frame.bytes)
    else if (frame.frame === 'data') this.#terms.host.receive(frame.stream, frame.bytes)
    else if (frame.frame === 'exit') this.#terms.exited({ code: frame.code, signal: frame.signal }, frame.uncaught)
  }

  relieved(): void {
    this.#terms.host.relieved()
  }

  event(event: PeerEvent): void {
    this.#terms.event(event)
  }
}
