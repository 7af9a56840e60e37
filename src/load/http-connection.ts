import { ByteQueue } from './byte-queue.js'
import type { Connection, ConnectionEvents } from './connection.js'
import { openSocket } from './tcp-connection.js'

/** Answers' heads are a few lines. */
const HEAD_BYTES_MAX = 16_384

/** Requests by POST on one kept connection. Written by hand: the generator must cost less than what it measures. */
export function openHttp(port: number, events: ConnectionEvents): Connection {
  const reader = new ResponseReader()
  const socket = openSocket(port, events, (chunk) => {
    for (const body of reader.read(chunk)) events.answered(body)
  })
  return {
    atOnceMax: 1,
    send(body) {
      const head = `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: ${body.length}\r\n\r\n`
      socket.cork()
      socket.write(head, 'latin1')
      socket.write(body)
      socket.uncork()
    },
    close: () => void socket.removeAllListeners('close').destroy(),
  }
}

class ResponseReader {
  readonly #queue = new ByteQueue()
  /** Of the body that is arriving, when its head has been read. */
  #bodyBytes: number | undefined

  read(chunk: Buffer): readonly Buffer[] {
    this.#queue.append(chunk)
    const bodies: Buffer[] = []
    for (;;) {
      this.#bodyBytes ??= this.#readHead()
      if (this.#bodyBytes === undefined || this.#queue.length < this.#bodyBytes) return bodies
      bodies.push(this.#queue.take(this.#bodyBytes))
      this.#bodyBytes = undefined
    }
  }

  #readHead(): number | undefined {
    const seen = this.#queue.peek(HEAD_BYTES_MAX)
    const end = seen.indexOf('\r\n\r\n')
    if (end === -1) {
      if (seen.length === HEAD_BYTES_MAX) throw new Error('the head of an answer does not end')
      return undefined
    }
    const head = this.#queue.take(end + 4).toString('latin1')
    const length = /^content-length: *(\d+)/im.exec(head)?.[1]
    if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) throw new Error(head.split('\r\n')[0])
    return Number(length)
  }
}
