import { DATAGRAM_BYTES_MAX } from '../driver/index.js'

/**
 * Where a datagram lies while it is handed to the kernel. The caller may reuse its own bytes at once, but libuv keeps a
 * pointer when the kernel takes nothing more; so each datagram is copied here, and once libuv has queued one, this
 * object is left to it and replaced. One view per length is kept: sending makes no garbage.
 */
export class Outgoing {
  readonly #bytes = new Uint8Array(DATAGRAM_BYTES_MAX)
  readonly #views: Uint8Array[] = []

  /** A copy that stays as it is until the next call. */
  hold(datagram: Uint8Array): Uint8Array {
    const { length } = datagram
    const view = (this.#views[length] ??= this.#bytes.subarray(0, length))
    view.set(datagram)
    return view
  }
}
