import { io } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import type { Arriving, Connection, Head, Request } from './asking.js'
import { LargeBody, uploadOf } from './large-body.js'

export type SocketIoTransport = 'websocket' | 'polling'

/** Events with acknowledgements; a large body is a row of events before it (guests/socket-io.cjs). */
export class SocketIoConnection implements Connection {
  readonly heard: number[] = []
  readonly broken: Promise<never>
  readonly #client: Socket
  #failed: (error: Error) => void = () => {}

  /** With both transports the first is upgraded to the second while the traffic runs. */
  static async open(port: number, ...transports: SocketIoTransport[]): Promise<SocketIoConnection> {
    const client = io(`http://127.0.0.1:${port}`, { transports, reconnection: false, forceNew: true })
    const connection = new SocketIoConnection(client)
    await Promise.race([new Promise<void>((resolve) => client.once('connect', resolve)), connection.broken])
    return connection
  }

  constructor(client: Socket) {
    this.#client = client
    this.broken = new Promise<never>((_, reject) => {
      this.#failed = reject
      client.on('connect_error', reject)
      client.on('disconnect', (reason) => reject(new Error(`disconnected: ${reason}`)))
    })
    this.broken.catch(() => {})
    client.on('said', (said: number) => this.heard.push(said))
  }

  async ask(request: Request, arriving: Arriving): Promise<Head> {
    let body: LargeBody | undefined
    const take = (salt: number, offset: number, piece: Buffer): void => {
      body ??= new LargeBody(salt)
      if (offset !== body.received) this.#failed(new Error(`piece at ${offset} after ${body.received} bytes`))
      try {
        body.take(piece)
      } catch (error) {
        this.#failed(error as Error)
      }
      arriving.arrived(body.received)
    }
    this.#client.on('piece', take)
    const head = await new Promise<Head>((resolve) => {
      this.#client.emit('ask', request, uploadOf(request.upload), resolve)
    })
    this.#client.off('piece', take)
    if ((body?.received ?? 0) !== head.bytes) throw new Error(`${body?.received} of ${head.bytes} bytes`)
    return head
  }

  close(): void {
    this.#client.disconnect()
  }
}
