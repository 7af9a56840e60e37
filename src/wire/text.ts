import type { Reader } from './reader.js'
import type { Writer } from './writer.js'

/** UTF-8 without TextEncoder, which the pure rooms do not know. A lone surrogate becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const raw = character.codePointAt(0) as number
    const code = raw >= 0xd800 && raw <= 0xdfff ? 0xfffd : raw
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    }
  }
  return Uint8Array.from(bytes)
}

/** The text, or undefined when the bytes are not well-formed UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at++] as number
    const more = lead < 0x80 ? 0 : lead >> 5 === 6 ? 1 : lead >> 4 === 14 ? 2 : lead >> 3 === 30 ? 3 : -1
    if (more < 0 || at + more > bytes.length) return undefined
    let code = more === 0 ? lead : lead & (0x3f >> more)
    for (let left = more; left > 0; left--) {
      const next = bytes[at++] as number
      if (next >> 6 !== 2) return undefined
      code = (code << 6) | (next & 0x3f)
    }
    if (code > 0x10ffff) return undefined
    text += String.fromCodePoint(code)
  }
  return text
}

export function writeText(writer: Writer, text: string): void {
  writer.bytes(encodeText(text))
}

export function readText(reader: Reader): string {
  const text = decodeText(reader.bytes())
  if (text !== undefined) return text
  reader.fail()
  return ''
}
