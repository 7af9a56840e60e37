import type { MulticastGroup } from '../driver/index.js'
import { endpointOf } from './locator.js'

/** Node's raw UDP handle, as far as it is used here. Handed in: only `interpose/internals` opens Node's bindings. */
export interface UdpHandle {
  readonly fd: number
  onmessage?: (nread: number, handle: UdpHandle, bytes: Uint8Array | undefined) => void
  bind(address: string, port: number, flags: number): number
  connect(address: string, port: number): number
  addMembership(group: string, ownInterface: string): number
  setMulticastInterface(ownInterface: string): number
  setMulticastTTL(ttl: number): number
  setMulticastLoopback(on: boolean): number
  getsockname(out: { address?: string; port?: number }): number
  recvStart(): number
  bufferSize(bytes: number, receive: boolean, context: { code?: string }): number | undefined
  /** Positive: sent; 0: libuv has queued it and keeps `request` and `list`; negative: errno. */
  send(...args: SendTo | SendConnected): number
  unref(): void
  close(): void
}

type SendTo = [
  request: object,
  list: readonly Uint8Array[],
  count: number,
  port: number,
  address: string,
  call: boolean,
]
type SendConnected = [request: object, list: readonly Uint8Array[], count: number, call: boolean]

export interface UdpBinding {
  readonly UDP: new () => UdpHandle
  readonly SendWrap: new () => object
  /** `fs.readSync` as it was before anything was interposed: throws an error with `code` when there is nothing. */
  readonly readSync: (fd: number, bytes: Uint8Array) => number
}

/** Bound with a port of the kernel's choice; raises nothing but what a broken host deserves. */
export function openUdpHandle(
  binding: UdpBinding,
  address: string,
): { readonly handle: UdpHandle; readonly port: number } {
  const handle = new binding.UDP()
  const name: { address?: string; port?: number } = {}
  const errno = handle.bind(address, 0, 0) || handle.getsockname(name)
  if (errno !== 0 || name.port === undefined) throw new Error(`cannot open a UDP socket on ${address}: errno ${errno}`)
  handle.unref()
  return { handle, port: name.port }
}

/** `UV_UDP_REUSEADDR`: all processes of a host that belong to a group listen at the same address and port. */
const REUSE_ADDRESS = 4

/** Bound to the group's own address, so that the kernel hands it nothing else that is sent to this port. */
export function openGroupHandle(binding: UdpBinding, group: MulticastGroup, ownInterface: string): UdpHandle {
  const { address, port } = endpointOf(group.locator)
  const handle = new binding.UDP()
  const errno = handle.bind(address, port, REUSE_ADDRESS) || handle.addMembership(address, ownInterface)
  if (errno !== 0) throw new Error(`cannot join ${address}:${port} on ${ownInterface}: errno ${errno}`)
  handle.unref()
  return handle
}

/** The bytes of one datagram, or the code of the error: EAGAIN when there is none. */
export function readDatagram(binding: UdpBinding, handle: UdpHandle, into: Uint8Array): number | string {
  try {
    return binding.readSync(handle.fd, into)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN'
  }
}
