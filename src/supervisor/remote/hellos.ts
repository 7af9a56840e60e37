import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Address } from '../../config/index.js'
import { llftError } from '../../errors/index.js'
import type { Endpoint } from '../endpoint.js'
import { parseWord } from './parse.js'
import type { Hello } from './words.js'

const HELLO_MS = 500
/** Who has said nothing for so many hellos is forgotten: another host may come in its place. */
const FORGET_MS = 5_000
/** As many hosts as a group may have. */
const HEARD_MAX = 64
/** The parts are in one local network. */
const TTL = 1

export interface HellosTerms {
  readonly multicast: Address
  readonly own: Address
  readonly group: string
  /** From which the hellos go out: where they come from is where their part is reached. */
  readonly socket: Socket
}

/** How the parts of a group find each other without a list: each says to a multicast group that it is there. */
export class Hellos {
  readonly #terms: HellosTerms
  /** Bound to the multicast address, which the other socket, with an address of its own, would never hear. */
  readonly #ear = createSocket({ type: 'udp4', reuseAddr: true })
  /** Bounded by `HEARD_MAX`. */
  readonly #heard = new Map<string, { readonly endpoint: Endpoint; readonly atMs: number }>()
  #timer: NodeJS.Timeout | undefined

  constructor(terms: HellosTerms) {
    this.#terms = terms
    this.#ear.on('message', (datagram, from) => this.#received(datagram, from))
  }

  async open(): Promise<void> {
    const { multicast, own, socket } = this.#terms
    try {
      this.#ear.bind({ address: multicast.host, port: multicast.port })
      await once(this.#ear, 'listening')
      this.#ear.addMembership(multicast.host, own.host)
      socket.setMulticastInterface(own.host)
      socket.setMulticastTTL(TTL)
    } catch (error) {
      throw llftError('LLFT_E_NET_NO_HELLO', { reason: (error as Error).message })
    }
    this.#ear.on('error', () => undefined)
    this.#say()
    this.#timer = setInterval(() => this.#say(), HELLO_MS)
  }

  get heard(): readonly Endpoint[] {
    const since = performance.now() - FORGET_MS
    for (const [key, { atMs }] of this.#heard) if (atMs < since) this.#heard.delete(key)
    return [...this.#heard.values()].map(({ endpoint }) => endpoint)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#ear.close()
  }

  #say(): void {
    const { multicast, group, socket } = this.#terms
    const hello: Hello = { word: 'hello', group, speaker: 0, sequence: 0 }
    socket.send(JSON.stringify(hello), multicast.port, multicast.host, () => undefined)
  }

  #received(datagram: Uint8Array, { address, port }: RemoteInfo): void {
    const { group, own } = this.#terms
    const word = parseWord(datagram)
    if (word?.word !== 'hello' || word.group !== group) return
    if (address === own.host && port === own.port) return
    const key = `${address}:${port}`
    if (!this.#heard.has(key) && this.#heard.size >= HEARD_MAX) return
    this.#heard.set(key, { endpoint: { address, port }, atMs: performance.now() })
  }
}
