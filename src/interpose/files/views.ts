import { EMPTY } from '../../base/index.js'

/** Part of what the program reads into, or writes. */
export function viewOf(buffer: ArrayBufferView, offset = 0, length: number = buffer.byteLength - offset): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length)
}

/** The first `length` bytes that lie in `views`; not a copy if they lie in one. */
export function gather(views: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = views
  if (first === undefined) return EMPTY
  if (length <= first.length) return first.subarray(0, length)
  const whole = new Uint8Array(length)
  let at = 0
  for (const view of views) {
    const part = view.subarray(0, length - at)
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function scatter(bytes: Uint8Array, views: readonly Uint8Array[]): void {
  let at = 0
  for (const view of views) {
    const part = bytes.subarray(at, at + view.length)
    view.set(part)
    at += part.length
  }
}
