import { type Outcome, type Plain, readOutcome, writeOutcome } from '../outcome.js'

/** Content is written as it is, behind this byte, which no JSON begins with. */
const CONTENT = 0

/** What came of a call: content, or anything else. */
export type FileResult = { readonly content: Uint8Array } | { readonly value: Plain }

export function encodeResult(call: () => FileResult): Uint8Array {
  let content: Uint8Array | undefined
  const text = writeOutcome(() => {
    const result = call()
    if (!('content' in result)) return result.value
    content = result.content
    return undefined
  })
  if (content === undefined) return Buffer.from(text)
  const bytes = new Uint8Array(content.length + 1)
  bytes[0] = CONTENT
  bytes.set(content, 1)
  return bytes
}

/** Content is a view into `bytes`. */
export function decodeResult(bytes: Uint8Array): Outcome {
  if (bytes[0] === CONTENT) return { value: bytes.subarray(1) }
  return readOutcome(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
}
