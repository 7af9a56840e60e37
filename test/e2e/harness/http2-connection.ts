import { once } from 'node:events'
import { connect as connectSession } from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Arriving, Connection, Head, Request } from './asking.js'
import { brokenBy } from './broken.js'
import { LargeBody, uploadOf } from './large-body.js'

/** One session of cleartext HTTP/2 (guests/http2.cjs); flow control holds up what is sent as well as what is read. */
export class Http2Connection implements Connection {
  readonly heard: readonly number[] = []
  readonly broken: Promise<never>
  readonly #session: ClientHttp2Session
  /** What was pushed with the answers that are on their way. */
  readonly #pushed: Promise<string>[] = []

  static async open(port: number): Promise<Http2Connection> {
    const socket = connect(port, '127.0.0.1')
    const session = connectSession(`http://127.0.0.1:${port}`, { createConnection: () => socket })
    const connection = new Http2Connection(session, socket)
    await once(session, 'remoteSettings')
    return connection
  }

  constructor(session: ClientHttp2Session, socket: Socket) {
    this.#session = session
    session.on('stream', (stream) => this.#pushed.push(text(stream)))
    this.broken = brokenBy(socket, (fail) => {
      session.on('error', fail)
      session.on('goaway', (code) => fail(new Error(`goaway ${code}`)))
    })
  }

  async ask(request: Request, arriving: Arriving): Promise<Head> {
    const stream = this.#session.request({ ':method': 'POST', ':path': '/', 'x-request': JSON.stringify(request) })
    const trailers = once(stream, 'trailers') as Promise<[IncomingHttpHeaders]>
    stream.end(uploadOf(request.upload))
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders]
    const head = JSON.parse(String(headers['x-head'])) as Head
    const body = new LargeBody(head.salt)
    let said = ''
    for await (const bytes of stream as AsyncIterable<Buffer>) {
      if (head.bytes === 0) said += bytes.toString()
      else {
        body.take(bytes)
        arriving.arrived(body.received)
      }
    }
    if (head.bytes === 0 && said !== JSON.stringify({ text: head.text })) throw new Error(`wrong body ${said}`)
    if (body.received !== head.bytes) throw new Error(`${body.received} of ${head.bytes} bytes`)
    const [{ 'x-salt': salt }] = await trailers
    const pushed = await this.#pushed.shift()
    if (salt !== String(head.salt) || pushed !== salt) throw new Error(`trailer ${String(salt)}, pushed ${pushed}`)
    await this.#ping()
    return head
  }

  close(): void {
    this.#session.destroy()
  }

  async #ping(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#session.ping((error) => (error === null ? resolve() : reject(error)))
    })
  }
}

async function text(stream: ClientHttp2Stream): Promise<string> {
  let said = ''
  for await (const bytes of stream.setEncoding('utf8')) said += String(bytes)
  return said
}
