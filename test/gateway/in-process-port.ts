import type { PeerListener, PeerPort, PeerStatus } from '../../src/driver/index.js'
import { NO_VIEW } from '../../src/message/index.js'
import type { Frame, ListenerId, OrderIndex, SocketName, StreamId } from '../../src/message/index.js'

/** A program as the application group's side of the connection: takes a frame and answers with frames. */
export type Program = (frame: Frame, answer: (frame: Frame) => void) => void

/** A connection whose other side is a program in the same process: in order, exactly once, one turn later. */
export class InProcessPort implements PeerPort {
  readonly status: PeerStatus = {
    view: NO_VIEW,
    members: [],
    historyIndex: 0 as OrderIndex,
    historyBytes: 0,
    rejectedDatagrams: 0,
    mayRelease: true,
  }
  readonly frames: Frame[] = []
  /** What each flush sent. */
  readonly lots: (readonly Frame[])[] = []
  congested = false
  closed = false
  readonly #listener: PeerListener
  readonly #program: Program
  #unflushed: Frame[] = []
  #handingOut = false

  constructor(listener: PeerListener, program: Program) {
    this.#listener = listener
    this.#program = program
  }

  send(frame: Frame): void {
    if (this.#handingOut) throw new Error('called back by what it hands out')
    this.#unflushed.push(frame.frame === 'data' ? { ...frame, bytes: Uint8Array.from(frame.bytes) } : frame)
  }

  meet(): void {}

  flush(): void {
    const flushed = this.#unflushed
    this.#unflushed = []
    this.frames.push(...flushed)
    this.lots.push(flushed)
    setImmediate(() => {
      for (const frame of flushed) this.#program(frame, (answer) => this.release(answer))
    })
  }

  relieve(): void {
    this.congested = false
    this.#listener.relieved()
  }

  /** The program does something by itself. */
  release(...frames: readonly Frame[]): void {
    this.#handingOut = true
    for (const frame of frames) this.#listener.released(frame)
    this.#handingOut = false
  }

  close(): void {
    this.closed = true
  }

  handOver(): void {}

  granted(): void {}

  announceFault(): void {}

  keep(): void {}

  /** What was sent of one kind so far. */
  of<Kind extends Frame['frame']>(kind: Kind): Extract<Frame, { frame: Kind }>[] {
    return this.frames.filter((frame): frame is Extract<Frame, { frame: Kind }> => frame.frame === kind)
  }
}

export function listenFrame(listener: ListenerId, name: Partial<SocketName> = {}): Extract<Frame, { frame: 'listen' }> {
  const whole: SocketName = { address: '127.0.0.1', family: 4, port: 0, ...name }
  return { frame: 'listen', listener, name: whole, backlog: 511, ipv6Only: false, tls: undefined }
}

export function dataFrame(stream: StreamId, text: string | Uint8Array): Frame {
  return { frame: 'data', stream, bytes: typeof text === 'string' ? Buffer.from(text) : text }
}

/** Sends back what it gets, ends when the client has ended. */
export const echo: Program = (frame, answer) => {
  if (frame.frame === 'data') {
    answer(frame)
    answer({ frame: 'credit', stream: frame.stream, taken: frame.bytes.length })
  }
  if (frame.frame === 'end') {
    answer({ frame: 'end', stream: frame.stream })
    answer({ frame: 'close', stream: frame.stream })
  }
}
