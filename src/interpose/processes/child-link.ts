import { EMPTY } from '../../base/index.js'
import type { ToChild } from '../../driver/index.js'
import type { StreamId } from '../../message/index.js'
import type { Host } from '../host/host.js'

const ESRCH = -3

/** The way to one child process. */
export class ChildLink {
  readonly #host: Host
  readonly #stream: StreamId

  constructor(host: Host, stream: StreamId) {
    this.#host = host
    this.#stream = stream
  }

  send(message: ToChild, bytes: Uint8Array = EMPTY): void {
    this.#host.send(this.#stream, message, bytes)
  }

  /** 0, or a negative errno. */
  kill(signal: number): number {
    if (this.#host.isLost(this.#stream)) return ESRCH
    return this.#host.now({ call: 'killChild', args: [this.#stream, signal] }).errno ?? 0
  }

  /** Nothing comes any more. */
  shut(): void {
    this.#host.shut(this.#stream)
  }
}
