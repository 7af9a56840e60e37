import type { EdgeTerms } from '../edge-terms.js'
import { InputStream } from '../input-stream.js'
import { refusal } from '../refusal.js'
import type { GivenRequest, ShutdownRequest, Written } from '../virtual-stream.js'
import { textBytes } from '../write-chunks.js'
import type { ChildLink } from './child-link.js'

/** So much waits for a program that does not read, before the child is asked to wait. */
const WAITING_BYTES_MAX = 256 * 1024

/**
 * One end of a pipe as Node's library makes it: it becomes the way to a descriptor of a child process, or is refused
 * when it is to be anything else.
 */
export class ChildPipe extends InputStream {
  readonly fd = -1
  readonly isStreamBase = false
  /** Set by Node's library where handles could come with a message. */
  pendingHandle: unknown = null
  #link: ChildLink | undefined
  #childFd = 0
  #broken = 0
  #throttled = false

  constructor(terms: EdgeTerms) {
    super(terms, 'PIPEWRAP')
  }

  attach(link: ChildLink, childFd: number): void {
    this.#link = link
    this.#childFd = childFd
  }

  /** What is written from here on fails. */
  break(errno: number): void {
    this.#broken = errno
  }

  /** For the messages of a forked process: with a handle it would have to be another process's, too. */
  override writeUtf8String(request: GivenRequest, text: string, handle?: object): Written {
    if (handle !== undefined && handle !== null) throw refusal('LLFT_E_REFUSED_CHILD_HANDLE', 'subprocess.send()')
    return this.writeBuffer(request, textBytes(text, 'utf8'))
  }

  override shutdown(request: ShutdownRequest): number {
    this.#link?.send({ to: 'end', fd: this.#childFd })
    return super.shutdown(request)
  }

  connect(): never {
    throw refusal('LLFT_E_REFUSED_PIPE', 'net.connect()')
  }

  bind(): never {
    throw refusal('LLFT_E_REFUSED_PIPE', 'net.listen()')
  }

  open(): never {
    throw refusal('LLFT_E_REFUSED_LISTEN_FD', 'new net.Socket({ fd })')
  }

  protected transmit(bytes: Uint8Array): number {
    const { UV_EPIPE, UV_ENOTCONN } = this.terms.internals.errno
    if (this.closed || this.#broken !== 0) return this.closed ? UV_EPIPE : this.#broken
    if (this.#link === undefined) return UV_ENOTCONN
    this.#link.send({ to: 'write', fd: this.#childFd }, bytes)
    return bytes.length
  }

  protected override throttle(waitingBytes: number): void {
    const throttled = this.#throttled ? waitingBytes > 0 : waitingBytes > WAITING_BYTES_MAX
    if (throttled === this.#throttled) return
    this.#throttled = throttled
    this.#link?.send({ to: 'flow', fd: this.#childFd, on: !throttled })
  }

  protected override released(): void {
    super.released()
    this.#link?.send({ to: 'close', fd: this.#childFd })
  }
}
