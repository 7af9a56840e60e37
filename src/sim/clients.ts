import type { SeededRandom } from '../base/index.js'
import type { Frame } from '../message/index.js'
import { readNumber, writeNumber } from './toy-program.js'

const PIPELINED_MAX = 4
const ALWAYS = 1000

interface Client {
  stream: number
  sent: number
  answered: number
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

  constructor({ count, requests, requestBytes, random }: ClientTerms) {
    this.#requests = requests
    this.#requestBytes = requestBytes
    this.#random = random
    this.#clients = Array.from({ length: count }, () => ({
      stream: ++this.#streams,
      sent: 0,
      answered: 0,
      ending: false,
    }))
  }

  get answered(): number {
    return this.#clients.reduce((sum, client) => sum + client.answered, 0)
  }

  get done(): boolean {
    return this.#clients.every(({ answered, sent, ending }) => {
      return !ending && answered === sent && answered >= this.#requests
    })
  }

  /** Requests that may be sent now. */
  due(): Frame[] {
    const frames: Frame[] = []
    if (!this.#connected) return frames
    for (const client of this.#clients) {
      if (client.ending || (this.eagerness < ALWAYS && !this.#random.chance(this.eagerness))) continue
      while (client.sent < this.#requests && client.sent - client.answered < PIPELINED_MAX) {
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

  /** A client sends its half of the end; it gets all its answers, then the other half. */
  end(): Frame | undefined {
    const client = this.#clients[this.#random.below(this.#clients.length)] as Client
    if (!this.#connected || client.ending) return undefined
    client.ending = true
    return { frame: 'end', stream: client.stream }
  }

  /** A client breaks its connection and makes another. */
  reset(): Frame | undefined {
    if (!this.#connected) return undefined
    const client = this.#clients[this.#random.below(this.#clients.length)] as Client
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

  #renew(client: Client): void {
    client.stream = ++this.#streams
    client.sent = client.answered
    client.ending = false
  }
}
