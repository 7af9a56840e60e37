import { connect, constants } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { retrying } from './store.js'
import type { Store, StoreTerms } from './store.js'

/** A member that does not answer in this time has no leader, or is none any more. */
const ANSWER_MS = 1000
const KEY = Buffer.from('count')
const VALUE = Buffer.from('1')
const FRAME_HEAD_BYTES = 5

/** A put by gRPC; the number is the revision that the put made, which a majority of the members has then. */
export class EtcdStore implements Store {
  readonly #ports: readonly number[]
  #session: ClientHttp2Session | undefined
  #at = 0

  constructor({ ports }: StoreTerms) {
    this.#ports = ports
  }

  next(): Promise<number> {
    return retrying(() => this.#put())
  }

  #put(): Promise<number> {
    const session = this.#open()
    return new Promise((resolve, reject) => {
      const stream = session.request({
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: '/etcdserverpb.KV/Put',
        [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
        [constants.HTTP2_HEADER_TE]: 'trailers',
      })
      const fail = (reason: Error): void => {
        if (this.#session === session) this.#session = undefined
        session.destroy()
        reject(reason)
      }
      const chunks: Buffer[] = []
      const bound = setTimeout(() => fail(new Error('no answer')), ANSWER_MS)
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', fail)
      stream.on('close', () => {
        clearTimeout(bound)
        const revision = revisionIn(Buffer.concat(chunks))
        if (revision === undefined) fail(new Error('refused'))
        else resolve(revision)
      })
      stream.end(PUT_FRAME)
    })
  }

  /** Any member takes a put and passes it on to the leader; after a fault the next one is asked. */
  #open(): ClientHttp2Session {
    if (this.#session !== undefined) return this.#session
    const port = this.#ports[this.#at++ % this.#ports.length]
    const session = connect(`http://127.0.0.1:${port}`)
    session.setMaxListeners(0)
    const gone = (): void => {
      if (this.#session === session) this.#session = undefined
    }
    session.on('error', gone).on('close', gone).on('goaway', gone)
    this.#session = session
    return session
  }
}

/** `PutRequest { key = 1, value = 2 }` in a gRPC frame. */
const PUT_FRAME: Buffer = (() => {
  const field = (number: number, bytes: Buffer): Buffer => {
    return Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes])
  }
  const message = Buffer.concat([field(1, KEY), field(2, VALUE)])
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
})()

/** `PutResponse { header = 1: ResponseHeader { revision = 3 } }`; undefined when the put was refused. */
function revisionIn(frame: Buffer): number | undefined {
  const reader = new VarintReader(frame, FRAME_HEAD_BYTES)
  if (reader.next() !== ((1 << 3) | 2)) return undefined
  const end = reader.next() + reader.at
  while (reader.at < end) {
    const [tag, value] = [reader.next(), reader.next()]
    if (tag === 3 << 3) return value
  }
  return undefined
}

/** Protobuf's numbers, one after the other. */
class VarintReader {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  get at(): number {
    return this.#at
  }

  next(): number {
    let [value, factor, byte] = [0, 1, 0x80]
    while (byte >= 0x80 && this.#at < this.#bytes.length) {
      byte = this.#bytes[this.#at++] as number
      value += (byte & 0x7f) * factor
      factor *= 128
    }
    return value
  }
}
