import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { WebSocketServer } from 'ws'
import { answerIn, FrameReader, frameOf, readHead } from '../../src/load/index.js'
import type { Protocol } from '../../src/load/index.js'

/** Given each request's sequence and its right answer; `reply` may be called never, later, twice. */
export type Conduct = (sequence: number, answer: Buffer, reply: (body: Buffer) => void, connection: Misfit) => void

/** What a misbehaving server may do besides answering. */
export interface Misfit {
  /** Ends the connection. */
  drop(): void
}

export const honest: Conduct = (_, answer, reply) => reply(answer)

/** A real server that counts requests, and does wrong on purpose. */
export class FaultyServer {
  readonly port: number
  readonly #server: Server
  count = 0

  static async start(protocol: Protocol, conduct: Conduct): Promise<FaultyServer> {
    const server: Server = protocol === 'tcp' ? createServer() : createHttpServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new FaultyServer(server, protocol, conduct)
  }

  private constructor(server: Server, protocol: Protocol, conduct: Conduct) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    const answer = (body: Buffer, reply: (body: Buffer) => void, misfit: Misfit): void => {
      const sequence = readHead(body)?.sequence ?? -1
      conduct(sequence, answerIn(body, ++this.count), reply, misfit)
    }
    if (protocol === 'tcp') serveTcp(server, answer)
    else if (protocol === 'http') serveHttp(server, answer)
    else serveWebSocket(server, answer)
  }

  /** As if its memory had been lost. */
  forget(): void {
    this.count = 0
  }

  close(): void {
    this.#server.close()
  }
}

type Answer = (body: Buffer, reply: (body: Buffer) => void, misfit: Misfit) => void

function serveTcp(server: Server, answer: Answer): void {
  server.on('connection', (socket) => {
    const reader = new FrameReader()
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      for (const body of reader.read(chunk)) {
        answer(body, (own) => void socket.write(frameOf(own)), { drop: () => socket.resetAndDestroy() })
      }
    })
  })
}

function serveHttp(server: Server, answer: Answer): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const misfit = { drop: () => request.socket.resetAndDestroy() }
      answer(Buffer.concat(chunks), (body) => void response.end(body), misfit)
    })
  })
}

function serveWebSocket(server: Server, answer: Answer): void {
  new WebSocketServer({ server: server as HttpServer }).on('connection', (socket) => {
    socket.on('error', () => socket.terminate())
    socket.on('message', (body: Buffer) => answer(body, (own) => socket.send(own), { drop: () => socket.terminate() }))
  })
}
