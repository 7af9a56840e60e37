import { concatenate } from '../../base/index.js'
import { FRAGMENT, FRAGMENT_CONTINUES, MESSAGE_BYTES_MAX } from '../../message/index.js'

/** Whether the next payload of the connection goes on with the same message. */
export function continues(payload: Uint8Array): boolean {
  return payload.length > 0 && ((payload[0] as number) & FRAGMENT_CONTINUES) !== 0
}

/** Cuts a message into payloads of at most `bytesMax` (at least two); one that fits is its own only payload. */
export function cut(message: Uint8Array, bytesMax: number, take: (payload: Uint8Array) => void): void {
  if (message.length <= bytesMax) return take(message)
  const first = message.slice(0, bytesMax)
  first[0] = (first[0] as number) | FRAGMENT_CONTINUES
  take(first)
  for (let from = bytesMax; from < message.length; from += bytesMax - 1) {
    const rest = message.subarray(from, from + bytesMax - 1)
    const payload = new Uint8Array(1 + rest.length)
    payload[0] = from + rest.length < message.length ? FRAGMENT | FRAGMENT_CONTINUES : FRAGMENT
    payload.set(rest, 1)
    take(payload)
  }
}

/**
 * Puts the messages of one connection together again from its payloads, which come in sequence. What no sender of ours
 * makes (a fragment of nothing, a message that never ends) gives no message.
 */
export class Assembly {
  /** Fragments of the message that is under way; bounded by `MESSAGE_BYTES_MAX`. */
  #parts: Uint8Array[] = []
  #bytes = 0

  /** The message that this payload completes, if it does. The payload is not kept. */
  add(payload: Uint8Array): Uint8Array | undefined {
    const goesOn = continues(payload)
    const fragment = payload.length > 0 && ((payload[0] as number) & ~FRAGMENT_CONTINUES) === FRAGMENT
    if (!fragment && this.#parts.length > 0) this.#begin()
    if (!goesOn && !fragment) return payload
    if (fragment && this.#parts.length === 0) return undefined
    const part = fragment ? payload.slice(1) : payload.slice()
    if (!fragment) part[0] = (part[0] as number) & ~FRAGMENT_CONTINUES
    this.#parts.push(part)
    this.#bytes += part.length
    if (goesOn && this.#bytes <= MESSAGE_BYTES_MAX) return undefined
    const whole = this.#bytes <= MESSAGE_BYTES_MAX ? concatenate(this.#parts) : undefined
    this.#begin()
    return whole
  }

  #begin(): void {
    this.#parts = []
    this.#bytes = 0
  }
}
