import type { Frame } from '../message/index.js'
import { readNumber, writeNumber } from './toy-program.js'

const PIPELINED_MAX = 4

interface Client {
  stream: number
  sent: number
  answered: number
}

/** Clients that number their requests and check that each is answered once and in order. */
export class Clients {
  readonly #clients: Client[]
  readonly #requests: number
  readonly #requestBytes: number
  #streams = 0
  #connected = true

  /** `requestBytes`: at least the eight that a request's number takes. */
  constructor(count: number, requests: number, requestBytes: number) {
    this.#requests = requests
    this.#requestBytes = requestBytes
    this.#clients = Array.from({ length: count }, () => ({ stream: ++this.#streams, sent: 0, answered: 0 }))
  }

  get answered(): number {
    return this.#clients.reduce((sum, client) => sum + client.answered, 0)
  }

  get done(): boolean {
    return this.#clients.every((client) => client.answered >= this.#requests)
  }

  /** Requests that may be sent now. */
  due(): Frame[] {
    const frames: Frame[] = []
    if (!this.#connected) return frames
    for (const client of this.#clients) {
      while (client.sent < this.#requests && client.sent - client.answered < PIPELINED_MAX) {
        const bytes = new Uint8Array(this.#requestBytes)
        writeNumber(bytes, 0, ++client.sent)
        frames.push({ frame: 'data', stream: client.stream, bytes })
      }
    }
    return frames
  }

  /** Returns what is wrong with an answer, if anything (law L1). */
  receive(frame: Frame): string | undefined {
    if (frame.frame !== 'data') return undefined
    const client = this.#clients.find((each) => each.stream === frame.stream)
    if (client === undefined) return undefined
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
    for (const client of this.#clients) {
      client.stream = ++this.#streams
      client.sent = client.answered
    }
  }
}
