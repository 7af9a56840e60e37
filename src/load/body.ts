/**
 * What travels in both directions, whatever the protocol around it: who asks, which of its requests, one number, and
 * filling. In a request the number is how many non-deterministic calls the program shall make; in an answer it is the
 * count of all requests that the program's state has seen. Filling comes back as it was sent.
 */
export interface Head {
  readonly client: number
  readonly sequence: number
  readonly number: number
}

export const HEAD_BYTES = 16
/** A body has room for its head, and fits a message of LLFT (16 MiB) with everything around it. */
export const BODY_BYTES: { readonly min: number; readonly max: number } = { min: HEAD_BYTES, max: 8 * 1024 * 1024 }

export function writeHead(body: Buffer, { client, sequence, number }: Head): void {
  body.writeUInt32LE(client, 0)
  body.writeUInt32LE(sequence, 4)
  body.writeDoubleLE(number, 8)
}

/** Undefined for what is too short to have one. */
export function readHead(body: Buffer): Head | undefined {
  if (body.length < HEAD_BYTES) return undefined
  return { client: body.readUInt32LE(0), sequence: body.readUInt32LE(4), number: body.readDoubleLE(8) }
}

export function fillingOf(body: Buffer): Buffer {
  return body.subarray(HEAD_BYTES)
}

/** Bytes that do not repeat within a short distance, so that a shift shows. */
export function makeFilling(bodyBytes: number): Buffer {
  const filling = Buffer.allocUnsafe(bodyBytes - HEAD_BYTES)
  for (let at = 0; at < filling.length; at++) filling[at] = (at * 31 + (at >>> 8) * 7) & 0xff
  return filling
}

/** The answer to a request, in the request's own memory. */
export function answerIn(request: Buffer, count: number): Buffer {
  request.writeDoubleLE(count, 8)
  return request
}
