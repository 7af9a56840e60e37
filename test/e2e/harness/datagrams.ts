import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Message } from '../../../src/message/index.js'
import { decode } from '../../../src/wire/index.js'

/** Written before each datagram: locator and length. */
const HEAD_BYTES = 12

export function datagramFolder(): string {
  return mkdtempSync(join(tmpdir(), 'llft-datagrams-'))
}

/** Every datagram that the replicas sent so far, decoded; one that a kill cut off is left out. */
export function sentDatagrams(folder: string): readonly Message[] {
  return readdirSync(folder).flatMap((name) => datagramsOf(readFileSync(join(folder, name))))
}

function datagramsOf(bytes: Buffer): readonly Message[] {
  const messages: Message[] = []
  for (let at = 0; at + HEAD_BYTES <= bytes.length;) {
    const end = at + HEAD_BYTES + bytes.readUInt32BE(at + 8)
    if (end > bytes.length) break
    const decoded = decode(bytes.subarray(at + HEAD_BYTES, end))
    if (!decoded.ok) throw new Error(`a replica sent a datagram that cannot be read: ${decoded.reason}`)
    messages.push(decoded.message)
    at = end
  }
  return messages
}
