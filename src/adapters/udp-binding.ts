/** Node's raw UDP handle, as far as it is used here. Handed in: only `interpose/internals` opens Node's bindings. */
export interface UdpHandle {
  readonly fd: number
  onmessage?: (nread: number, handle: UdpHandle, bytes: Uint8Array | undefined) => void
  bind(address: string, port: number, flags: number): number
  connect(address: string, port: number): number
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

/** Binds 127.0.0.1 with a port of the kernel's choice, and raises nothing but what a broken host deserves. */
export function openUdpHandle(binding: UdpBinding): { readonly handle: UdpHandle; readonly port: number } {
  const handle = new binding.UDP()
  const name: { address?: string; port?: number } = {}
  const errno = handle.bind('127.0.0.1', 0, 0) || handle.getsockname(name)
  if (errno !== 0 || name.port === undefined) throw new Error(`cannot open a UDP socket on 127.0.0.1: errno ${errno}`)
  handle.unref()
  return { handle, port: name.port }
}

/** The bytes of one datagram, or the code of the error: EAGAIN when there is none. */
export function readDatagram(binding: UdpBinding, handle: UdpHandle, into: Uint8Array): number | string {
  try {
    return binding.readSync(handle.fd, into)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN'
  }
}
