import type { SeededRandom } from '../base/index.js'
import type { Frame } from '../message/index.js'
import { readNumber, writeNumber } from './toy-program.js'

const PIPELINED_MAX = 4
const ALWAYS = 1000

interface Client {
  stream: number
  sent: number
  answered: number
  /** Requests that it may send besides those that every client sends. */
  asked: number
  /** It has sent its half of the end and waits for the other. */
  ending: boolean
}

export interface ClientTerms {
  readonly count: number
  readonly requests: number
  /** At least the eight that a request's number takes. */
  readonly requestBytes: number
  readonly random: SeededRandom
}

/** Clients that number their requests and check that each is answered once and in order. */
export class Clients {
  readonly #clients: Client[]
  readonly #requestBytes: number
  readonly #random: SeededRandom
  #requests: number
  #streams = 0
  #connected = true
  /** Chance per step, in per mille, that a client sends what it may. */
  eagerness: number = ALWAYS
  /** Told of each answer, by the client's place. */
  onAnswer: (client: number, number: number) => void = () => {}
  /** By stream: its client's place. Bounded by the streams of one simulation. */
  readonly #owners: number[] = []

  constructor({ count, requests, requestBytes, random }: ClientTerms) {
    this.#requests = requests
    this.#requestBytes = requestBytes
    this.#random = random
    this.#clients = Array.from({ length: count }, (_, at) => ({
      stream: this.#newStream(at),
      sent: 0,
      answered: 0,
      asked: 0,
      ending: false,
    }))
  }

  get answered(): number {
    return this.#clients.reduce((sum, client) => sum + client.answered, 0)
  }

  get done(): boolean {
    return this.#clients.every(({ answered, asked, sent, ending }) => {
      return !ending && answered === sent && answered >= this.#requests + asked
    })
  }

  /** One client sends a request more; returns its number. */
  ask(client: number): number {
    return this.#requests + ++(this.#clients[client] as Client).asked
  }

  /** The place of the client whose stream this is, or was. */
  ownerOf(stream: number): number | undefined {
    return this.#owners[stream]
  }

  /** Requests that may be sent now. */
  due(): Frame[] {
    const frames: Frame[] = []
    if (!this.#connected) return frames
    for (const client of this.#clients) {
      if (client.ending || (this.eagerness < ALWAYS && !this.#random.chance(this.eagerness))) continue
      while (client.sent < this.#requests + client.asked && client.sent - client.answered < PIPELINED_MAX) {
        const bytes = new Uint8Array(this.#requestBytes)
        writeNumber(bytes, 0, ++client.sent)
        frames.push({ frame: 'data', stream: client.stream, bytes })
      }
    }
    return frames
  }

  /** No further requests: only what was sent is still awaited. */
  rest(): void {
    this.#requests = 0
  }

  /** After a rest: as many requests as there is time for. */
  resume(): void {
    this.#requests = Infinity
  }

  /** A client sends its half of the end; it gets all its answers, then the other half. */
  end(): Frame | undefined {
    const client = this.#any
    if (!this.#connected || client.ending) return undefined
    client.ending = true
    return { frame: 'end', stream: client.stream }
  }

  /** A client, any if it is not named, breaks its connection and makes another. */
  reset(place?: number): Frame | undefined {
    if (!this.#connected) return undefined
    const client = (place === undefined ? undefined : this.#clients[place]) ?? this.#any
    const { stream } = client
    this.#renew(client)
    return { frame: 'reset', stream }
  }

  /** Returns what is wrong with an answer, if anything (law L1). */
  receive(frame: Frame): string | undefined {
    if (frame.frame !== 'data' && frame.frame !== 'close') return undefined
    const client = this.#clients.find((each) => each.stream === frame.stream)
    if (client === undefined) return undefined
    if (frame.frame === 'close') {
      if (!client.ending) return `L1: stream ${frame.stream} was closed`
      if (client.answered < client.sent) {
        return `L1: stream ${frame.stream} was closed after answer ${client.answered} of ${client.sent}`
      }
      this.#renew(client)
      return undefined
    }
    const number = readNumber(frame.bytes, 0)
    if (number !== client.answered + 1) {
      return `L1: stream ${frame.stream} got answer ${number} after ${client.answered}`
    }
    client.answered++
    this.onAnswer(this.#clients.indexOf(client), number)
    return undefined
  }

  /** The gateway is gone: every stream is over, its outcome unknown. */
  disconnect(): void {
    this.#connected = false
  }

  connect(): void {
    this.#connected = true
    for (const client of this.#clients) this.#renew(client)
  }

  get #any(): Client {
    return this.#clients[this.#random.below(this.#clients.length)] as Client
  }

  #renew(client: Client): void {
    client.stream = this.#newStream(this.#clients.indexOf(client))
    client.sent = client.answered
    client.ending = false
  }

  #newStream(client: number): number {
    this.#owners[++this.#streams] = client
    return this.#streams
  }
}
