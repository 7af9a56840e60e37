import type { Instant, Locator } from '../message/index.js'

/** Carries datagrams; may lose, duplicate and reorder them. */
export interface Transport {
  readonly locator: Locator
  /** Never throws and never waits; a datagram that cannot be sent is lost. */
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
