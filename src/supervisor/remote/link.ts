import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import type { Address } from '../../config/index.js'
import { llftError } from '../../errors/index.js'
import type { Endpoint } from '../endpoint.js'
import { Hellos } from './hellos.js'
import { parseWord } from './parse.js'
import type { Word } from './words.js'

/** Names are looked up again so often: hosts behind a name come and go. */
const LOOKUP_MS = 1000

export interface LinkTerms {
  /** Own IPv4 address and port, as others reach them. */
  readonly own: Address
  /** Whom to speak to; a name stands for every address that it has. */
  readonly peers: readonly Address[]
  /** Where all parts say that they are there, and hear of each other; undefined: `peers` has them all. */
  readonly multicast?: Address | undefined
  readonly group: string
  heard(word: Word, from: Endpoint): void
}

/** The socket on which a gateway and the hosts of its replicas hear each other. */
export class Link {
  readonly #terms: LinkTerms
  readonly #socket: Socket = createSocket('udp4')
  #known: readonly Endpoint[] = []
  #lookups: NodeJS.Timeout | undefined
  #dropped = 0
  readonly #hellos: Hellos | undefined
  #closed = false

  constructor(terms: LinkTerms) {
    this.#terms = terms
    const { multicast, own, group } = terms
    if (multicast !== undefined) this.#hellos = new Hellos({ multicast, own, group, socket: this.#socket })
    this.#socket.on('message', (datagram, from) => this.#received(datagram, from))
  }

  async open(): Promise<void> {
    const { host: address, port } = this.#terms.own
    this.#socket.bind({ address, port })
    try {
      await once(this.#socket, 'listening')
    } catch (error) {
      throw llftError('LLFT_E_NET_ADVERTISE', { address: `${address}:${port}`, reason: (error as Error).message })
    }
    // A datagram that cannot be sent is lost, and said again.
    this.#socket.on('error', () => undefined)
    await this.#hellos?.open()
    await this.#lookUp()
    this.#lookups = setInterval(() => void this.#lookUp(), LOOKUP_MS)
  }

  /** Everybody of the list, as far as their names can be looked up, and who was heard. */
  get known(): readonly Endpoint[] {
    return this.#hellos === undefined ? this.#known : [...this.#known, ...this.#hellos.heard]
  }

  /** Datagrams that were malformed, or of another group. */
  get dropped(): number {
    return this.#dropped
  }

  say(word: Word, to: Endpoint): void {
    if (this.#closed) return
    this.#socket.send(JSON.stringify(word), to.port, to.address, () => undefined)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#lookups)
    this.#hellos?.close()
    this.#socket.close()
  }

  async #lookUp(): Promise<void> {
    const { peers, own } = this.#terms
    const found = await Promise.all(peers.map(addressesOf))
    const others = found.flat().filter(({ address, port }) => address !== own.host || port !== own.port)
    // What could be looked up before is not forgotten because a name server has a bad moment.
    if (others.length > 0) this.#known = others
  }

  #received(datagram: Uint8Array, from: RemoteInfo): void {
    const word = parseWord(datagram)
    if (word?.group === this.#terms.group && word.word !== 'hello')
      this.#terms.heard(word, { address: from.address, port: from.port })
    else this.#dropped++
  }
}

async function addressesOf({ host, port }: Address): Promise<readonly Endpoint[]> {
  try {
    const addresses = await lookup(host, { all: true, family: 4 })
    return addresses.map(({ address }) => ({ address, port }))
  } catch {
    return []
  }
}
