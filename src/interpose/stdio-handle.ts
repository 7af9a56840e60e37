import type { EdgeTerms } from './edge-terms.js'
import type { OutputFd } from './output.js'
import { print } from './output.js'
import { refusal } from './refusal.js'
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

/** `process.stdin` as `net.Socket` sees it: a pipe that nobody may read yet. */
export class InputHandle extends VirtualStream {
  readonly fd = 0
  onread: unknown = undefined

  constructor(terms: EdgeTerms) {
    super(terms, 'PIPEWRAP')
  }

  readStart(): number {
    throw refusal('LLFT_E_REFUSED_STDIN', 'process.stdin')
  }

  readStop(): number {
    return 0
  }

  protected transmit(): number {
    return this.terms.internals.errno.UV_EPIPE
  }
}
