import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Arriving, Connection, Head, Request } from './asking.js'
import { LargeBody, uploadOf } from './large-body.js'
import { brokenBy } from './broken.js'

interface Asked {
  readonly arriving: Arriving
  readonly answered: (head: Head) => void
}

/** Lines of JSON and bytes (guests/tcp.cjs); several requests may be on their way, the answers come in their order. */
export class TcpConnection implements Connection {
  readonly heard: readonly number[] = []
  readonly broken: Promise<never>
  readonly #socket: Socket
  readonly #asked: Asked[] = []
  #unread = Buffer.alloc(0)
  #answer: { readonly head: Head; readonly body: LargeBody } | undefined

  static async open(port: number): Promise<TcpConnection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new TcpConnection(socket)
  }

  constructor(socket: Socket) {
    this.#socket = socket
    this.broken = brokenBy(socket, (fail) => {
      socket.on('data', (bytes) => {
        try {
          this.#take(bytes)
        } catch (error) {
          fail(error)
        }
      })
    })
  }

  ask(request: Request, arriving: Arriving): Promise<Head> {
    this.#socket.write(`${JSON.stringify(request)}\n`)
    if (request.upload > 0) this.#socket.write(uploadOf(request.upload))
    return new Promise((answered) => this.#asked.push({ arriving, answered }))
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes])
    for (;;) {
      if (this.#answer === undefined && !this.#takeHead()) return
      if (!this.#takeBody()) return
    }
  }

  #takeHead(): boolean {
    const end = this.#unread.indexOf('\n')
    if (end < 0) return false
    const head = JSON.parse(this.#unread.subarray(0, end).toString()) as Head
    this.#unread = this.#unread.subarray(end + 1)
    this.#answer = { head, body: new LargeBody(head.salt) }
    return true
  }

  /** Whether the body is complete. */
  #takeBody(): boolean {
    const [asked] = this.#asked
    const answer = this.#answer
    if (answer === undefined || asked === undefined) throw new Error('an answer to no request')
    const { head, body } = answer
    const piece = this.#unread.subarray(0, head.bytes - body.received)
    this.#unread = this.#unread.subarray(piece.length)
    body.take(piece)
    if (piece.length > 0) asked.arriving.arrived(body.received)
    if (body.received < head.bytes) return false
    this.#answer = undefined
    this.#asked.shift()
    asked.answered(head)
    return true
  }
}
