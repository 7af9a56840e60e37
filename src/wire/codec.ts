import type { Header, KindName, Message } from '../message/index.js'
import { BODY_LAYOUT, HEADER_LAYOUT, KIND, MAGIC, WIRE_VERSION } from '../message/index.js'
import type { FieldCodec } from './fields.js'
import { fieldCodec } from './fields.js'
import { Reader } from './reader.js'
import { Writer } from './writer.js'

/** The largest UDP payload over IPv4. */
const DATAGRAM_BYTES_MAX = 65_507

/** Why a datagram was not accepted; counted by the driver under this name. */
export type RejectReason = 'short' | 'magic' | 'version' | 'kind' | 'field' | 'trailing'

export type Decoded =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly reason: RejectReason }

type Row = readonly [name: string, codec: FieldCodec<unknown>]

const rowsOf = (layout: object): readonly Row[] =>
  Object.entries(layout).map(([name, type]) => [name, fieldCodec(type)] as const)

const HEADER_ROWS = rowsOf(HEADER_LAYOUT)
const HEADER = Object.fromEntries(HEADER_ROWS) as unknown as {
  readonly [Name in keyof Header]: FieldCodec<Header[Name]>
}
const KIND_NAMES = new Map<number, KindName>(
  (Object.entries(KIND) as [KindName, number][]).map(([name, code]) => [code, name]),
)
const BODY_ROWS = new Map<KindName, readonly Row[]>(
  (Object.keys(KIND) as KindName[]).map((name) => [name, rowsOf(BODY_LAYOUT[name])]),
)

const PREAMBLE_BYTES = 4

/** Makes datagrams; one per sender, because its buffer is used again. */
export class Encoder {
  readonly #writer = new Writer(DATAGRAM_BYTES_MAX)

  /** The datagram; valid until the next call. */
  encode(message: Message): Uint8Array {
    const writer = this.#writer
    writer.reset()
    writer.u16(MAGIC)
    writer.u8(WIRE_VERSION)
    writer.u8(KIND[message.kind])
    const values = message as unknown as Readonly<Record<string, unknown>>
    for (const [name, codec] of HEADER_ROWS) codec.write(writer, values[name])
    for (const [name, codec] of BODY_ROWS.get(message.kind) as readonly Row[]) codec.write(writer, values[name])
    return writer.written()
  }
}

/** Reads a datagram; byte fields of the result are views into it. Never throws. */
export function decode(datagram: Uint8Array): Decoded {
  if (datagram.length < PREAMBLE_BYTES) return { ok: false, reason: 'short' }
  const reader = new Reader(datagram)
  if (reader.u16() !== MAGIC) return { ok: false, reason: 'magic' }
  if (reader.u8() !== WIRE_VERSION) return { ok: false, reason: 'version' }
  const kind = KIND_NAMES.get(reader.u8())
  if (kind === undefined) return { ok: false, reason: 'kind' }
  const message = readHeader(reader, kind)
  const values = message as unknown as Record<string, unknown>
  for (const [name, codec] of BODY_ROWS.get(kind) as readonly Row[]) values[name] = codec.read(reader)
  if (reader.failed) return { ok: false, reason: 'field' }
  if (!reader.atEnd) return { ok: false, reason: 'trailing' }
  return { ok: true, message: message as Message }
}

/**
 * The fields in the order of the table, in one literal: an object that grows field by field costs more than reading the
 * bytes does. `encode` goes by the table itself, so the round-trip property fails where the two do not agree.
 */
function readHeader(reader: Reader, kind: KindName): Header & { readonly kind: KindName } {
  return {
    kind,
    sourceGroup: HEADER.sourceGroup.read(reader),
    sourceEpoch: HEADER.sourceEpoch.read(reader),
    sourceMember: HEADER.sourceMember.read(reader),
    destinationGroup: HEADER.destinationGroup.read(reader),
    destinationEpoch: HEADER.destinationEpoch.read(reader),
    view: HEADER.view.read(reader),
    peerView: HEADER.peerView.read(reader),
    ack: HEADER.ack.read(reader),
    window: HEADER.window.read(reader),
    orderIndex: HEADER.orderIndex.read(reader),
    stableIndex: HEADER.stableIndex.read(reader),
    heldIndex: HEADER.heldIndex.read(reader),
    order: HEADER.order.read(reader),
    reflected: HEADER.reflected.read(reader),
  }
}
