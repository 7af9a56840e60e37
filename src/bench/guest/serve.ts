import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { Protocol } from '../../load/index.js'
import { BODY_BYTES, FrameReader, frameOf } from '../../load/index.js'

const HOST = '127.0.0.1'
/** As many clients as may come at once, while this process is busy. */
const BACKLOG = 4096

/** Answers one request body; `reply` may be called later, but in the order of the requests of a connection. */
export type Work = (body: Buffer, reply: (body: Buffer) => void) => void

/** Of each connection, so that answers keep their order. */
export type MakeWork = () => Work

export function serve(protocol: Protocol, port: number, makeWork: MakeWork): Promise<void> | void {
  if (protocol === 'http') return serveHttp(port, makeWork)
  return protocol === 'tcp' ? serveTcp(port, makeWork) : serveWebSocket(port, makeWork)
}

function serveTcp(port: number, makeWork: MakeWork): void {
  const server = createServer({ noDelay: true }, (socket) => {
    const [reader, work] = [new FrameReader(), makeWork()]
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      for (const body of reader.read(chunk)) work(body, (answer) => void socket.write(frameOf(answer)))
    })
  })
  server.listen({ port, host: HOST, backlog: BACKLOG })
}

function serveHttp(port: number, makeWork: MakeWork): void {
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => makeWork()(Buffer.concat(chunks), (answer) => void response.end(answer)))
  })
  server.listen({ port, host: HOST, backlog: BACKLOG })
}

async function serveWebSocket(port: number, makeWork: MakeWork): Promise<void> {
  const { WebSocketServer } = await import('ws')
  const terms = { port, host: HOST, backlog: BACKLOG, perMessageDeflate: false, maxPayload: BODY_BYTES.max }
  new WebSocketServer(terms).on('connection', (socket) => {
    const work = makeWork()
    socket.on('error', () => socket.terminate())
    socket.on('message', (body: Buffer) => work(body, (answer) => socket.send(answer)))
  })
}
