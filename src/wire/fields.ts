import type { EntryBlock, FieldType, HeldMessage, MemberInfo, Range, ReceivedUpTo, View } from '../message/index.js'
import { NO_ENTRIES } from '../message/index.js'
import type { Reader } from './reader.js'
import type { Writer } from './writer.js'

/** How one type of field is written and read. */
export interface FieldCodec<T> {
  write(writer: Writer, value: T): void
  read(reader: Reader): T
}

function listOf<T>(bytesEach: number, item: FieldCodec<T>): FieldCodec<readonly T[]> {
  return {
    write(writer, values) {
      writer.index(values.length)
      for (const value of values) item.write(writer, value)
    },
    read(reader) {
      const count = reader.count(bytesEach)
      const values: T[] = []
      for (let at = 0; at < count && !reader.failed; at++) values.push(item.read(reader))
      return values
    },
  }
}

const u8: FieldCodec<number> = { write: (writer, value) => writer.u8(value), read: (reader) => reader.u8() }
const u53: FieldCodec<number> = { write: (writer, value) => writer.u53(value), read: (reader) => reader.u53() }
const index: FieldCodec<number> = { write: (writer, value) => writer.index(value), read: (reader) => reader.index() }
const bytes: FieldCodec<Uint8Array> = {
  write: (writer, value) => writer.bytes(value),
  read: (reader) => reader.bytes(),
}
const payloads = listOf(1, bytes)

const view: FieldCodec<View> = {
  write(writer, value) {
    writer.index(value.number)
    writer.index(value.precedence)
    writer.index(value.backupView)
  },
  read(reader) {
    const number = reader.index() as View['number']
    const precedence = reader.index() as View['precedence']
    return { number, precedence, backupView: reader.index() }
  },
}

const entries: FieldCodec<EntryBlock> = {
  write(writer, block) {
    writer.index(block.entries.length)
    if (block.entries.length === 0) return
    writer.index(block.first)
    for (const entry of block.entries) writer.bytes(entry)
  },
  read(reader) {
    const count = reader.count(1)
    if (count === 0) return NO_ENTRIES
    const first = reader.index() as EntryBlock['first']
    const list: Uint8Array[] = []
    for (let at = 0; at < count && !reader.failed; at++) list.push(reader.bytes())
    if (first === 0 || first + count > Number.MAX_SAFE_INTEGER) reader.fail()
    return { first, entries: list }
  },
}

const members = listOf<MemberInfo>(16, {
  write(writer, member) {
    writer.u53(member.memberId)
    writer.index(member.precedence)
    writer.u53(member.locator)
    writer.u8(member.caughtUp ? 1 : 0)
  },
  read(reader) {
    const memberId = reader.u53() as MemberInfo['memberId']
    const precedence = reader.index() as MemberInfo['precedence']
    const locator = reader.u53() as MemberInfo['locator']
    const flag = reader.u8()
    if (flag > 1) reader.fail()
    return { memberId, precedence, locator, caughtUp: flag === 1 }
  },
})

const received = listOf<ReceivedUpTo>(9, {
  write(writer, value) {
    writer.u8(value.group)
    writer.u53(value.epoch)
    writer.index(value.upTo)
  },
  read(reader) {
    const group = reader.u8() as ReceivedUpTo['group']
    const epoch = reader.u53() as ReceivedUpTo['epoch']
    return { group, epoch, upTo: reader.index() as ReceivedUpTo['upTo'] }
  },
})

const ranges = listOf<Range>(2, {
  write(writer, range) {
    writer.index(range.from)
    writer.index(range.to)
  },
  read(reader) {
    const range = { from: reader.index(), to: reader.index() }
    if (range.from === 0 || range.from > range.to) reader.fail()
    return range
  },
})

const messages = listOf<HeldMessage>(10, {
  write(writer, message) {
    writer.u8(message.group)
    writer.u53(message.epoch)
    writer.index(message.sequence)
    writer.bytes(message.payload)
  },
  read(reader) {
    const group = reader.u8() as HeldMessage['group']
    const epoch = reader.u53() as HeldMessage['epoch']
    return { group, epoch, sequence: reader.index() as HeldMessage['sequence'], payload: reader.bytes() }
  },
})

const CODECS = { u8, u53, index, view, entries, payloads, members, received, ranges, messages }

/**
 * The table in `message/layout` pairs each name with the type of its value, which the compiler cannot follow through a
 * loop over the table; this is the one place that steps outside, and the round-trip property test covers every row.
 */
export function fieldCodec(type: FieldType): FieldCodec<unknown> {
  return CODECS[type]
}
