import type { RemoteInfo, Socket } from 'node:dgram'
import { DATAGRAM_BYTES_MAX } from '../driver/index.js'
import type { MulticastGroup, Transport } from '../driver/index.js'
import type { Locator } from '../message/index.js'
import { endpointOf, EndpointMemory, locatorOf } from './locator.js'
import { Outgoing } from './outgoing.js'
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
  #group: Socket | undefined
  readonly #endpoints = new EndpointMemory()
  #outgoing = new Outgoing()
  #closed = false

  constructor(options: UdpOptions) {
    this.#socket = this.#open(options)
    this.#socket.setSendBufferSize(SOCKET_BUFFER_BYTES)
    this.locator = locatorOf(this.#socket.address())
    // Linux answers twice what it gave.
    const receiveBufferBytes = this.#socket.getRecvBufferSize() / 2
    const sendBufferBytes = this.#socket.getSendBufferSize() / 2
    this.facts = { datagramsIn: 0, datagramsOut: 0, errors: 0, receiveBufferBytes, sendBufferBytes }
  }

  /** Prepares sending to a group that this process does not belong to; raises an error where the kernel refuses. */
  reach(group: MulticastGroup): void {
    this.#socket.setMulticastInterface(endpointOf(this.locator).address)
    this.#socket.setMulticastTTL(group.ttl)
    // Members of the group may live on this host.
    this.#socket.setMulticastLoopback(true)
  }

  /** Hears from now on what is sent to the group; raises an error where the kernel refuses. Called once at most. */
  join(group: MulticastGroup): void {
    const endpoint = endpointOf(group.locator)
    // Bound to the group's own address, so that the kernel hands it nothing else that is sent to this port.
    this.#group = this.#open(endpoint)
    this.#group.addMembership(endpoint.address, endpointOf(this.locator).address)
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
    this.#group?.close()
  }

  #open({ address, port }: UdpOptions): Socket {
    // Loaded here and not above: this room is also loaded into replicas, where `dgram` is the program's.
    const { createSocket } = process.getBuiltinModule('node:dgram')
    // All processes of a host that belong to a group listen at the same port; one of the kernel's choice is free.
    const reuseAddr = port !== 0
    // A synchronous lookup makes binding and sending synchronous.
    const socket = createSocket({ type: 'udp4', reuseAddr, lookup: (name, _options, done) => done(null, name, 4) })
    socket.on('error', (error) => this.#failed(error))
    socket.on('message', (bytes: Uint8Array, _from: RemoteInfo) => this.#received(bytes))
    socket.bind(port, address)
    socket.unref()
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES)
    return socket
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
