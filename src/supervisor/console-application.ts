import type { Readable } from 'node:stream'
import type { Clock, Entropy, PeerEvent, PeerListener, PeerPort, PeerStart, Transport } from '../driver/index.js'
import type { Frame } from '../message/index.js'
import { HostServer } from './host/host-server.js'
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
  /** The program's standard input, opened when the program wants it. */
  readonly openInput: () => Readable
  /** The console's side of the connection; used once something has come on it. */
  readonly port: () => PeerPort
  /** The program has ended, in order; `uncaught`: by an error that it did not handle. */
  exited(end: ProcessEnd, uncaught: boolean): void
  event(event: PeerEvent): void
  askLease(nonce: number): void
}

/** The console group's application: what the program prints appears here once, whichever replica printed it (A11). */
export class ConsoleApplication implements PeerListener {
  readonly #terms: ConsoleTerms
  /** Does what the program asks of its host. */
  readonly #host: HostServer

  constructor(terms: ConsoleTerms) {
    this.#terms = terms
    const { port, openInput } = terms
    this.#host = new HostServer({
      send: (frame) => port().send(frame),
      flush: () => port().flush(),
      congested: () => port().congested,
      print: (fd, bytes) => this.#print(fd, bytes),
      openInput,
    })
  }

  /** The group is over: what the program wanted written is written. */
  close(): Promise<void> {
    return this.#host.close()
  }

  released(frame: Frame): void {
    if (frame.frame === 'output') this.#print(frame.fd, frame.bytes)
    else if (frame.frame === 'data') this.#host.receive(frame.stream, frame.bytes)
    else if (frame.frame === 'exit') this.#terms.exited({ code: frame.code, signal: frame.signal }, frame.uncaught)
  }

  relieved(): void {
    this.#host.relieved()
  }

  askLease(nonce: number): void {
    this.#terms.askLease(nonce)
  }

  event(event: PeerEvent): void {
    this.#terms.event(event)
  }

  #print(fd: 1 | 2, bytes: Uint8Array): void {
    ;(fd === 1 ? this.#terms.stdout : this.#terms.stderr).write(bytes)
  }
}
