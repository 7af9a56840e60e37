import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Arriving, Connection, Head, Request } from './asking.js'
import { brokenBy } from './broken.js'
import { LargeBody, uploadOf } from './large-body.js'

/** An upload is sent in pieces of this size, each in a turn of its own. */
const UPLOAD_PIECE_BYTES = 20_000

/** HTTP over one connection that is kept alive, one request at a time (guests/express.cjs, koa.cjs, fastify.mjs). */
export class HttpConnection implements Connection {
  readonly heard: readonly number[] = []
  readonly broken: Promise<never>
  readonly #port: number
  readonly #socket: Socket
  readonly #agent: Agent

  static async open(port: number): Promise<HttpConnection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new HttpConnection(port, socket)
  }

  constructor(port: number, socket: Socket) {
    this.#port = port
    this.#socket = socket
    this.#agent = new OneSocketAgent(socket)
    this.broken = brokenBy(socket, () => {})
  }

  async ask(request: Request, arriving: Arriving): Promise<Head> {
    const outgoing = httpRequest({
      agent: this.#agent,
      host: '127.0.0.1',
      port: this.#port,
      method: 'POST',
      path: `/ask?request=${encodeURIComponent(JSON.stringify(request))}`,
      headers: { 'content-type': 'application/octet-stream' },
    })
    const response = once(outgoing, 'response') as Promise<[IncomingMessage]>
    await upload(outgoing, request.upload)
    return readAnswer((await response)[0], arriving)
  }

  close(): void {
    this.#agent.destroy()
    this.#socket.destroy()
  }
}

/** Never opens another connection: what one request cannot use any more fails the next. */
class OneSocketAgent extends Agent {
  readonly #socket: Socket
  #given = false

  constructor(socket: Socket) {
    super({ keepAlive: true, maxSockets: 1 })
    this.#socket = socket
  }

  override createConnection(): Socket {
    if (this.#given) throw new Error('the connection was not kept alive')
    this.#given = true
    return this.#socket
  }
}

async function upload(outgoing: ClientRequest, bytes: number): Promise<void> {
  const body = uploadOf(bytes)
  for (let at = 0; at < bytes; at += UPLOAD_PIECE_BYTES) {
    outgoing.write(body.subarray(at, at + UPLOAD_PIECE_BYTES))
    await new Promise(setImmediate)
  }
  outgoing.end()
}

async function readAnswer(response: IncomingMessage, arriving: Arriving): Promise<Head> {
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`)
  const head = JSON.parse(String(response.headers['x-head'])) as Head
  const body = new LargeBody(head.salt)
  let text = ''
  for await (const bytes of response as AsyncIterable<Buffer>) {
    if (head.bytes === 0) {
      text += bytes.toString()
      continue
    }
    body.take(bytes)
    arriving.arrived(body.received)
  }
  if (head.bytes === 0 && text !== JSON.stringify({ text: head.text })) throw new Error(`wrong body ${text}`)
  if (body.received !== head.bytes) throw new Error(`${body.received} of ${head.bytes} bytes`)
  return head
}
