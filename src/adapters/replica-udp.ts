import { DATAGRAM_BYTES_MAX } from '../driver/index.js'
import type { MulticastGroup, Transport } from '../driver/index.js'
import type { Locator } from '../message/index.js'
import { endpointOf, EndpointMemory, locatorOf, LOOPBACK } from './locator.js'
import { Outgoing } from './outgoing.js'
import { openGroupHandle, openUdpHandle, readDatagram } from './udp-binding.js'
import type { UdpBinding, UdpHandle } from './udp-binding.js'
import { POLL_DATAGRAMS_MAX, SOCKET_BUFFER_BYTES } from './udp-options.js'
import type { UdpFacts } from './udp-options.js'

/**
 * A replica's group socket: synchronous from the first moment, pollable inside an operation, and without `dgram`, which
 * belongs to the program (determinizer.md A9). It never keeps the process alive. It hears its group's multicasts and
 * sends none itself.
 */
export class ReplicaUdp implements Transport {
  readonly locator: Locator
  readonly facts: UdpFacts
  onDatagram: (datagram: Uint8Array) => void = () => {}
  readonly #binding: UdpBinding
  readonly #handle: UdpHandle
  #group: UdpHandle | undefined
  readonly #endpoints = new EndpointMemory()
  readonly #incoming = new Uint8Array(DATAGRAM_BYTES_MAX)
  #outgoing = new Outgoing()
  /** Both are reused until libuv keeps them. */
  #request: object
  #list: Uint8Array[] = []
  #closed = false

  constructor(binding: UdpBinding, address: string = LOOPBACK) {
    this.#binding = binding
    const { handle, port } = openUdpHandle(binding, address)
    this.#handle = handle
    this.#request = new binding.SendWrap()
    this.locator = locatorOf({ address, port })
    this.facts = {
      datagramsIn: 0,
      datagramsOut: 0,
      errors: 0,
      receiveBufferBytes: raiseBuffer(handle, true),
      sendBufferBytes: raiseBuffer(handle, false),
    }
    this.#listen(handle)
  }

  /** Hears from now on what is sent to the group; raises an error where the kernel refuses. Called once at most. */
  join(group: MulticastGroup): void {
    this.#group = openGroupHandle(this.#binding, group, endpointOf(this.locator).address)
    raiseBuffer(this.#group, true)
    this.#listen(this.#group)
  }

  send(to: Locator, datagram: Uint8Array): void {
    if (this.#closed || datagram.length > DATAGRAM_BYTES_MAX) {
      this.facts.errors++
      return
    }
    const { address, port } = this.#endpoints.of(to)
    this.#list[0] = this.#outgoing.hold(datagram)
    const sent = this.#handle.send(this.#request, this.#list, 1, port, address, false)
    if (sent < 0) this.facts.errors++
    else this.facts.datagramsOut++
    if (sent === 0) this.#leaveToLibuv()
  }

  poll(): number {
    if (this.#closed) return 0
    return this.#drain(this.#handle) + (this.#group === undefined ? 0 : this.#drain(this.#group))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#handle.close()
    this.#group?.close()
  }

  #listen(handle: UdpHandle): void {
    handle.onmessage = (nread, _handle, bytes): void => this.#received(nread, bytes)
    handle.recvStart()
  }

  #drain(handle: UdpHandle): number {
    for (let taken = 0; taken < POLL_DATAGRAMS_MAX; taken++) {
      const length = readDatagram(this.#binding, handle, this.#incoming)
      if (typeof length === 'string') {
        if (length !== 'EAGAIN') this.facts.errors++
        return taken
      }
      this.#received(length, this.#incoming.subarray(0, length))
    }
    return POLL_DATAGRAMS_MAX
  }

  #received(nread: number, bytes: Uint8Array | undefined): void {
    if (nread < 0 || bytes === undefined) {
      this.facts.errors++
      return
    }
    this.facts.datagramsIn++
    this.onDatagram(bytes)
  }

  #leaveToLibuv(): void {
    this.#outgoing = new Outgoing()
    this.#request = new this.#binding.SendWrap()
    this.#list = []
  }
}

function raiseBuffer(handle: UdpHandle, receive: boolean): number {
  const context: { code?: string } = {}
  handle.bufferSize(SOCKET_BUFFER_BYTES, receive, context)
  // 0 asks; Linux answers twice what it gave.
  return (handle.bufferSize(0, receive, context) ?? 0) / 2
}
