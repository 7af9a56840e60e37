import { unreachable } from '../base/index.js'
import type { Frame, SocketName } from '../message/index.js'
import { FRAME, SNAPSHOT_ASK, SNAPSHOT_OUTCOME } from '../message/index.js'
import { Reader } from './reader.js'
import { readText, writeText } from './text.js'
import { Writer } from './writer.js'

/** Frames of usual size share one buffer; what is longer gets one of its own. */
const USUAL_BYTES_MAX = 65_536
/** Everything in a frame but its bytes and texts. */
const HEAD_BYTES_MAX = 256
/** A character of a text in UTF-8. */
const CHARACTER_BYTES_MAX = 3

type WriteFrame = { readonly [F in Frame['frame']]: (writer: Writer, frame: Extract<Frame, { frame: F }>) => void }

const WRITE: WriteFrame = {
  open(writer, frame) {
    writer.index(frame.stream)
    writer.index(frame.listener)
    writeName(writer, frame.remote)
    writeName(writer, frame.local)
    writeText(writer, frame.tls?.json ?? '')
  },
  listening(writer, frame) {
    writer.index(frame.listener)
    writer.index(-frame.errno)
    writeName(writer, frame.bound)
  },
  data(writer, frame) {
    writer.index(frame.stream)
    writer.bytes(frame.bytes)
  },
  credit(writer, frame) {
    writer.index(frame.stream)
    writer.index(frame.taken)
  },
  end: (writer, frame) => writer.index(frame.stream),
  reset: (writer, frame) => writer.index(frame.stream),
  listen(writer, frame) {
    writer.index(frame.listener)
    writeName(writer, frame.name)
    writer.index(frame.backlog)
    writer.u8(frame.ipv6Only ? 1 : 0)
    writeText(writer, frame.tls?.json ?? '')
  },
  unlisten: (writer, frame) => writer.index(frame.listener),
  connect(writer, frame) {
    writer.index(frame.stream)
    writeName(writer, frame.remote)
    writer.u8(frame.local === undefined ? 0 : 1)
    if (frame.local !== undefined) writeName(writer, frame.local)
  },
  connected(writer, frame) {
    writer.index(frame.stream)
    writer.index(-frame.errno)
    writeName(writer, frame.remote)
    writeName(writer, frame.local)
  },
  secure(writer, frame) {
    writer.index(frame.stream)
    writeText(writer, frame.tls.json)
  },
  secured(writer, frame) {
    writer.index(frame.stream)
    writeText(writer, frame.tls.json)
  },
  resolve: writeAnswer,
  resolved: writeAnswer,
  snapshot(writer, frame) {
    writer.u8(SNAPSHOT_ASK[frame.ask])
    writer.bytes(frame.bytes)
  },
  upgraded(writer, frame) {
    writer.index(frame.stream)
    writer.bytes(frame.bytes)
  },
  snapshotted(writer, frame) {
    writer.u8(SNAPSHOT_OUTCOME[frame.outcome])
    writer.bytes(frame.bytes)
  },
  close: (writer, frame) => writer.index(frame.stream),
  signal: (writer, frame) => writer.u8(frame.signal),
  output(writer, frame) {
    writer.u8(frame.fd)
    writer.bytes(frame.bytes)
  },
  exit(writer, frame) {
    writer.u8(frame.code & 0xff)
    writer.u8(frame.signal)
    writer.u8(frame.uncaught ? 1 : 0)
  },
}

const READ: { readonly [F in Frame['frame']]: (reader: Reader) => Extract<Frame, { frame: F }> } = {
  open: (reader) => ({
    frame: 'open',
    stream: reader.index(),
    listener: reader.index(),
    remote: readName(reader),
    local: readName(reader),
    tls: readJson(reader),
  }),
  listening: (reader) => ({
    frame: 'listening',
    listener: reader.index(),
    errno: 0 - reader.index(),
    bound: readName(reader),
  }),
  data: (reader) => ({ frame: 'data', stream: reader.index(), bytes: reader.bytes() }),
  credit: (reader) => ({ frame: 'credit', stream: reader.index(), taken: reader.index() }),
  end: (reader) => ({ frame: 'end', stream: reader.index() }),
  reset: (reader) => ({ frame: 'reset', stream: reader.index() }),
  listen: (reader) => ({
    frame: 'listen',
    listener: reader.index(),
    name: readName(reader),
    backlog: reader.index(),
    ipv6Only: reader.u8() === 1,
    tls: readJson(reader),
  }),
  unlisten: (reader) => ({ frame: 'unlisten', listener: reader.index() }),
  connect: (reader) => ({
    frame: 'connect',
    stream: reader.index(),
    remote: readName(reader),
    local: reader.u8() === 1 ? readName(reader) : undefined,
  }),
  connected: (reader) => ({
    frame: 'connected',
    stream: reader.index(),
    errno: 0 - reader.index(),
    remote: readName(reader),
    local: readName(reader),
  }),
  secure: (reader) => ({ frame: 'secure', stream: reader.index(), tls: { json: readText(reader) } }),
  secured: (reader) => ({ frame: 'secured', stream: reader.index(), tls: { json: readText(reader) } }),
  resolve: (reader) => ({ frame: 'resolve', question: reader.index(), json: readText(reader) }),
  resolved: (reader) => ({ frame: 'resolved', question: reader.index(), json: readText(reader) }),
  snapshot: (reader) => ({ frame: 'snapshot', ask: readOneOf(reader, SNAPSHOT_ASK), bytes: reader.bytes() }),
  upgraded: (reader) => ({ frame: 'upgraded', stream: reader.index(), bytes: reader.bytes() }),
  snapshotted: (reader) => ({
    frame: 'snapshotted',
    outcome: readOneOf(reader, SNAPSHOT_OUTCOME),
    bytes: reader.bytes(),
  }),
  close: (reader) => ({ frame: 'close', stream: reader.index() }),
  signal: (reader) => ({ frame: 'signal', signal: reader.u8() }),
  output: (reader) => ({ frame: 'output', fd: reader.u8() === 2 ? 2 : 1, bytes: reader.bytes() }),
  exit: (reader) => ({ frame: 'exit', code: reader.u8(), signal: reader.u8(), uncaught: reader.u8() === 1 }),
}

const READ_BY_CODE = new Map<number, (reader: Reader) => Frame>(
  (Object.keys(FRAME) as Frame['frame'][]).map((name) => [FRAME[name], READ[name]]),
)

/** Makes payloads of frames; its buffer is used again. */
export class FrameEncoder {
  readonly #usual = new Writer(USUAL_BYTES_MAX)

  /** The payload; valid until the next call. */
  encode(frame: Frame): Uint8Array {
    const bytesMax = HEAD_BYTES_MAX + contentBytesMax(frame)
    const writer = bytesMax <= USUAL_BYTES_MAX ? this.#usual : new Writer(bytesMax)
    writer.reset()
    writer.u8(FRAME[frame.frame])
    writeFrame(writer, frame)
    return writer.written()
  }
}

function contentBytesMax(frame: Frame): number {
  if ('bytes' in frame) return frame.bytes.length
  if ('json' in frame) return CHARACTER_BYTES_MAX * frame.json.length
  const json = 'tls' in frame ? (frame.tls?.json.length ?? 0) : 0
  const name = nameLengths(frame)
  return CHARACTER_BYTES_MAX * (json + name)
}

/** The frame in a payload, its bytes as a view; undefined when it is malformed. Never throws. */
export function decodeFrame(payload: Uint8Array): Frame | undefined {
  const reader = new Reader(payload)
  const frame = READ_BY_CODE.get(reader.u8())?.(reader)
  return reader.failed || !reader.atEnd ? undefined : frame
}

function writeFrame(writer: Writer, frame: Frame): void {
  switch (frame.frame) {
    case 'open':
      return WRITE.open(writer, frame)
    case 'listening':
      return WRITE.listening(writer, frame)
    case 'data':
      return WRITE.data(writer, frame)
    case 'credit':
      return WRITE.credit(writer, frame)
    case 'end':
      return WRITE.end(writer, frame)
    case 'reset':
      return WRITE.reset(writer, frame)
    case 'listen':
      return WRITE.listen(writer, frame)
    case 'unlisten':
      return WRITE.unlisten(writer, frame)
    case 'connect':
      return WRITE.connect(writer, frame)
    case 'connected':
      return WRITE.connected(writer, frame)
    case 'secure':
      return WRITE.secure(writer, frame)
    case 'secured':
      return WRITE.secured(writer, frame)
    case 'resolve':
      return WRITE.resolve(writer, frame)
    case 'resolved':
      return WRITE.resolved(writer, frame)
    case 'snapshot':
      return WRITE.snapshot(writer, frame)
    case 'upgraded':
      return WRITE.upgraded(writer, frame)
    case 'snapshotted':
      return WRITE.snapshotted(writer, frame)
    case 'close':
      return WRITE.close(writer, frame)
    case 'signal':
      return WRITE.signal(writer, frame)
    case 'output':
      return WRITE.output(writer, frame)
    case 'exit':
      return WRITE.exit(writer, frame)
    default:
      return unreachable(frame)
  }
}

/** Addresses that a program gave, which may be anything. */
function nameLengths(frame: Frame): number {
  if (frame.frame === 'listen') return frame.name.address.length
  if (frame.frame !== 'connect') return 0
  return frame.remote.address.length + (frame.local?.address.length ?? 0)
}

function writeAnswer(writer: Writer, frame: { readonly question: number; readonly json: string }): void {
  writer.index(frame.question)
  writeText(writer, frame.json)
}

function writeName(writer: Writer, name: SocketName): void {
  writeText(writer, name.address)
  writer.u8(name.family)
  writer.index(name.port)
}

function readName(reader: Reader): SocketName {
  return { address: readText(reader), family: reader.u8() === 6 ? 6 : 4, port: reader.index() }
}

function readJson(reader: Reader): { readonly json: string } | undefined {
  const json = readText(reader)
  return json === '' ? undefined : { json }
}

/** The name of a code; any of them, and `failed`, where there is none. */
function readOneOf<Name extends string>(reader: Reader, codes: Readonly<Record<Name, number>>): Name {
  const code = reader.u8()
  const names = Object.keys(codes) as Name[]
  const found = names.find((name) => codes[name] === code)
  if (found === undefined) reader.fail()
  return found ?? (names[0] as Name)
}
