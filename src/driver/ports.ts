import type { Instant, Locator } from '../message/index.js'

/** The largest payload of an IPv4 UDP datagram; no transport carries a larger one. */
export const DATAGRAM_BYTES_MAX = 65_507

/** Carries datagrams; may lose, duplicate and reorder them. */
export interface Transport {
  readonly locator: Locator
  /**
   * To one member, or to all that have joined the group of this locator. Never throws and never waits; a datagram that
   * cannot be sent is lost.
   */
  send(to: Locator, datagram: Uint8Array): void
  /** Set once by the driver. The bytes are only valid during the call. */
  onDatagram: (datagram: Uint8Array) => void
  /**
   * Takes what has arrived without returning to the event loop, for the few places where the main thread has to wait
   * inside an operation; each datagram goes to `onDatagram`. Returns how many there were.
   */
  poll(): number
  close(): void
}

/** One address for all members of a process group; each hears and sends through the interface of its own address. */
export interface MulticastGroup {
  /** An IPv4 multicast address and the port at which every member listens. */
  readonly locator: Locator
  /** 1 stays in the local network; each router on the way takes one more. */
  readonly ttl: number
}

export interface Clock {
  now(): Instant
  /** Calls `wake` once, not before `deadline`; a later call replaces an earlier one; `undefined` disarms. */
  arm(deadline: Instant | undefined, wake: () => void): void
  /** Blocks the thread for at most `microseconds`. Only where `Transport.poll` is used. */
  pause(microseconds: number): void
}

export interface Entropy {
  /** A random whole number in 1 .. 2^53 - 1. */
  identity(): number
}
