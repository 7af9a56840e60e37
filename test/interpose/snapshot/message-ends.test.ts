import { expect, test } from 'vitest'
import { MessageEnds } from '../../../src/interpose/snapshot/message-ends.js'
import { maskedFrame } from './frames.js'

const PING = 9
const CONTINUATION = 0

function endsOf(bytes: Buffer, size: number): readonly number[] {
  const ends = new MessageEnds()
  const found: number[] = []
  for (let at = 0; at < bytes.length; at += size) {
    ends.take(bytes.subarray(at, at + size))
    if (ends.between) found.push(Math.min(at + size, bytes.length))
  }
  return found
}

test('the ends of messages, whatever the pieces', () => {
  const messages = [
    [maskedFrame('')],
    [maskedFrame('hello')],
    [maskedFrame('unmasked', { mask: false })],
    [maskedFrame(Buffer.alloc(125))],
    [maskedFrame(Buffer.alloc(126))],
    [maskedFrame(Buffer.alloc(65_535), { opcode: 2 })],
    [maskedFrame(Buffer.alloc(65_536), { opcode: 2 })],
    // A message in three parts, with a ping within.
    [
      maskedFrame('a', { fin: false }),
      maskedFrame('ping', { opcode: PING }),
      maskedFrame('b', { fin: false, opcode: CONTINUATION }),
      maskedFrame('c', { opcode: CONTINUATION }),
    ],
    [maskedFrame('last')],
  ].map((frames) => Buffer.concat(frames))
  let sum = 0
  const expected = messages.map(({ length }) => (sum += length))
  const bytes = Buffer.concat(messages)
  expect(endsOf(bytes, 1)).toEqual(expected)
  for (const size of [2, 3, 7, 64, 4096]) {
    const at = (end: number): boolean => end % size === 0 || end === bytes.length
    expect(endsOf(bytes, size)).toEqual(expected.filter(at))
  }
})
