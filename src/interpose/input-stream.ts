import { VirtualStream } from './virtual-stream.js'

/** A stream of which the other side sends bytes: they wait in a queue while the program does not read. */
export abstract class InputStream extends VirtualStream {
  onread: ((bytes: ArrayBuffer | undefined) => void) | undefined = undefined
  /** Bounded by `throttle`. A number is an errno. */
  readonly #received: (Uint8Array<ArrayBuffer> | number)[] = []
  #flowing = false
  #draining = false

  /** How many bytes wait has changed: the other side may have to be asked to wait, or to go on. */
  protected abstract throttle(waitingBytes: number): void

  /** Bytes of the other side. They are copied: the program may keep and change what it gets. */
  receive(bytes: Uint8Array): void {
    const own = new Uint8Array(new ArrayBuffer(bytes.length))
    own.set(bytes)
    this.#take(own)
  }

  /** The other side has ended, or failed. */
  receiveEnd(errno: number = this.terms.internals.errno.UV_EOF): void {
    this.#take(errno)
  }

  readStart(): number {
    this.#flow(true)
    if (this.#received.length > 0) this.#drain()
    return 0
  }

  readStop(): number {
    this.#flow(false)
    return 0
  }

  protected override released(): void {
    this.#flowing = false
    this.#received.length = 0
  }

  #take(item: Uint8Array<ArrayBuffer> | number): void {
    if (this.closed) return
    if (this.#flowing && !this.#draining && this.#received.length === 0) this.#deliver(item)
    else {
      this.#received.push(item)
      this.throttle(this.#waitingBytes)
    }
  }

  #flow(flowing: boolean): void {
    this.#flowing = flowing && !this.closed
    this.hold.activate(this.#flowing)
  }

  /** One item per tick, so that microtasks run in between as they do between the reads of an event loop. */
  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    this.terms.internals.later.nextTick(() => {
      this.#draining = false
      if (!this.#flowing) return
      const item = this.#received.shift()
      if (this.#received.length > 0) this.#drain()
      this.throttle(this.#waitingBytes)
      if (item !== undefined) this.#deliver(item)
    })
  }

  #deliver(item: Uint8Array<ArrayBuffer> | number): void {
    const { registers, readBytesOrError, arrayBufferOffset } = this.terms.internals.streamState
    const failed = typeof item === 'number'
    if (failed) this.#flow(false)
    else this.bytesRead += item.length
    this.enter(() => {
      registers[readBytesOrError] = failed ? item : item.length
      registers[arrayBufferOffset] = 0
      this.onread?.(failed ? undefined : item.buffer)
    })
  }

  get #waitingBytes(): number {
    return this.#received.reduce<number>((sum, item) => sum + (typeof item === 'number' ? 0 : item.length), 0)
  }
}
