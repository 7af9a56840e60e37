import { concatenate, EMPTY } from '../base/index.js'

/**
 * What the program asks of its host and must happen once, whichever replica asks: changing a file, starting a process.
 * The console does it, under the release rule. A call is a stream on the connection with the console, numbered by the
 * application from 1; records go both ways on it, each a head (JSON) and a body (bytes).
 */
export interface HostRequest {
  /** Which call; what follows on the same stream is the call's own matter. */
  readonly call: string
  readonly args: readonly unknown[]
}

/** What a call came to: a value, or the error of the system. */
export interface HostAnswer {
  readonly value?: unknown
  /** Negative, as libuv numbers it. */
  readonly errno?: number
  readonly syscall?: string
  /** An error of Node's own. */
  readonly failed?: { readonly code: string; readonly message: string }
}

/** A path that is no text in UTF-8: one character per byte. */
export interface BytePath {
  readonly latin1: string
}

/** Bodies of answers that somebody waits for inside an operation fit one frame. */
export const HOST_BODY_BYTES_MAX: number = 24 * 1024

export interface HostRecord {
  readonly head: Uint8Array
  readonly body: Uint8Array
}

const LENGTHS_BYTES = 8

export function packRecord({ head, body }: HostRecord): Uint8Array {
  const lengths = new Uint8Array(LENGTHS_BYTES)
  const view = new DataView(lengths.buffer)
  view.setUint32(0, head.length)
  view.setUint32(4, body.length)
  return concatenate([lengths, head, body])
}

/** Puts the records of a stream together; bounded by the longest record that the other side sends. */
export class RecordReader {
  #parts: Uint8Array[] = []
  #length = 0

  /** No part of a record is left. */
  get empty(): boolean {
    return this.#length === 0
  }

  /** The bytes are kept until their record is whole. */
  push(bytes: Uint8Array): void {
    this.#parts.push(bytes.slice())
    this.#length += bytes.length
  }

  /** The next record, or undefined while it is not whole. */
  next(): HostRecord | undefined {
    if (this.#length < LENGTHS_BYTES) return undefined
    const first = this.#parts[0] as Uint8Array
    if (first.length < LENGTHS_BYTES) this.#join()
    const start = this.#parts[0] as Uint8Array
    const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
    const [head, body] = [view.getUint32(0), view.getUint32(4)]
    const length = LENGTHS_BYTES + head + body
    if (this.#length < length) return undefined
    this.#join()
    const whole = this.#parts[0] as Uint8Array
    this.#length -= length
    this.#parts = this.#length === 0 ? [] : [whole.subarray(length)]
    const bodyAt = LENGTHS_BYTES + head
    return { head: whole.subarray(LENGTHS_BYTES, bodyAt), body: body === 0 ? EMPTY : whole.subarray(bodyAt, length) }
  }

  #join(): void {
    if (this.#parts.length > 1) this.#parts = [concatenate(this.#parts)]
  }
}
