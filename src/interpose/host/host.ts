import { EMPTY } from '../../base/index.js'
import { packRecord, RecordReader } from '../../driver/index.js'
import type { HostAnswer, HostRecord, HostRequest } from '../../driver/index.js'
import { GROUP } from '../../message/index.js'
import type { Frame, StreamId } from '../../message/index.js'
import { type Operations, VALUE_SOURCE } from '../operations.js'

/** A frame stays below a datagram's size. */
const FRAME_BYTES_MAX = 32 * 1024
/** One wait for an answer; it is waited on, because only the answer, or the end of this replica, helps. */
const ANSWER_SLICE_MS = 1000

export interface Answered extends HostAnswer {
  readonly body: Uint8Array
}

/** Takes a record that came on a call's stream; inside an ordered operation. */
type Take = (answer: Answered) => void

interface Call {
  /** Of the request, as the program made it. */
  readonly name: string
  readonly reader: RecordReader
  readonly take: Take
  /** Records come until it is shut. */
  readonly stays: boolean
  readonly loss: Loss
}

/**
 * What becomes of a call that goes on when the console is lost with its host (ADR 59), inside an ordered operation:
 * `lost` ends it, `again` has it go on at the next console.
 */
export type Loss = { readonly lost: () => void } | { readonly again: () => void }

/** Whether the console has done what it was asked nobody can say any more. */
const EIO = -5

/** The program's side of `driver/host-calls.ts`: what must happen once is asked of the console. */
export class Host {
  readonly #operations: Operations
  /** Bounded by what the program has under way. */
  readonly #calls = new Map<StreamId, Call>()
  #last: StreamId = 0
  /** There is a console, as far as the history says. */
  #connected = true
  /** The last call that the console before knew of. */
  #lastLost: StreamId = 0

  constructor(operations: Operations) {
    this.#operations = operations
    operations.onFrame(GROUP.console, (frame) => {
      if (frame.frame === 'data') this.#receive(frame.stream, frame.bytes)
    })
    operations.onPeerChange(
      GROUP.console,
      () => this.#lose(),
      () => this.#goOn(),
    )
  }

  /** The number that the next call will have. */
  get next(): StreamId {
    return this.#last + 1
  }

  /** Waits for the answer, inside the running operation; at a backup, and in a replay, the recorded one. */
  now(request: HostRequest, body?: Uint8Array): Answered {
    if (!this.#connected) return lostAnswer(request.call)
    const stream = this.#ask(request, body)
    const reader = new RecordReader()
    const lost = (): Uint8Array => recordOf(lostAnswer(request.call))
    reader.push(this.#operations.recordBytes(VALUE_SOURCE.file, () => this.#await(stream) ?? lost()))
    return answeredOf(reader.next() as HostRecord)
  }

  /** The answer is taken in an operation of its own. */
  later(request: HostRequest, body: Uint8Array | undefined, take: Take): void {
    if (!this.#connected) return this.answerLater(lostAnswer(request.call), take)
    const stream = this.#ask(request, body)
    const loss = { lost: (): void => undefined }
    this.#calls.set(stream, { name: request.call, reader: new RecordReader(), take, stays: false, loss })
    this.#operations.holdOpen(1)
  }

  /** The same for an answer that is known already. */
  answerLater(answer: Answered, take: Take): void {
    this.#operations.complete(this.#operations.newAsyncId(), () => take(answer))
  }

  /** What an earlier call has opened was lost with the console that opened it. */
  isLost(stream: StreamId): boolean {
    return stream <= this.#lastLost
  }

  /** Nobody wants to know what becomes of it. */
  tell(request: HostRequest): void {
    this.#ask(request)
  }

  /** A call that goes on: after the answer, which is returned, records come until it is shut. */
  open(request: HostRequest, take: Take, loss: Loss): { readonly stream: StreamId; readonly answer: Answered } {
    const answer = this.now(request)
    const stream = this.#last
    let isFirst = true
    const takeNext: Take = (record) => {
      // The answer, in its place in the sequence.
      if (isFirst) isFirst = false
      else take(record)
    }
    if (answer.errno === undefined) {
      this.#calls.set(stream, { name: request.call, reader: new RecordReader(), take: takeNext, stays: true, loss })
    }
    return { stream, answer }
  }

  /** A call without an answer: records come until it is shut. */
  follow(request: HostRequest, take: Take, loss: Loss): StreamId {
    const stream = this.#ask(request)
    this.#calls.set(stream, { name: request.call, reader: new RecordReader(), take, stays: true, loss })
    return stream
  }

  /** A further record on the stream of a call that goes on. */
  send(stream: StreamId, head: object, body: Uint8Array): void {
    this.#send(stream, packRecord({ head: Buffer.from(JSON.stringify(head)), body }))
  }

  /** No record of this call is taken any more. */
  shut(stream: StreamId): void {
    this.#calls.delete(stream)
  }

  /** In the order of asking, and nothing of it twice: what is told may ask anew. */
  #lose(): void {
    this.#connected = false
    this.#lastLost = this.#last
    for (const [stream, { name, take, stays, loss }] of this.#calls) {
      if (!stays) {
        this.#close(stream)
        take(lostAnswer(name))
      } else if ('lost' in loss) {
        this.#calls.delete(stream)
        loss.lost()
      }
    }
  }

  #goOn(): void {
    this.#connected = true
    // What was asked meanwhile nobody has heard.
    this.#lastLost = this.#last
    for (const [stream, { loss }] of this.#calls) {
      this.#calls.delete(stream)
      // In operations of their own: backups are to know the console before the program waits for its answer.
      if ('again' in loss) this.#operations.complete(this.#operations.newAsyncId(), () => loss.again())
    }
  }

  #close(stream: StreamId): void {
    this.#calls.delete(stream)
    this.#operations.holdOpen(-1)
  }

  #ask(request: HostRequest, body: Uint8Array = EMPTY): StreamId {
    const stream = ++this.#last
    this.#send(stream, packRecord({ head: Buffer.from(JSON.stringify(request)), body }))
    return stream
  }

  #send(stream: StreamId, bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += FRAME_BYTES_MAX) {
      const part = bytes.subarray(from, from + FRAME_BYTES_MAX)
      this.#operations.submit(GROUP.console, { frame: 'data', stream, bytes: part })
    }
  }

  /**
   * Undefined if the console is lost. The frame stays in its place in the sequence; nobody waits for it when it is
   * delivered.
   */
  #await(stream: StreamId): Uint8Array | undefined {
    const answers = (frame: Frame): boolean => frame.frame === 'data' && frame.stream === stream
    for (;;) {
      const frame = this.#operations.ask(GROUP.console, answers, ANSWER_SLICE_MS)
      if (frame === 'lost') return undefined
      if (frame?.frame === 'data') return frame.bytes
    }
  }

  #receive(stream: StreamId, bytes: Uint8Array): void {
    const call = this.#calls.get(stream)
    if (call === undefined) return
    call.reader.push(bytes)
    for (let record = call.reader.next(); record !== undefined; record = call.reader.next()) {
      if (!call.stays) this.#close(stream)
      call.take(answeredOf(record))
    }
  }
}

function answeredOf({ head, body }: HostRecord): Answered {
  return { ...(JSON.parse(Buffer.from(head).toString()) as HostAnswer), body }
}

/** The console is lost, and with it the answer. */
export function lostAnswer(syscall: string): Answered {
  return { errno: EIO, syscall, body: EMPTY }
}

function recordOf({ errno, syscall }: Answered): Uint8Array {
  return packRecord({ head: Buffer.from(JSON.stringify({ errno, syscall })), body: EMPTY })
}
