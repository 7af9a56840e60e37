import type { StreamWatch } from '../tcp-stream.js'
import { MessageEnds } from './message-ends.js'

/** `IncomingMessage` of Node's library. */
export interface UpgradeRequest {
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  readonly rawHeaders: readonly string[]
  readonly headers: Readonly<Record<string, unknown>>
}

const HEAD_END = '\r\n\r\n'
/** Of an answer; Node's own bound for the head of a message. */
const ANSWER_CHARS_MAX = 16 * 1024
const COMPRESSED = /^sec-websocket-extensions:.*permessage-deflate/im

/** The request by which a connection has left HTTP, and what stands in the way of beginning again with it. */
export class Upgrade implements StreamWatch {
  readonly #head: string
  readonly #hasBody: boolean
  readonly #messages: MessageEnds | undefined
  readonly #watched: boolean
  #answer = ''

  /** `watched`: it is told what comes and leaves, from here on. */
  constructor({ method, url, httpVersion, rawHeaders, headers }: UpgradeRequest, watched: boolean) {
    const fields = rawHeaders.map((text, at) => (at % 2 === 0 ? `\r\n${text}: ` : text))
    this.#head = `${method} ${url} HTTP/${httpVersion}${fields.join('')}${HEAD_END}`
    this.#hasBody = (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined
    this.#messages = String(headers['upgrade']).toLowerCase() === 'websocket' ? new MessageEnds() : undefined
    this.#watched = watched
  }

  get head(): Uint8Array {
    return Buffer.from(this.#head, 'latin1')
  }

  get obstacle(): string | undefined {
    if (!this.#watched) return 'a connection left HTTP before the program offered snapshots'
    if (this.#hasBody) return 'a connection that left HTTP by a request with a body cannot be moved'
    if (!this.#answer.includes(HEAD_END)) return 'a request to leave HTTP is not answered yet'
    if (COMPRESSED.test(this.#answer)) return 'a WebSocket with compression cannot be moved'
    if (this.#messages?.between === false) return 'a WebSocket message is half read'
    return undefined
  }

  begun(bytes: Uint8Array): void {
    const headEnd = Buffer.from(bytes).lastIndexOf(HEAD_END)
    if (headEnd !== -1) this.received(bytes.subarray(headEnd + HEAD_END.length))
  }

  received(bytes: Uint8Array): void {
    this.#messages?.take(bytes)
  }

  sent(bytes: Uint8Array): void {
    const { length } = this.#answer
    if (length > ANSWER_CHARS_MAX || this.#answer.endsWith(HEAD_END)) return
    this.#answer += Buffer.from(bytes.subarray(0, ANSWER_CHARS_MAX)).toString('latin1')
    const headEnd = this.#answer.indexOf(HEAD_END)
    if (headEnd !== -1) this.#answer = this.#answer.slice(0, headEnd + HEAD_END.length)
  }
}
