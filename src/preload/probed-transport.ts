import { PROBE_FIRST_BYTE } from '../driver/index.js'
import type { AttachRequest, Lost, Probe, Standing, Transport } from '../driver/index.js'
import type { Locator, MemberId } from '../message/index.js'

export interface ProbedTerms {
  readonly transport: Transport
  /** The attach socket of this replica's supervisor. */
  readonly supervisor: Locator
  readonly identity: Pick<Extract<AttachRequest, { type: 'alive' }>, 'slot' | 'token' | 'memberId'>
}

/** The group's socket of a replica that hears its supervisor; the group itself does not see those datagrams. */
export class ProbedTransport implements Transport {
  readonly #transport: Transport
  readonly #terms: ProbedTerms
  onDatagram: (datagram: Uint8Array) => void = () => {}
  #polling = false
  /** Whose standing is told, and who is told what the supervisor knows; undefined while the replica is being made. */
  member: { readonly standing: Standing; fault(member: MemberId): void } | undefined

  constructor(terms: ProbedTerms) {
    this.#terms = terms
    this.#transport = terms.transport
    this.#transport.onDatagram = (datagram): void => {
      if (datagram[0] === PROBE_FIRST_BYTE) this.#hear(datagram)
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

  #hear(datagram: Uint8Array): void {
    const { identity, supervisor } = this.#terms
    const word = parse(datagram)
    if (word?.token !== identity.token || this.member === undefined) return
    if (word.type === 'lost') for (const member of word.members) this.member.fault(member)
    if (word.type !== 'probe') return
    const { standing } = this.member
    const answer: AttachRequest = { type: 'alive', ...identity, looped: !this.#polling, standing }
    this.#transport.send(supervisor, Buffer.from(JSON.stringify(answer)))
  }
}

function parse(datagram: Uint8Array): Probe | Lost | undefined {
  try {
    return (JSON.parse(Buffer.from(datagram).toString()) as Probe | Lost | null) ?? undefined
  } catch {
    return undefined
  }
}
