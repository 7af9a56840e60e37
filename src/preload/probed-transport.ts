import { PROBE_FIRST_BYTE } from '../driver/index.js'
import type { AttachRequest, Probe, Transport } from '../driver/index.js'
import type { Locator } from '../message/index.js'

export interface ProbedTerms {
  readonly transport: Transport
  /** The attach socket of this replica's supervisor. */
  readonly supervisor: Locator
  readonly identity: Pick<Extract<AttachRequest, { type: 'alive' }>, 'slot' | 'token' | 'memberId'>
}

/** The group's socket of a replica that answers its supervisor's probes; the group itself does not see them. */
export class ProbedTransport implements Transport {
  readonly #transport: Transport
  readonly #terms: ProbedTerms
  onDatagram: (datagram: Uint8Array) => void = () => {}
  #polling = false

  constructor(terms: ProbedTerms) {
    this.#terms = terms
    this.#transport = terms.transport
    this.#transport.onDatagram = (datagram): void => {
      if (datagram[0] === PROBE_FIRST_BYTE) this.#answer(datagram)
      else this.onDatagram(datagram)
    }
  }

  get locator(): Locator {
    return this.#transport.locator
  }

  send(to: Locator, datagram: Uint8Array): void {
    this.#transport.send(to, datagram)
  }

  poll(): number {
    this.#polling = true
    try {
      return this.#transport.poll()
    } finally {
      this.#polling = false
    }
  }

  close(): void {
    this.#transport.close()
  }

  #answer(datagram: Uint8Array): void {
    const { identity, supervisor } = this.#terms
    if (tokenIn(datagram) !== identity.token) return
    const answer: AttachRequest = { type: 'alive', ...identity, looped: !this.#polling }
    this.#transport.send(supervisor, Buffer.from(JSON.stringify(answer)))
  }
}

function tokenIn(datagram: Uint8Array): unknown {
  try {
    const probe = JSON.parse(Buffer.from(datagram).toString()) as Partial<Probe> | null
    return probe?.type === 'probe' ? probe.token : undefined
  } catch {
    return undefined
  }
}
