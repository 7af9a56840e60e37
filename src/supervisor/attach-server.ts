import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { once } from 'node:events'
import { endpointOf } from '../adapters/index.js'
import type { AttachReply, Founding, JoinTerms, Lost, Probe, Standing } from '../driver/index.js'
import type { MemberId } from '../message/index.js'
import { parseAttachRequest } from './attach-request.js'
import { Claims } from './claims.js'
import type { Claim, Refusal } from './claims.js'
import { reportOfRefusal } from './refusal.js'

/** Short enough not to be felt when a datagram is lost, long enough for a guest that is still loading. */
const START_REPEAT_MS = 50

export interface AttachListener {
  /** The slot has its guest, which now waits for `start`. */
  claimed(claim: Claim): void
  refused(claim: Claim, refusal: Refusal): void
  /** The guest has its founding and runs. */
  attached(slot: string): void
  /** The guest answered a probe; `looped`: from its event loop. */
  alive(slot: string, looped: boolean, standing: Standing): void
}

export interface AttachTerms {
  readonly token: string
  readonly listener: AttachListener
}

interface Guest {
  readonly address: RemoteInfo
  repeat: NodeJS.Timeout | undefined
}

/** The supervisor's side of `driver/attach.ts`: gives each guest process its place in the group. */
export class AttachServer {
  readonly #terms: AttachTerms
  readonly #socket: Socket
  readonly #claims = new Claims()
  /** Bounded as `Claims` is. */
  readonly #guests = new Map<string, Guest>()
  #dropped = 0

  constructor(terms: AttachTerms) {
    this.#terms = terms
    this.#socket = createSocket('udp4')
    this.#socket.on('message', (datagram, from) => this.#received(datagram, from))
    // A datagram that cannot be sent is lost, and repeated.
    this.#socket.on('error', () => undefined)
  }

  /** Resolves with `host:port`. */
  async open(): Promise<string> {
    this.#socket.bind(0, '127.0.0.1')
    await once(this.#socket, 'listening')
    const { address, port } = this.#socket.address()
    return `${address}:${port}`
  }

  /** Datagrams that were malformed, did not know the token, or came from a replica that has been given up. */
  get dropped(): number {
    return this.#dropped
  }

  expect(slot: string): void {
    this.#claims.open(slot)
  }

  /** The guest in this slot is told to go on; repeated until it answers. */
  start(slot: string, founding: Founding, join: JoinTerms | undefined): void {
    const guest = this.#guests.get(slot)
    if (guest === undefined) return
    const send = (): void => this.#send(guest.address, { type: 'start', founding, join })
    clearInterval(guest.repeat)
    guest.repeat = setInterval(send, START_REPEAT_MS)
    send()
  }

  /** Asks the guest in this slot for a sign of life. */
  probe(slot: string): void {
    this.#tell(slot, { type: 'probe', token: this.#terms.token })
  }

  /** Tells the guest in this slot who has failed. */
  fault(slot: string, members: readonly MemberId[]): void {
    this.#tell(slot, { type: 'lost', token: this.#terms.token, members })
  }

  forget(slot: string): void {
    this.#claims.close(slot)
    clearInterval(this.#guests.get(slot)?.repeat)
    this.#guests.delete(slot)
  }

  close(): void {
    for (const guest of this.#guests.values()) clearInterval(guest.repeat)
    this.#guests.clear()
    this.#socket.close()
  }

  #tell(slot: string, word: Probe | Lost): void {
    const locator = this.#claims.claim(slot)?.locator
    if (locator === undefined) return
    const { address, port } = endpointOf(locator)
    this.#socket.send(JSON.stringify(word), port, address, () => undefined)
  }

  #received(datagram: Uint8Array, from: RemoteInfo): void {
    const request = parseAttachRequest(datagram)
    if (request === undefined || request.token !== this.#terms.token) {
      this.#dropped++
      return
    }
    if (request.type === 'claim') this.#claim(request, from)
    else if (this.#claims.holder(request.slot) !== request.memberId) return
    else if (request.type === 'alive') this.#terms.listener.alive(request.slot, request.looped, request.standing)
    else this.#attached(request.slot)
  }

  #claim(claim: Claim, from: RemoteInfo): void {
    const judgement = this.#claims.judge(claim)
    if (judgement.verdict === 'nobody') {
      this.#dropped++
      return
    }
    if (judgement.verdict === 'refused') {
      const { code, what } = reportOfRefusal(claim, judgement)
      this.#send(from, { type: 'refused', code, reason: what })
      this.#terms.listener.refused(claim, judgement)
      return
    }
    this.#send(from, { type: 'granted' })
    if (judgement.verdict === 'known') return
    this.#guests.set(claim.slot, { address: from, repeat: undefined })
    this.#terms.listener.claimed(claim)
  }

  #attached(slot: string): void {
    const guest = this.#guests.get(slot)
    if (guest?.repeat === undefined) return
    clearInterval(guest.repeat)
    guest.repeat = undefined
    this.#terms.listener.attached(slot)
  }

  #send(to: RemoteInfo, reply: AttachReply): void {
    this.#socket.send(JSON.stringify(reply), to.port, to.address, () => undefined)
  }
}
