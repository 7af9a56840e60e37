import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Arriving, Connection, Head, Request } from './asking.js'
import { brokenBy } from './broken.js'
import { LargeBody, uploadOf } from './large-body.js'

interface Asked {
  readonly arriving: Arriving
  readonly answered: (head: Head) => void
  answer: { readonly head: Head; readonly body: LargeBody } | undefined
}

type FromServer = Head | { readonly said: number }

/** A text message and the upload as a binary one; the answer's large body in several (guests/ws.cjs). */
export class WebSocketConnection implements Connection {
  readonly heard: number[] = []
  readonly broken: Promise<never>
  readonly #client: WebSocket
  #asked: Asked | undefined

  static async open(port: number): Promise<WebSocketConnection> {
    const socket = connect(port, '127.0.0.1')
    const client = new WebSocket(`ws://127.0.0.1:${port}`, { createConnection: () => socket })
    const connection = new WebSocketConnection(client, socket)
    await once(client, 'open')
    return connection
  }

  constructor(client: WebSocket, socket: Socket) {
    this.#client = client
    this.broken = brokenBy(socket, (fail) => {
      client.on('error', fail)
      client.on('message', (data: Buffer, isBinary) => {
        try {
          if (isBinary) this.#takeBody(data)
          else this.#takeText(JSON.parse(data.toString()) as FromServer)
        } catch (error) {
          fail(error)
        }
      })
    })
  }

  ask(request: Request, arriving: Arriving): Promise<Head> {
    this.#client.send(JSON.stringify(request))
    if (request.upload > 0) this.#client.send(uploadOf(request.upload))
    return new Promise((answered) => (this.#asked = { arriving, answered, answer: undefined }))
  }

  close(): void {
    this.#client.terminate()
  }

  #takeText(message: FromServer): void {
    if ('said' in message) this.heard.push(message.said)
    else if (this.#asked === undefined) throw new Error('an answer to no request')
    else if (message.bytes === 0) this.#answered(message)
    else this.#asked.answer = { head: message, body: new LargeBody(message.salt) }
  }

  #takeBody(piece: Buffer): void {
    const asked = this.#asked
    if (asked?.answer === undefined) throw new Error('a body to no request')
    const { head, body } = asked.answer
    body.take(piece)
    asked.arriving.arrived(body.received)
    if (body.received >= head.bytes) this.#answered(head)
  }

  #answered(head: Head): void {
    this.#asked?.answered(head)
    this.#asked = undefined
  }
}
