import type { ChunkStore } from '../../base/index.js'
import { EMPTY, RecordLog } from '../../base/index.js'
import type { Epoch, GroupId, ReceivedUpTo, SequenceNumber } from '../../message/index.js'
import { MESSAGE_BYTES_MAX } from '../../message/index.js'
import type { Limits } from '../limits.js'
import { Assembly, continues } from '../messaging/fragments.js'
import { ReceiveWindow } from '../messaging/receive-window.js'

interface InboxTerms {
  readonly limits: Limits
  /** For what is kept beyond its end. */
  readonly store: ChunkStore | undefined
}

/**
 * What a replica has received from one incarnation of a connected group. Kept whole, also after that incarnation has
 * ended: newcomers replay the history from its start and need every input of it.
 */
export class Inbox {
  readonly group: GroupId
  readonly epoch: Epoch
  readonly #window: ReceiveWindow
  readonly #log: RecordLog
  /** A connection with this incarnation has begun, in an ordered operation. */
  connected = false
  /** Highest number that the member which was heard last holds. */
  announced = 0
  readonly #receiveBytesMax: number
  /** Payloads up to here the program has taken. */
  #taken = 0
  /** How far the message that begins with payload `first` is received, without its end. */
  #looked = { first: 0, next: 0, bytes: 0 }

  constructor(group: GroupId, epoch: Epoch, { limits, store }: InboxTerms) {
    const { reorderMessagesMax, receiveBytesMax } = limits
    this.group = group
    this.epoch = epoch
    this.#log = new RecordLog(1, store)
    this.#receiveBytesMax = receiveBytesMax
    this.#window = new ReceiveWindow({ messagesMax: reorderMessagesMax, bytesMax: receiveBytesMax })
  }

  get receivedUpTo(): SequenceNumber {
    return this.#window.receivedUpTo
  }

  get bytes(): number {
    return this.#log.bytes
  }

  get window(): ReceiveWindow {
    return this.#window
  }

  /** Takes payloads `sequence`, `sequence + 1`, ...; returns whether something is received that was not before. */
  put(sequence: number, payloads: readonly Uint8Array[]): boolean {
    const before = this.receivedUpTo
    for (let at = 0; at < payloads.length; at++) {
      const payload = payloads[at] as Uint8Array
      if (this.#window.accept(sequence + at, 0, 0)) this.#log.append(payload)
      else if (this.#window.put(sequence + at, payload, 0)) this.#drain()
    }
    this.#window.ownPending()
    return this.receivedUpTo > before
  }

  has(sequence: number): boolean {
    return this.#log.has(sequence)
  }

  get(sequence: number): Uint8Array {
    return this.#log.get(sequence)
  }

  /** The last payload of the message that begins with `sequence`; 0 while it is not received. */
  endOfMessage(sequence: number): number {
    if (!this.#log.has(sequence)) return 0
    if (!continues(this.#log.get(sequence))) return sequence
    // Fragments come one by one and may be thousands: none is looked at twice for the message that is under way.
    const looked = this.#looked.first === sequence ? this.#looked : { first: sequence, next: sequence, bytes: 0 }
    for (; this.#log.has(looked.next); looked.next++) {
      const payload = this.#log.get(looked.next)
      looked.bytes += looked.next === sequence ? payload.length : payload.length - 1
      // One that never ends is no message of ours: it counts as one that says nothing, at every replica alike.
      if (!continues(payload) || looked.bytes > MESSAGE_BYTES_MAX) return looked.next
    }
    this.#looked = looked
    return 0
  }

  /** The message that begins with payload `sequence`, if it is received. */
  message(sequence: number): Uint8Array | undefined {
    const end = this.endOfMessage(sequence)
    if (end === sequence) return this.#log.get(sequence)
    if (end === 0) return undefined
    const assembly = new Assembly()
    let whole: Uint8Array | undefined
    for (let at = sequence; at <= end; at++) whole = assembly.add(this.#log.get(at))
    return whole ?? EMPTY
  }

  take(upTo: number): void {
    this.#taken = Math.max(this.#taken, upTo)
  }

  /** Bytes that the program has not taken. */
  get waitingBytes(): number {
    return this.#untakenBytes + this.#window.pendingBytes
  }

  /** The program has not taken all that a peer may have sent. What is only pending does not count: a gap is filled. */
  get isFull(): boolean {
    return this.#untakenBytes >= this.#receiveBytesMax
  }

  /** Bytes that may come beyond what is received. */
  get roomBytes(): number {
    return Math.max(0, this.#receiveBytesMax - this.waitingBytes)
  }

  /** Of all that was ever received. */
  get bytesReceived(): number {
    return this.#log.bytesThrough(this.receivedUpTo)
  }

  dropOlderHalf(): void {
    if (this.receivedUpTo > 0) this.#log.dropThrough(Math.floor((this.#log.first + this.receivedUpTo) / 2))
  }

  summary(): ReceivedUpTo {
    return { group: this.group, epoch: this.epoch, upTo: this.receivedUpTo }
  }

  get #untakenBytes(): number {
    return this.bytesReceived - this.#log.bytesThrough(this.#taken)
  }

  #drain(): void {
    for (let next = this.#window.shift(0); next !== undefined; next = this.#window.shift(0))
      this.#log.append(next.payload)
  }
}
