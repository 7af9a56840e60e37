import { RecordLog } from '../../base/index.js'
import type { Epoch, GroupId, ReceivedUpTo, SequenceNumber } from '../../message/index.js'
import { ReceiveWindow } from '../messaging/receive-window.js'

/**
 * What a replica has received from one incarnation of a connected group. Kept whole, also after that incarnation has
 * ended: newcomers replay the history from its start and need every input of it.
 */
export class Inbox {
  readonly group: GroupId
  readonly epoch: Epoch
  readonly #window: ReceiveWindow
  readonly #log = new RecordLog(1)
  /** A connection with this incarnation has begun, in an ordered operation. */
  connected = false
  /** Highest number another member is known to hold. */
  announced = 0

  constructor(group: GroupId, epoch: Epoch, messagesMax: number) {
    this.group = group
    this.epoch = epoch
    this.#window = new ReceiveWindow(messagesMax)
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

  dropOlderHalf(): void {
    if (this.receivedUpTo > 0) this.#log.dropThrough(Math.floor((this.#log.first + this.receivedUpTo) / 2))
  }

  summary(): ReceivedUpTo {
    return { group: this.group, epoch: this.epoch, upTo: this.receivedUpTo }
  }

  #drain(): void {
    for (let next = this.#window.shift(0); next !== undefined; next = this.#window.shift(0))
      this.#log.append(next.payload)
  }
}
