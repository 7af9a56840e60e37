import { createRequire } from 'node:module'

interface FrameOptions {
  readonly fin: boolean
  readonly opcode: number
  readonly mask: boolean
  readonly rsv1: boolean
  readonly readOnly: boolean
}

/** Of `ws`, which its types leave out. */
const { Sender } = createRequire(import.meta.url)('ws') as {
  readonly Sender: { frame(payload: Buffer, options: FrameOptions): readonly Buffer[] }
}

/** A frame as a client sends it. */
export function maskedFrame(payload: string | Buffer, { fin = true, opcode = 1, mask = true } = {}): Buffer {
  return Buffer.concat(Sender.frame(Buffer.from(payload as string), { fin, opcode, mask, rsv1: false, readOnly: true }))
}
