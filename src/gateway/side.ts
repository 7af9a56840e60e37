import type { ChunkFile } from '../adapters/index.js'
import { openChunkFile, SystemClock, Udp } from '../adapters/index.js'
import type { PeerListener, PeerPort, PeerPorts } from '../driver/index.js'
import type { Epoch } from '../message/index.js'
import type { GatewayStart, GatewayStatistics, SideReport } from './control.js'
import { Gateway } from './gateway.js'
import type { Leaving } from './leaving.js'
import type { GatewayObserver, SnapshotFrame } from './observer.js'
import type { Counters } from './statistics.js'

/** Opens the gateway's side of the connection with the application group. */
export type OpenPort = (start: GatewayStart, ports: PeerPorts, listener: PeerListener) => PeerPort

export interface SideTerms {
  readonly openPort: OpenPort
  readonly counters: Counters
  readonly leaving: Leaving
  report(side: Side, report: SideReport): void
  snapshot(side: Side, frame: SnapshotFrame): void
  /** What it will have of its predecessor's listeners is other than before. */
  lent(): void
}

export type DatagramCounts = Pick<GatewayStatistics, 'datagramsIn' | 'datagramsOut' | 'datagramsRejected'>

/** What a gateway process has for one application group: a member of a gateway group of its own. */
export class Side {
  readonly epoch: Epoch
  readonly gateway: Gateway
  /** The program was asked to save and has not answered; it does so once for each time. */
  saves = false
  /** The program was told to restore: never again. */
  spent = false
  readonly #transport: Udp
  readonly #store: ChunkFile | undefined

  constructor(start: GatewayStart, terms: SideTerms) {
    this.epoch = start.application.epoch
    const transport = new Udp({ address: start.address, port: 0 })
    if (start.settings.multicast !== undefined) transport.reach(start.settings.multicast)
    this.#transport = transport
    const store = openChunkFile(start.settings.journal, String(start.identity.memberId))
    this.#store = store
    const ports = { transport, clock: new SystemClock(), store }
    this.gateway = new Gateway({
      listen: start.listen,
      observer: this.#observerOf(terms),
      openPort: (listener) => terms.openPort(start, ports, listener),
      counters: terms.counters,
      leaving: terms.leaving,
    })
    terms.report(this, { type: 'ready', locator: transport.locator })
  }

  get datagrams(): DatagramCounts {
    const { datagramsIn, datagramsOut } = this.#transport.facts
    return { datagramsIn, datagramsOut, datagramsRejected: this.gateway.datagramsRejected }
  }

  async stop(): Promise<void> {
    await this.gateway.stop()
    this.close()
  }

  close(): void {
    this.gateway.close()
    this.#transport.close()
    this.#store?.close()
  }

  #observerOf(terms: SideTerms): GatewayObserver {
    const report = (value: SideReport): void => terms.report(this, value)
    return {
      listening: (requested, bound, tls) => report({ type: 'listening', requested, bound, tls }),
      unlistening: (bound) => report({ type: 'unlistening', bound }),
      askLease: (nonce) => report({ type: 'ask', nonce }),
      follows: (view) => report({ type: 'follows', view }),
      warning: (warning, detail) => report({ type: 'warning', warning, detail }),
      // Not from within what hands it out: what follows may send.
      snapshot: (frame) => process.nextTick(() => terms.snapshot(this, frame)),
      lent: () => terms.lent(),
    }
  }
}
