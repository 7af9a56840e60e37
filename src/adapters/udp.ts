import type { RemoteInfo, Socket } from 'node:dgram'
import type { Transport } from '../driver/index.js'
import type { Locator } from '../message/index.js'
import { EndpointMemory, locatorOf } from './locator.js'
import { DATAGRAM_BYTES_MAX, Outgoing } from './outgoing.js'
import { SOCKET_BUFFER_BYTES } from './udp-options.js'
import type { UdpFacts } from './udp-options.js'

export interface UdpOptions {
  /** IPv4, dotted. */
  readonly address: string
  /** 0 lets the kernel choose. */
  readonly port: number
}

/** The transport of gateway and console, on `node:dgram`. It never keeps the process alive. */
export class Udp implements Transport {
  readonly locator: Locator
  readonly facts: UdpFacts
  onDatagram: (datagram: Uint8Array) => void = () => {}
  readonly #socket: Socket
  readonly #endpoints = new EndpointMemory()
  #outgoing = new Outgoing()
  #closed = false

  constructor(options: UdpOptions) {
    // Loaded here and not above: this room is also loaded into replicas, where `dgram` is the program's.
    const { createSocket } = process.getBuiltinModule('node:dgram')
    // A synchronous lookup makes binding and sending synchronous.
    this.#socket = createSocket({ type: 'udp4', lookup: (name, _options, done) => done(null, name, 4) })
    this.#socket.on('error', (error) => this.#failed(error))
    this.#socket.bind(options.port, options.address)
    this.#socket.unref()
    this.#socket.setRecvBufferSize(SOCKET_BUFFER_BYTES)
    this.#socket.setSendBufferSize(SOCKET_BUFFER_BYTES)
    this.locator = locatorOf(this.#socket.address())
    // Linux answers twice what it gave.
    const receiveBufferBytes = this.#socket.getRecvBufferSize() / 2
    const sendBufferBytes = this.#socket.getSendBufferSize() / 2
    this.facts = { datagramsIn: 0, datagramsOut: 0, errors: 0, receiveBufferBytes, sendBufferBytes }
    this.#socket.on('message', (bytes: Uint8Array, _from: RemoteInfo) => this.#received(bytes))
  }

  send(to: Locator, datagram: Uint8Array): void {
    if (this.#closed || datagram.length > DATAGRAM_BYTES_MAX) {
      this.facts.errors++
      return
    }
    const { address, port } = this.#endpoints.of(to)
    this.#socket.send(this.#outgoing.hold(datagram), port, address)
    this.facts.datagramsOut++
    if (this.#socket.getSendQueueCount() > 0) this.#outgoing = new Outgoing()
  }

  /** Always 0: `dgram` gives no descriptor to read from, and gateway and console never wait inside a turn. */
  poll(): number {
    return 0
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.close()
  }

  #received(bytes: Uint8Array): void {
    this.facts.datagramsIn++
    this.onDatagram(bytes)
  }

  #failed(error: Error): void {
    // Before the facts exist the socket could not be bound: nobody can go on without it.
    if (this.facts === undefined) throw error
    this.facts.errors++
  }
}
