/**
 * Asked of the kernel for each direction: a burst of all that a group may have under way must not be dropped while a
 * program computes. The kernel may give less (net.core.rmem_max).
 */
export const SOCKET_BUFFER_BYTES: number = 4 * 2 ** 20

/**
 * Less than this is warned about: the windows of gateway and console and one answer to a Nack may arrive while a
 * program computes, and what does not fit is sent again much later. The kernel counts its own overhead too.
 */
export const RECEIVE_BUFFER_BYTES_MIN: number = 2 ** 20

/** Taken per socket and call of `poll`: bounds the time away from what the caller waits for. */
export const POLL_DATAGRAMS_MAX = 256

/** What a UDP transport tells about itself. */
export interface UdpFacts {
  datagramsIn: number
  datagramsOut: number
  /** Sends that the kernel refused, and receive errors; each may be a lost datagram. */
  errors: number
  /** What the kernel gave. */
  readonly receiveBufferBytes: number
  readonly sendBufferBytes: number
}
