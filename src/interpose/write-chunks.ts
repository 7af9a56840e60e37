import { concatenate } from '../base/index.js'

export function textBytes(text: string, encoding: BufferEncoding): Uint8Array {
  return Buffer.from(text, encoding)
}

/**
 * The chunks of a `writev` as one piece: a response leaves as one frame. They are buffers only when `allBuffers`,
 * otherwise buffers or texts that alternate with their encodings.
 */
export function gather(chunks: readonly unknown[], allBuffers: boolean): Uint8Array {
  const parts: Uint8Array[] = []
  for (let index = 0; index < chunks.length; index += allBuffers ? 1 : 2) {
    const chunk = chunks[index]
    if (typeof chunk === 'string') parts.push(textBytes(chunk, chunks[index + 1] as BufferEncoding))
    else parts.push(chunk as Uint8Array)
  }
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : concatenate(parts)
}
