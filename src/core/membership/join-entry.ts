import type { MemberId } from '../../message/index.js'
import { ENTRY } from '../../message/index.js'

const NUMBER_BYTES = 7
const ENTRY_BYTES = 1 + 2 * NUMBER_BYTES

/**
 * The order entry that says: from here on this member counts (`join`), or it is confirmed to hold the history
 * (`caughtUp`).
 */
export interface MemberEntry {
  readonly kind: typeof ENTRY.join | typeof ENTRY.caughtUp
  readonly memberId: MemberId
  readonly precedence: number
}

export function encodeMemberEntry(entry: MemberEntry): Uint8Array {
  const bytes = new Uint8Array(ENTRY_BYTES)
  bytes[0] = entry.kind
  writeNumber(bytes, 1, entry.memberId)
  writeNumber(bytes, 1 + NUMBER_BYTES, entry.precedence)
  return bytes
}

/** Undefined for entries of other kinds. */
export function decodeMemberEntry(bytes: Uint8Array): MemberEntry | undefined {
  const kind = bytes[0]
  if ((kind !== ENTRY.join && kind !== ENTRY.caughtUp) || bytes.length !== ENTRY_BYTES) return undefined
  return { kind, memberId: readNumber(bytes, 1) as MemberId, precedence: readNumber(bytes, 1 + NUMBER_BYTES) }
}

function writeNumber(bytes: Uint8Array, at: number, value: number): void {
  let rest = value
  for (let offset = 0; offset < NUMBER_BYTES; offset++) {
    bytes[at + offset] = rest % 0x100
    rest = Math.floor(rest / 0x100)
  }
}

function readNumber(bytes: Uint8Array, at: number): number {
  let value = 0
  for (let offset = NUMBER_BYTES - 1; offset >= 0; offset--) value = value * 0x100 + (bytes[at + offset] as number)
  return value
}
