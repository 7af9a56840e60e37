import { makeFilling } from './body.js'
import { Client } from './client.js'
import type { Open, Protocol } from './connection.js'
import { openHttp } from './http-connection.js'
import { Ledger } from './ledger.js'
import { openTcp } from './tcp-connection.js'
import { sumOf } from './verdict.js'
import type { Verdict } from './verdict.js'
import { openWebSocket } from './websocket-connection.js'

const OPEN: Readonly<Record<Protocol, Open>> = { tcp: openTcp, http: openHttp, websocket: openWebSocket }
/** Connections that are being opened at once: a listen queue is bounded, and a SYN that is dropped costs a second. */
const OPENING_MAX = 64
/** A server that takes no connection for so long will not. */
const OPEN_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 5

export interface CrowdTerms {
  readonly port: number
  readonly protocol: Protocol
  readonly connections: number
  readonly bodyBytes: number
  readonly calls: number
  /** Of the whole run: after a longer wait, it is given up. */
  readonly signal: AbortSignal
}

/** So many users of one server, judged together. */
export class Crowd {
  readonly clients: readonly Client[]
  readonly #ledger: Ledger

  private constructor(clients: readonly Client[], ledger: Ledger) {
    this.clients = clients
    this.#ledger = ledger
  }

  /** Resolves when every connection is open. */
  static async open(terms: CrowdTerms): Promise<Crowd> {
    const ledger = new Ledger()
    const { port, connections, bodyBytes, calls } = terms
    const shared = { port, calls, ledger, open: OPEN[terms.protocol], filling: makeFilling(bodyBytes) }
    const clients: Client[] = []
    try {
      for (let id = 0; id < connections; id += OPENING_MAX) {
        const some = Array.from({ length: Math.min(OPENING_MAX, connections - id) }, (_, at) => at + id)
        const opening = some.map((id) => new Client({ ...shared, id }))
        clients.push(...opening)
        await allOpen(opening, terms)
      }
    } catch (error) {
      for (const client of clients) client.close()
      throw error
    }
    return new Crowd(clients, ledger)
  }

  get outstanding(): number {
    return this.clients.reduce((sum, client) => sum + client.outstanding, 0)
  }

  /** Everything up to now; what is outstanding counts as lost. */
  get verdict(): Verdict {
    return sumOf(this.clients.map(({ verdict }) => verdict))
  }

  /** Requests that the program's state counted, but nobody got the answer of. */
  get skipped(): number {
    return this.#ledger.skipped
  }

  close(): void {
    for (const client of this.clients) client.close()
  }
}

/** Rejects when it takes too long, or the run is given up. */
async function allOpen(clients: readonly Client[], { port, signal }: CrowdTerms): Promise<void> {
  const deadline = performance.now() + OPEN_WITHIN_MS
  for (;;) {
    const missing = clients.find(({ isOpen }) => !isOpen)
    if (missing === undefined) return
    signal.throwIfAborted()
    if (performance.now() > deadline) throw new Error(`no connection to port ${port}: ${missing.lastEnd}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
