import { LOOPBACK, openUdpHandle, readDatagram } from '../adapters/index.js'
import type { Endpoint, UdpBinding, UdpHandle } from '../adapters/index.js'
import { DATAGRAM_BYTES_MAX } from '../driver/index.js'
import type { AttachReply, AttachRequest } from '../driver/index.js'

const REPLY_TYPES: ReadonlySet<unknown> = new Set<AttachReply['type']>(['granted', 'refused', 'start'])

/**
 * A socket of its own for attaching, connected: the kernel lets in nothing but the supervisor's answers and tells when
 * nobody listens there any more. Datagrams of the group meanwhile wait unharmed in the group's socket.
 */
export class AttachSocket {
  readonly #binding: UdpBinding
  readonly #handle: UdpHandle
  readonly #incoming = new Uint8Array(DATAGRAM_BYTES_MAX)

  constructor(binding: UdpBinding, supervisor: Endpoint) {
    this.#binding = binding
    this.#handle = openUdpHandle(binding, LOOPBACK).handle
    this.#handle.connect(supervisor.address, supervisor.port)
  }

  /** May be lost; the caller repeats. */
  send(request: AttachRequest): void {
    const list = [Buffer.from(JSON.stringify(request))]
    this.#handle.send(new this.#binding.SendWrap(), list, 1, false)
  }

  /** `gone`: there is no supervisor. */
  receive(): AttachReply | 'gone' | undefined {
    const length = readDatagram(this.#binding, this.#handle, this.#incoming)
    if (typeof length === 'number') return parseReply(this.#incoming.subarray(0, length))
    return length === 'ECONNREFUSED' ? 'gone' : undefined
  }

  close(): void {
    this.#handle.close()
  }
}

function parseReply(datagram: Uint8Array): AttachReply | undefined {
  try {
    const reply = JSON.parse(Buffer.from(datagram).toString()) as AttachReply | null
    return REPLY_TYPES.has(reply?.type) ? (reply as AttachReply) : undefined
  } catch {
    return undefined
  }
}
