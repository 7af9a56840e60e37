import { ANSWER_HEAD_BYTES_MAX } from './limits.js'

const END = '\r\n\r\n'
/** The request left HTTP, by an upgrade or as a `CONNECT`. */
const LEFT_HTTP = /^HTTP\/1\.1 (?:101|2\d\d) /

/**
 * The head of a program's answer to a request that was answered once already, with which a connection left HTTP
 * (ADR 55). It is not for the client, and what follows is.
 */
export class AnswerHead {
  #text = ''

  /**
   * What of `bytes` is for the client; undefined while the head goes on. `refused`: it is none, or the program answered
   * otherwise, and the client would take what follows for something else.
   */
  after(bytes: Uint8Array): Uint8Array | 'refused' | undefined {
    const before = this.#text.length
    this.#text += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    const end = this.#text.indexOf(END)
    if (end < 0) return this.#text.length > ANSWER_HEAD_BYTES_MAX ? 'refused' : undefined
    return LEFT_HTTP.test(this.#text) ? bytes.subarray(end + END.length - before) : 'refused'
  }
}
