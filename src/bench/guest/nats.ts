import type { Socket } from 'node:net'
import { dial } from './dial.js'
import { retrying } from './store.js'
import type { Store, StoreTerms } from './store.js'

/** As long as the clients of NATS wait for a JetStream acknowledgement before they try again. */
const ANSWER_MS = 1000
const INBOX = '_INBOX.bench'

/** A message into a stream; its sequence number comes back when a majority of the replicas has it. */
export class NatsStore implements Store {
  readonly #ports: readonly number[]
  #connection: Promise<NatsConnection> | undefined
  #at = 0

  constructor({ ports }: StoreTerms) {
    this.#ports = ports
  }

  next(): Promise<number> {
    return retrying(async () => {
      this.#connection ??= NatsConnection.open(this.#ports[this.#at++ % this.#ports.length] as number)
      const connection = this.#connection
      try {
        const { seq } = (await (await connection).request('bench.count', '1')) as { seq?: number }
        if (seq === undefined) throw new Error('refused')
        return seq
      } catch (error) {
        // Requests that are on their way share the connection: it goes only when it has ended, or never began.
        if ((await connection.then(({ ended }) => ended).catch(() => true)) && this.#connection === connection) {
          this.#connection = undefined
        }
        throw error
      }
    })
  }
}

/** The part of the client protocol that requests and their answers need. */
export class NatsConnection {
  /** By number; bounded by the requests that clients have on their way. */
  readonly #waiting = new Map<
    string,
    { readonly resolve: (answer: unknown) => void; readonly reject: (e: Error) => void }
  >()
  #socket: Socket | undefined
  #rest: Buffer = Buffer.alloc(0)
  #count = 0
  #ended = false

  static async open(port: number): Promise<NatsConnection> {
    const connection = new NatsConnection()
    const socket = await dial(port, (reason) => connection.#end(reason))
    connection.#socket = socket
    socket.on('data', (chunk) => connection.#read(chunk))
    socket.write(`CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB ${INBOX}.* 1\r\n`)
    return connection
  }

  get ended(): boolean {
    return this.#ended
  }

  request(subject: string, text: string): Promise<unknown> {
    const id = String(++this.#count)
    return new Promise((resolve, reject) => {
      const fail = (): void => this.#settle(id)?.reject(new Error(`no answer to ${subject}`))
      const bound = setTimeout(fail, ANSWER_MS)
      this.#waiting.set(id, {
        resolve: (answer) => {
          clearTimeout(bound)
          resolve(answer)
        },
        reject: (reason) => {
          clearTimeout(bound)
          reject(reason)
        },
      })
      if (this.#ended) fail()
      else this.#socket?.write(`PUB ${subject} ${INBOX}.${id} ${Buffer.byteLength(text)}\r\n${text}\r\n`)
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  #settle(
    id: string,
  ): { readonly resolve: (answer: unknown) => void; readonly reject: (e: Error) => void } | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }

  #end(reason: Error): void {
    this.#ended = true
    for (const id of this.#waiting.keys()) this.#settle(id)?.reject(reason)
  }

  #read(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (;;) {
      const lineEnd = this.#rest.indexOf('\r\n')
      if (lineEnd === -1) return
      const [verb = '', subject = '', ...sizes] = this.#rest.toString('latin1', 0, lineEnd).split(' ')
      let end = lineEnd + 2
      if (verb === 'MSG' || verb === 'HMSG') {
        const bytes = Number(sizes.at(-1))
        if (this.#rest.length < end + bytes + 2) return
        this.#answer(verb, subject, this.#rest.toString('utf8', end, end + bytes))
        end += bytes + 2
      } else if (verb === 'PING') this.#socket?.write('PONG\r\n')
      this.#rest = this.#rest.subarray(end)
    }
  }

  /** A message with headers says that nobody serves the subject at the moment. */
  #answer(verb: string, subject: string, text: string): void {
    const waiting = this.#settle(subject.slice(INBOX.length + 1))
    if (verb === 'HMSG') waiting?.reject(new Error(text.trim()))
    else waiting?.resolve(JSON.parse(text))
  }
}
