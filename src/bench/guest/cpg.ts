import { connect } from 'node:net'
import type { Store, StoreTerms } from './store.js'

const MESSAGE_BYTES = 8
/** How many were delivered before it, and the number that its sender gave it. */
const DELIVERY_BYTES = 16

/** An ordered multicast from one member; the number is its place in the order, known when another one has it. */
export class CpgStore implements Store {
  readonly #sender: ReturnType<typeof connect>
  /** Bounded by what clients have on their way. */
  readonly #waiting = new Map<number, (count: number) => void>()
  #sent = 0
  #rest: Buffer = Buffer.alloc(0)

  constructor({ sockets: [sender = '', other = ''] = [] }: StoreTerms) {
    this.#sender = connect(sender)
    // The sender's own deliveries say nothing about anybody else.
    this.#sender.resume()
    connect(other).on('data', (chunk) => this.#read(chunk))
  }

  next(): Promise<number> {
    const message = Buffer.allocUnsafe(MESSAGE_BYTES)
    const number = ++this.#sent
    message.writeBigUInt64LE(BigInt(number))
    this.#sender.write(message)
    return new Promise((resolve) => this.#waiting.set(number, resolve))
  }

  #read(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= DELIVERY_BYTES) {
      const [count, number] = [Number(this.#rest.readBigUInt64LE(0)), Number(this.#rest.readBigUInt64LE(8))]
      this.#rest = this.#rest.subarray(DELIVERY_BYTES)
      this.#waiting.get(number)?.(count)
      this.#waiting.delete(number)
    }
  }
}
