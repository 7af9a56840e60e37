import type { DatagramName, DatagramOpening, FromSocket, SocketCall } from '../driver/index.js'
import type { StreamId } from '../message/index.js'
import type { EdgeTerms } from './edge-terms.js'
import type { Answered } from './host/host.js'
import { writeName } from './tcp-name.js'
import { VirtualHandle } from './virtual-handle.js'

/** What IP and UDP leave of 65,535 bytes; IPv6 counts its own header apart. */
const DATAGRAM_BYTES_MAX = { 4: 65_507, 6: 65_527 } as const

export interface UdpFlags {
  readonly ipv6Only: number
  readonly reuseAddress: number
  /** Undefined where Node does not know it. */
  readonly reusePort: number | undefined
}

type OnMessage = (received: number, handle: UdpSocket, bytes?: Buffer, from?: object) => void
type SocketName = Record<string, unknown>
/** The request, what is to be sent in so many parts, and where to: port and address, unless it is connected. */
type Sending = readonly [request: object, list: readonly Uint8Array[], count: number, ...to: readonly unknown[]]

/**
 * A UDP socket as `dgram` sees it; the console holds the real one. What comes in is a message to all replicas; what
 * goes out leaves once, and is lost or not as any datagram.
 */
export class UdpSocket extends VirtualHandle {
  readonly fd = -1
  onmessage: OnMessage | undefined = undefined
  readonly #flags: UdpFlags
  #stream: StreamId | undefined
  #bound: DatagramName | undefined
  #remote: DatagramName | undefined
  #receiving = false
  #opening: DatagramOpening | undefined
  /** What was set, to be set again at the next console; bounded by the options and groups there are. */
  readonly #settings = new Map<string, readonly [SocketCall, readonly unknown[]]>()

  constructor(terms: EdgeTerms, flags: UdpFlags) {
    super(terms, 'UDPWRAP')
    this.#flags = flags
  }

  bind(address: string, port: number, flags: number): number {
    return this.#open({ address, port, family: 4 }, flags)
  }

  bind6(address: string, port: number, flags: number): number {
    return this.#open({ address, port, family: 6 }, flags)
  }

  connect(address: string, port: number): number {
    return this.#connect(address, port)
  }

  /** Of an IPv6 socket `dgram` makes this one, and `send6`, the other's place. */
  connect6(address: string, port: number): number {
    return this.#connect(address, port)
  }

  disconnect(): number {
    this.#remote = undefined
    this.#settings.delete('connect')
    return this.#set('disconnect', [])
  }

  /** As if the kernel had taken it at once: its length and one. */
  send(...given: Sending): number {
    return this.#send(...given)
  }

  send6(...given: Sending): number {
    return this.#send(...given)
  }

  recvStart(): number {
    this.#receiving = true
    this.hold.activate(true)
    return 0
  }

  recvStop(): number {
    this.#receiving = false
    this.hold.activate(false)
    return 0
  }

  getsockname(into: SocketName): number {
    return this.#bound === undefined ? this.terms.internals.errno.UV_EBADF : writeName(this.#bound, into)
  }

  getpeername(into: SocketName): number {
    return this.#remote === undefined ? this.terms.internals.errno.UV_ENOTCONN : writeName(this.#remote, into)
  }

  setBroadcast(on: number): number {
    return this.#set('setBroadcast', [on !== 0])
  }

  setTTL(ttl: number): number {
    return this.#set('setTTL', [ttl])
  }

  setMulticastTTL(ttl: number): number {
    return this.#set('setMulticastTTL', [ttl])
  }

  setMulticastLoopback(on: number): number {
    return this.#set('setMulticastLoopback', [on !== 0])
  }

  setMulticastInterface(address: string): number {
    return this.#set('setMulticastInterface', [address])
  }

  addMembership(...given: readonly unknown[]): number {
    return this.#set('addMembership', given)
  }

  dropMembership(...given: readonly unknown[]): number {
    return this.#set('dropMembership', given)
  }

  addSourceSpecificMembership(...given: readonly unknown[]): number {
    return this.#set('addSourceSpecificMembership', given)
  }

  dropSourceSpecificMembership(...given: readonly unknown[]): number {
    return this.#set('dropSourceSpecificMembership', given)
  }

  /** 0 bytes: how many it has. An error is put into `context`. */
  bufferSize(bytes: number, receive: boolean, context: Record<string, unknown>): number | undefined {
    const kind = receive ? 'RecvBufferSize' : 'SendBufferSize'
    const { errno, value } = bytes === 0 ? this.#ask(`get${kind}`, []) : this.#ask(`set${kind}`, [bytes])
    if (errno === undefined) return bytes === 0 ? (value as number) : bytes
    const [code, message] = this.terms.internals.errorNames.get(errno) ?? []
    const syscall = receive ? 'uv_recv_buffer_size' : 'uv_send_buffer_size'
    Object.assign(context, { errno, code, message, syscall })
    return undefined
  }

  getSendQueueSize(): number {
    return 0
  }

  getSendQueueCount(): number {
    return 0
  }

  protected override released(): void {
    super.released()
    const stream = this.#stream
    if (stream === undefined) return
    this.#stream = undefined
    this.terms.host.shut(stream)
    this.terms.host.tell({ call: 'shutSocket', args: [stream] })
  }

  #connect(address: string, port: number): number {
    const { errno, value } = this.#ask('connect', [address, port])
    if (errno !== undefined) return errno
    this.#remote = value as DatagramName
    this.#settings.set('connect', ['connect', [address, port]])
    return 0
  }

  #send(...[, list, count, ...to]: Sending): number {
    const { UV_EBADF, UV_EMSGSIZE } = this.terms.internals.errno
    if (this.#stream === undefined) return UV_EBADF
    const bytes = count === 1 ? (list[0] as Uint8Array) : Buffer.concat(list.slice(0, count))
    if (bytes.length > DATAGRAM_BYTES_MAX[this.#bound?.family ?? 4]) return UV_EMSGSIZE
    const [port, address] = to
    const named = typeof port === 'number' ? { port, address } : {}
    this.terms.host.send(this.#stream, { to: 'datagram', ...named }, bytes)
    return bytes.length + 1
  }

  #open(name: DatagramName, flags: number): number {
    const { ipv6Only, reuseAddress, reusePort = 0 } = this.#flags
    const opening: DatagramOpening = {
      ...name,
      ipv6Only: (flags & ipv6Only) !== 0,
      reuseAddress: (flags & reuseAddress) !== 0,
      reusePort: (flags & reusePort) !== 0,
    }
    return this.#openAt(opening)
  }

  #openAt(opening: DatagramOpening): number {
    const request = { call: 'openSocket', args: [opening] }
    const loss = { again: (): void => this.#openAgain() }
    const { answer, stream } = this.terms.host.open(request, (record) => this.#receive(record), loss)
    if (answer.errno !== undefined) return answer.errno
    this.#stream = stream
    this.#bound = answer.value as DatagramName
    this.#opening = { ...opening, ...this.#bound }
    return 0
  }

  /** The console was lost, and datagrams with it, as they may be: the next one opens the same socket. */
  #openAgain(): void {
    const settings = [...this.#settings.values()]
    let errno = this.#openAt(this.#opening as DatagramOpening)
    for (const [name, values] of settings) if (errno === 0) errno = this.#set(name, values)
    if (errno !== 0) this.enter(() => this.onmessage?.(errno, this))
  }

  #receive({ value, body }: Answered): void {
    if (!this.#receiving || this.#stream === undefined) return
    const message = value as FromSocket
    if ('errno' in message) return this.enter(() => this.onmessage?.(message.errno, this))
    const from: SocketName = {}
    writeName(message, from)
    // Its own memory: the program may keep and change what it gets.
    const bytes = Buffer.from(body.slice().buffer)
    this.enter(() => this.onmessage?.(bytes.length, this, bytes, from))
  }

  /** 0, or a negative errno. */
  #set(name: SocketCall, values: readonly unknown[]): number {
    const { errno = 0 } = this.#ask(name, values)
    if (errno === 0) this.#note(name, values)
    return errno
  }

  #note(name: SocketCall, values: readonly unknown[]): void {
    if (name.startsWith('set')) this.#settings.set(name, [name, values])
    else if (name.startsWith('drop')) this.#settings.delete(`${name.replace('drop', 'add')} ${values.join(' ')}`)
    else if (name.startsWith('add')) this.#settings.set(`${name} ${values.join(' ')}`, [name, values])
  }

  #ask(name: SocketCall, values: readonly unknown[]): Answered {
    if (this.#stream === undefined) return { errno: this.terms.internals.errno.UV_EBADF, body: new Uint8Array(0) }
    const answer = this.terms.host.now({ call: 'socket', args: [this.#stream, name, ...values] })
    // Errors of Node's own come from checks that `dgram` has made before.
    return answer.failed === undefined ? answer : { ...answer, errno: this.terms.internals.errno.UV_EINVAL }
  }
}
