import { EMPTY } from '../base/index.js'
import type { ToChild } from '../driver/index.js'
import type { StreamId } from '../message/index.js'
import type { EdgeTerms } from './edge-terms.js'
import { InputStream } from './input-stream.js'
import type { OutputFd } from './output.js'
import { print } from './output.js'
import { VirtualStream } from './virtual-stream.js'

/** `process.stdout` or `process.stderr` as `net.Socket` sees it: a pipe that takes everything at once. */
export class OutputHandle extends VirtualStream {
  readonly fd: OutputFd
  onread: unknown = undefined

  constructor(terms: EdgeTerms, fd: OutputFd) {
    super(terms, 'PIPEWRAP')
    this.fd = fd
  }

  readStart(): number {
    return 0
  }

  readStop(): number {
    return 0
  }

  protected transmit(bytes: Uint8Array): number {
    print(this.terms.operations, this.fd, bytes)
    return bytes.length
  }
}

/** So much waits for a program that does not read, before the console is asked to wait. */
const WAITING_BYTES_MAX = 64 * 1024

/** `process.stdin` as `net.Socket` sees it: a pipe that the console reads, from the moment the program wants it. */
export class InputHandle extends InputStream {
  readonly fd = 0
  #stream: StreamId | undefined
  #throttled = false

  constructor(terms: EdgeTerms) {
    super(terms, 'PIPEWRAP')
  }

  override readStart(): number {
    if (this.#stream === undefined) this.#follow()
    return super.readStart()
  }

  /** At the next console, where the last one is lost, its input goes on. */
  #follow(): void {
    const { host } = this.terms
    const take = ({ body }: { readonly body: Uint8Array }): void => {
      if (body.length > 0) return this.receive(body)
      if (this.#stream !== undefined) host.shut(this.#stream)
      this.receiveEnd()
    }
    this.#stream = host.follow({ call: 'followInput', args: [] }, take, { again: () => this.#follow() })
    if (this.#throttled) this.#flow(false)
  }

  #flow(on: boolean): void {
    if (this.#stream !== undefined)
      this.terms.host.send(this.#stream, { to: 'flow', fd: 0, on } satisfies ToChild, EMPTY)
  }

  protected override throttle(waitingBytes: number): void {
    const throttled = this.#throttled ? waitingBytes > 0 : waitingBytes > WAITING_BYTES_MAX
    if (throttled === this.#throttled || this.#stream === undefined) return
    this.#throttled = throttled
    this.#flow(!throttled)
  }

  protected transmit(): number {
    return this.terms.internals.errno.UV_EPIPE
  }
}
